//! Every hostile program once, in parallel, beside ordinary ones; and that there are enough of them, against everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use sbx_testkit::{
    Entry, HostState, JAVASCRIPT, LANGUAGES, PYTHON, Twist, corpus, count_panics, neighbours_secret,
    ordinary, panics, planted, problems, run,
};

use crate::lab::alone;

/// How late a deadline may be met while everything else goes on; the soak measures it closely.
const MAX_OVERRUN: Duration = Duration::from_secs(2);
/// How much memory may grow, once the pools are full.
const MAX_GROWTH_BYTES: u64 = 64 << 20;

/// The least number of cases in each language.
const LEAST: [(&str, usize); 2] = [("python", 150), ("javascript", 80)];

/// Requirements of `docs/security.md` that programs do not reach, and the file and test where they are attacked.
const ELSEWHERE: [(u8, &str, &str); 6] = [
    (
        12,
        "crates/sbx-sessions/tests/it/sweep.rs",
        "sweeps_race_with_forks_and_turns_and_take_nothing_from_them",
    ),
    (
        14,
        "crates/sbx/tests/it/tampered.rs",
        "a_damaged_session_is_an_error_or_as_it_was_and_its_neighbour_goes_on",
    ),
    (15, "crates/sbx-cache/tests/it/seal.rs", "an_edit_of_the_same_length_is_found_at_once"),
    (17, "crates/sbx-sessions/tests/it/leases.rs", "a_session_has_one_holder"),
    (20, "crates/sbx/tests/it/cache.rs", "a_cache_that_others_can_read_is_refused"),
    (21, "crates/sbx-core/src/policy/tests.rs", "bad_policies_name_the_key"),
];

#[test]
fn python_programs_end_as_they_should_and_nothing_else_notices() {
    let _held = alone();
    all(&corpus(&PYTHON));
}

#[test]
fn javascript_programs_end_as_they_should_and_nothing_else_notices() {
    let _held = alone();
    all(&corpus(&JAVASCRIPT));
}

#[test]
fn there_are_enough_cases_in_each_language() {
    for (key, least) in LEAST {
        let language = LANGUAGES.iter().find(|language| language.key == key).unwrap();
        let entries = corpus(language);
        assert!(entries.len() >= least, "{key} has {} cases", entries.len());
        let names: BTreeSet<_> = entries.iter().map(|entry| (&entry.theme, &entry.case.name)).collect();
        assert_eq!(names.len(), entries.len(), "a name of {key} stands twice");
    }
}

#[test]
fn every_requirement_is_attacked() {
    let mut attacked: BTreeMap<u8, usize> = BTreeMap::new();
    for entry in LANGUAGES.iter().flat_map(corpus) {
        assert!(!entry.case.security.is_empty(), "{:?} attacks nothing", entry.case.name);
        for number in entry.case.security {
            assert!((1..=25).contains(&number), "{:?}: there is no requirement {number}", entry.case.name);
            *attacked.entry(number).or_default() += 1;
        }
    }
    for (number, file, test) in ELSEWHERE {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(text.contains(&format!("fn {test}(")), "{} has no test {test}", file.display());
        attacked.entry(number).or_default();
    }
    let missing: Vec<u8> = (1..=21).filter(|number| !attacked.contains_key(number)).collect();
    assert!(missing.is_empty(), "nothing attacks {missing:?}: {attacked:?}");
}

/// Runs all programs, with ordinary ones beside them, and fails with everything that is not as it should be.
fn all(hostile: &[Entry]) {
    count_panics();
    planted();
    let neighbours = ordinary();
    let twist = neighbour();
    // Once for the pools, and because what fails without any neighbour has another reason.
    let mut complaints: Vec<String> = neighbours.iter().flat_map(|entry| beside(entry, &twist)).collect();
    let here = around();
    let before = HostState::settled(HostState::default(), Duration::from_millis(300));
    let panics_before = panics();
    let (next, is_over, found) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
    let add = |more: Vec<String>| found.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| {
                scope.spawn(|| {
                    while let Some(entry) = hostile.get(next.fetch_add(1, Ordering::Relaxed)) {
                        add(one(entry));
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            for entry in neighbours.iter().cycle() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                add(beside(entry, &twist));
            }
        });
        for worker in workers {
            worker.join().unwrap_or_else(|_told_by_its_panic| add(vec!["a worker panicked".to_owned()]));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    complaints.extend(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    let after = HostState::settled(before, Duration::from_secs(20));
    complaints.extend(after.problems(before, MAX_GROWTH_BYTES));
    if panics() != panics_before {
        complaints.push(format!("{} panics", panics() - panics_before));
    }
    if around() != here {
        complaints.push("the working directory changed".to_owned());
    }
    assert!(complaints.is_empty(), "{} problems:\n\n{}", complaints.len(), complaints.join("\n\n"));
}

fn one(entry: &Entry) -> Vec<String> {
    let theme = &entry.theme;
    let ran = run(&entry.case, &entry.language, &Twist::default());
    let mut complaints = ran.problems;
    if entry.case.again.is_some() {
        complaints.extend(problems(&entry.case, &entry.language));
    }
    complaints.extend(
        ran.overruns
            .into_iter()
            .filter(|overrun| *overrun > MAX_OVERRUN)
            .map(|overrun| format!("{}: its deadline was {overrun:?} late", entry.case.name)),
    );
    complaints.into_iter().map(|complaint| format!("{theme}: {complaint}")).collect()
}

fn beside(entry: &Entry, twist: &Twist) -> Vec<String> {
    let ran = run(&entry.case, &entry.language, twist);
    ran.problems.into_iter().map(|problem| format!("an ordinary program: {problem}")).collect()
}

fn neighbour() -> Twist {
    let mut twist = Twist::default();
    twist.env.push(("SECRET".to_owned(), neighbours_secret().to_owned()));
    twist
}

/// The files of the working directory with their times: where a path of a program's would lead if the host took it as it is.
fn around() -> BTreeMap<PathBuf, Option<SystemTime>> {
    let entries = fs::read_dir(env::current_dir().unwrap()).unwrap().flatten();
    entries.map(|entry| (entry.path(), entry.metadata().ok().and_then(|file| file.modified().ok()))).collect()
}
