//! What every language has to do alike: the lists in the repository's `tests/cases/`, run in each language.
//!
//! `tests/cases/README.md` says what a case can have. A new language is a [`Language`], a test in `lists!`, and a member with
//! its code in each case. The format and the runner are `sbx-testkit`'s.

use std::{collections::BTreeSet, sync::Arc};

use sbx::{CancellationToken, Ending, MemoryStorage, Program, SandboxBuilder, SessionsBuilder};
use sbx_testkit::{JAVASCRIPT, LANGUAGES, Language, PYTHON, cases, problems};

use crate::lab::runtimes;

/// Runs all cases of a list and fails with everything that is not as it says.
fn check(list: &str, language: &Language) {
    let cases = cases(list);
    assert!(!cases.is_empty());
    for case in &cases {
        assert!(LANGUAGES.iter().all(|language| case.has(language)), "{:?} is for all languages", case.name);
    }
    let problems: Vec<String> = cases.iter().flat_map(|case| problems(case, language)).collect();
    assert!(
        problems.is_empty(),
        "{} of this list's expectations fail in {}:\n\n{}",
        problems.len(),
        language.key,
        problems.join("\n\n")
    );
}

macro_rules! lists {
    ($($list:ident)*) => {$(
        mod $list {
            const LIST: &str = include_str!(concat!("../../../../tests/cases/", stringify!($list), ".toml"));

            #[test]
            fn python() {
                super::check(LIST, &sbx_testkit::PYTHON);
            }

            #[test]
            fn javascript() {
                super::check(LIST, &sbx_testkit::JAVASCRIPT);
            }
        }
    )*};
}

lists! { endings limits output quotas files places programs turns }

#[test]
fn what_is_not_as_a_case_says_is_found() {
    let list = r#"
        [[case]]
        name = "everything about it is wrong"
        python = "print('x'); open('made', 'w').close(); [].x"
        javascript = "console.log('x'); writeText('made', ''); null.x"
        exit_code = 3
        stdout = "y"
        stderr = ""
        truncated = ["stdout"]
        advice = { out_of_fuel = {} }
        deleted = ["/app/made"]
        rolled_back = "files"
        host_work = 1

        [[case]]
        name = "one of its tries is wrong"
        tries = [
            { python = "open('x')", javascript = "fs.readFileSync('x')", errno = "done" },
            { python = "open('x')", javascript = "fs.readFileSync('x')", errno = "ENOENT" },
        ]

        [[case]]
        name = "the folder of the host is another one"
        mount = "rw"
        host_files = { "in.csv" = "" }
        python = "open('/data/in.csv', 'w').close()"
        javascript = "require('fs').writeFileSync('/data/in.csv', '')"

        [[case]]
        name = "it does not draw"
        again = "other_output"
        python = ""
        javascript = ""

        [[case]]
        name = "it draws"
        again = "same_fuel"
        python = "import os; open('made', 'wb').write(os.urandom(9))"
        javascript = "require('fs').writeFileSync('made', crypto.getRandomValues(new Uint8Array(9)))"
        created = ["/app/made"]
    "#;
    let cases = cases(list);
    for language in &LANGUAGES {
        let counts: Vec<_> = cases.iter().map(|case| problems(case, language).len()).collect();
        assert_eq!(counts, [12, 1, 1, 1, 2], "{}", language.key);
    }
}

#[test]
#[should_panic(expected = "unknown field `stdot`")]
fn a_misspelt_expectation_is_an_error() {
    let _cases = cases("[[case]]\nname = 'x'\npython = ''\njavascript = ''\nstdot = 'x'");
}

#[test]
fn a_cancelled_program_says_so_wherever_it_is() {
    for (language, endless) in [(PYTHON, "while True: pass"), (JAVASCRIPT, "while (true);")] {
        let builder = SandboxBuilder::new(language.runtime).runtimes(runtimes()).image(language.image);
        let mut sandbox = builder.build().unwrap();
        for delay_ms in [0, 100] {
            let cancel = CancellationToken::new();
            let result = std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(std::time::Duration::from_millis(delay_ms));
                    cancel.cancel();
                });
                sandbox.execute(Program::new(endless).with_cancel(cancel.clone())).unwrap()
            });
            assert_eq!((result.ending, result.exit_code), (Ending::Cancelled, 130), "{}", language.key);
            assert_eq!(result.error.unwrap().kind, "Cancelled");
        }
        assert!(sandbox.execute("1").unwrap().success);
    }
}

#[test]
fn forks_of_a_session_draw_numbers_of_their_own_unless_they_are_fixed() {
    for language in LANGUAGES {
        for (seed, n_different) in [(None, 4), (Some(5), 1)] {
            let mut policy = sbx::ExecutionPolicy::default();
            policy.deterministic = seed.map(sbx::Deterministic::new);
            let sessions = SessionsBuilder::new(Arc::new(MemoryStorage::new()))
                .runtimes(runtimes())
                .runtime(language.runtime)
                .image(language.image)
                .policy(policy)
                .build()
                .unwrap();
            let session = sessions.create().unwrap();
            assert!(session.execute(language.draw).unwrap().success);
            let forks = session.fork(3).unwrap();
            let draw = |session: &sbx::Session| {
                session.execute(language.draw).unwrap().value().expect("a number").to_owned()
            };
            let drawn: BTreeSet<_> = forks.iter().chain([&session]).map(draw).collect();
            assert_eq!(drawn.len(), n_different, "{} {seed:?}: {drawn:?}", language.key);
        }
    }
}
