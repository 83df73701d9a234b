//! What a case can say, and what it cannot; and that the runner finds what is not as a case says.

use std::time::Duration;

use sbx_testkit::{Case, LANGUAGES, PYTHON, Twist, cases, neighbours_secret, problems, run};

use crate::lab::among_others;

fn one(text: &str) -> Case {
    cases(&format!("[[case]]\n{text}")).pop().unwrap()
}

#[test]
fn a_case_has_the_languages_that_all_its_programs_are_written_in() {
    let _held = among_others();
    let languages = |text| LANGUAGES.map(|language| one(text).has(&language));
    assert_eq!(languages("name = 'x'\npython = ''"), [true, false]);
    assert_eq!(languages("name = 'x'\njavascript = ''"), [false, true]);
    assert_eq!(languages("name = 'x'\npython = ''\njavascript = ''"), [true, true]);
    let mixed =
        "name = 'x'\ntries = [{ python = '', javascript = '', errno = '' }, { python = '', errno = '' }]";
    assert_eq!(languages(mixed), [true, false]);
}

#[test]
fn what_is_no_case_is_refused_with_its_name() {
    let _held = among_others();
    for (text, problem) in [
        ("name = 'x'", "turns or tries"),
        ("name = 'x'\nending = 'ok'", "code in no language"),
        ("name = 'x'\npython = ''\nstdot = ''", "stdot"),
        ("name = 'x'\npython = 1", "no text"),
        ("python = ''", "has a name"),
        ("name = 'x'\npython = ''\nor = [{ ending = 'trap' }]", "needs a `why`"),
        ("name = 'x'\npython = ''\nwhy = 'x'", "needs a `why`"),
        ("name = 'x'\npython = ''\nor = [{ endng = 'trap' }]\nwhy = 'x'", "endng"),
        ("name = 'x'\nturns = [{ python = '' }, { javascript = '' }]", "no language"),
        ("name = 'x'\npython = ''\nturns = [{ python = '' }]", "a turn beside its turns"),
    ] {
        let refusal = std::panic::catch_unwind(|| one(text)).expect_err(text);
        let refusal = refusal.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(refusal.contains(problem), "{text}: {refusal}");
    }
}

#[test]
fn one_of_several_right_ends_is_enough_and_another_is_not() {
    let _held = among_others();
    let case = |code: &str| {
        one(&format!(
            "name = 'x'\npython = '''{code}'''\nstdout = 'a'\nwhy = 'it may fail'\n\
             or = [{{ ending = 'exception', error = 'OSError' }}, {{ ending = 'exit', exit_code = 3 }}]"
        ))
    };
    for (code, n_problems) in [
        ("print('a', end='')", 0),
        ("raise OSError", 0),
        ("exit(3)", 0),
        ("exit(4)", 4),
        ("raise ValueError", 6),
        ("print('b')", 1),
    ] {
        assert_eq!(problems(&case(code), &PYTHON).len(), n_problems, "{code}");
    }
}

#[test]
fn a_canary_in_output_results_errors_and_files_is_found() {
    let _held = among_others();
    let twist = {
        let mut twist = Twist::default();
        twist.env.push(("SEEN".to_owned(), neighbours_secret().to_owned()));
        twist
    };
    let get = "import os; s = os.environ['SEEN']; ";
    for (code, more) in [
        ("print(s)", "stdout = 'x'"),
        ("print(s, file=__import__('sys').stderr)", "stderr = 'x'"),
        ("s", ""),
        ("raise ValueError(s)", "ending = 'exception'\nerror = 'ValueError'"),
    ] {
        let case = one(&format!("name = 'x'\npython = \"\"\"{get}{code}\"\"\"\n{more}"));
        let found = run(&case, &PYTHON, &twist).problems;
        assert!(found.iter().any(|problem| problem.contains("its result shows")), "{code}: {found:?}");
    }
    // In a file, of a neighbour: what is its own may lie there.
    let half = "h = 'sbx-' + 'canary-'; open('/tmp/x', 'w').write('x' * 99_999 + h + 'of-another'); None";
    let case = one(&format!("name = 'x'\npython = \"\"\"{half}\"\"\""));
    let found = run(&case, &PYTHON, &Twist::default()).problems;
    assert!(found.len() == 1 && found[0].contains("its file /tmp/x shows"), "{found:?}");
}

#[test]
fn what_is_changed_in_and_beside_the_hosts_folder_is_found() {
    let _held = among_others();
    let case = one("name = 'x'\nmount = 'rw'\nhost_links = { out = '../beside' }\npython = '''
open('/data/new', 'w').write('x')
try: open('/data/out/secret.txt')
except OSError: pass
'''\n");
    let found = run(&case, &PYTHON, &Twist::default()).problems;
    assert!(found.len() == 1 && found[0].contains("the host's folder is"), "{found:?}");
    assert!(found[0].contains(r#""out": "-> ../beside""#), "{found:?}");
}

#[test]
fn a_twist_cuts_programs_short_and_that_is_no_problem() {
    let _held = among_others();
    let case = one("name = 'x'\npython = 'while True: pass'\nending = 'ok'");
    let mut twist = Twist::default();
    twist.fuel_budget = Some(100_000_000);
    let ran = run(&case, &PYTHON, &twist);
    assert_eq!((ran.endings, ran.problems), (vec![sbx::Ending::FuelExhausted], Vec::new()));
    let mut twist = Twist::default();
    twist.cancel_after = Some(Duration::from_millis(20));
    let ran = run(&case, &PYTHON, &twist);
    assert_eq!((ran.endings, ran.problems), (vec![sbx::Ending::Cancelled], Vec::new()));
    // Without one it is.
    let case =
        one("name = 'x'\npolicy = { fuel_budget = 100_000_000 }\npython = 'while True: pass'\nending = 'ok'");
    assert_eq!(run(&case, &PYTHON, &Twist::default()).problems.len(), 6);
}

#[test]
fn how_late_a_deadline_was_met_is_measured() {
    let _held = among_others();
    let case = one(
        "name = 'x'\npolicy = { timeout_seconds = 0.05 }\npython = 'while True: pass'\nending = 'timeout'\nadvice = { timeout = { timeout_seconds = 1 } }",
    );
    let ran = run(&case, &PYTHON, &Twist::default());
    assert!(ran.problems.is_empty(), "{:?}", ran.problems);
    assert!(ran.overruns.len() == 1 && ran.overruns[0] > Duration::ZERO, "{:?}", ran.overruns);
}
