//! A short soak, and that a soak finds what is wrong.

use sbx_testkit::{LANGUAGES, PYTHON, corpus, ordinary, soak::Soak};

use crate::lab::alone;

#[test]
fn a_short_soak_holds() {
    let _held = alone();
    let hostile: Vec<_> = LANGUAGES.iter().flat_map(corpus).collect();
    let report = Soak::new(400, 1).run(&hostile, &ordinary(), &|_, _| ());
    // Other tests measure deadlines where nobody else takes the processors.
    let failures: Vec<_> =
        report.failures.iter().filter(|failure| !failure.starts_with("deadlines")).collect();
    assert!(failures.is_empty(), "{report}");
    assert!(report.runs >= 400 && report.ordinary.0 > 50, "{report}");
}

#[test]
fn a_soak_of_wrong_expectations_fails() {
    let _held = alone();
    let mut wrong = corpus(&PYTHON);
    wrong.retain(|entry| entry.case.turns.len() == 1);
    for entry in &mut wrong {
        for turn in &mut entry.case.turns {
            turn.expected.stdout = sbx_testkit::Per::All("what no program prints".to_owned());
            turn.or.clear();
        }
    }
    let report = Soak::new(40, 1).run(&wrong, &ordinary(), &|_, _| ());
    assert!(report.n_unexpected > 0 && report.failures[0].contains("unexpected"), "{report}");
    assert_eq!(report.ordinary.0, report.ordinary.1, "{report}");
}
