//! One case in one language.

use std::{collections::BTreeMap, fs, path::Path};

use sbx::{Ending, ExecutionPolicy, GuestPath, Mount, Program, Sandbox, SandboxBuilder, SandboxResult};

use super::{
    Language, expect,
    read::{Again, Case, Turn},
};
use crate::lab::runtimes;

/// Everything in which the case is not as it says.
pub(super) fn problems(case: &Case, language: &Language) -> Vec<String> {
    let mut problems = Vec::new();
    for attempt in &case.tries {
        let place = Place::new(case);
        let code = attempt.code(language);
        let result = place.open(case, language, &place.policy).execute((language.attempt)(code)).unwrap();
        let (seen, wanted) = (result.stdout.trim_end(), attempt.errno.of(language));
        if seen != wanted || result.ending != Ending::Ok {
            let SandboxResult { ending, stderr, .. } = &result;
            problems.push(format!(
                "{}\n  {code}\n  gave {seen:?}, not {wanted:?} ({ending}) {stderr}",
                case.name
            ));
        }
        problems.extend(place.problems(case));
    }
    if !case.turns.is_empty() {
        let place = Place::new(case);
        let mut sandbox = place.open(case, language, &place.policy);
        for turn in &case.turns {
            let result = execute(&mut sandbox, turn, language);
            problems.extend(expect::problems(turn, &result, language).iter().map(|problem| {
                format!("{}\n  {}\n  {problem}\n  {}", case.name, turn.code(language), result.stderr)
            }));
        }
        problems.extend(place.problems(case));
    }
    if let Some(again) = case.again {
        problems.extend(second_time(case, again, language));
    }
    problems
}

/// What is not as it should be when the case's first turn runs again in other sandboxes.
fn second_time(case: &Case, again: Again, language: &Language) -> Vec<String> {
    let place = Place::new(case);
    let run = |policy: &ExecutionPolicy| {
        let mut sandbox = place.open(case, language, policy);
        let result = execute(&mut sandbox, &case.turns[0], language);
        let files = sandbox.list_files().into_iter();
        let files: Vec<_> =
            files.filter_map(|path| Some((sandbox.read_file(path.as_str()).ok()?, path))).collect();
        (result.ending, result.fuel_consumed, result.stdout, files)
    };
    let (first, second) = (run(&place.policy), run(&place.policy));
    if again == Again::OtherOutput {
        let is_same = (&first.2, &first.3) == (&second.2, &second.3);
        return Vec::from_iter(is_same.then(|| format!("{}: it gave {first:?} twice", case.name)));
    }
    let used = first.1;
    let with = |fuel| run(&place.policy.clone().with_fuel_budget(fuel));
    let (enough, short) = (with(used), with(used - 1));
    let mut problems = Vec::new();
    for (what, is_wrong, found) in [
        ("the second time", second != first, &second),
        ("with exactly its fuel", enough != first, &enough),
        ("with one unit less", (short.0, short.1) != (Ending::FuelExhausted, used - 1), &short),
    ] {
        if is_wrong {
            problems.push(format!("{}: {what} it gave {found:?}; the first time, {first:?}", case.name));
        }
    }
    problems
}

fn execute(sandbox: &mut Sandbox, turn: &Turn, language: &Language) -> SandboxResult {
    let mut program = Program::new(turn.code(language)).with_stdin(turn.stdin.as_bytes());
    program.argv.clone_from(&turn.argv);
    sandbox.execute(program).expect("whatever a program does is a result")
}

/// Where a case runs: its policy, and the host folder that it names.
struct Place {
    policy: ExecutionPolicy,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(case: &Case) -> Self {
        let mut policy = ExecutionPolicy::default();
        for (key, value) in &case.policy {
            policy.set(key, value).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        }
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in host_files() {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        if let Some(mode) = case.mount {
            let guest = GuestPath::parse("/data").unwrap();
            policy = policy.with_mount(Mount::read_only(folder.path(), guest).with_mode(mode));
        }
        Self { policy, folder }
    }

    fn open(&self, case: &Case, language: &Language, policy: &ExecutionPolicy) -> Sandbox {
        let mut sandbox = SandboxBuilder::new(language.runtime)
            .runtimes(runtimes())
            .image(language.image)
            .policy(policy.clone())
            .auto_persist_globals(case.persist)
            .build()
            .unwrap_or_else(|error| panic!("{}: {error}\nrun `cargo xtask setup`", case.name));
        for (path, text) in &case.files {
            sandbox.write_file(path, text.as_bytes()).unwrap();
        }
        sandbox
    }

    /// What of the host's folder is not as the case says.
    fn problems(&self, case: &Case) -> Option<String> {
        let wanted = case.host_files.clone().unwrap_or_else(host_files);
        let mut found = BTreeMap::new();
        list(self.folder.path(), "", &mut found);
        (found != wanted).then(|| format!("{}: the host's folder is {found:?}, not {wanted:?}", case.name))
    }
}

/// What the host's folder has at first.
fn host_files() -> BTreeMap<String, String> {
    [("in.csv", "a,b\n1,2\n"), ("sub/deep.txt", "deep")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into()
}

/// The files below a folder, by their paths.
fn list(folder: &Path, below: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            list(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}
