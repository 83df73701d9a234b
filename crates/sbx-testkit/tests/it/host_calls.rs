//! Hostile calls against the host's API, and that the interpreter of them finds what is not as a step says.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use sbx_testkit::{HostCase, HostState, host_cases, host_lists};

use crate::lab::alone;

/// How much memory may grow: pages of regions that wait for their next run.
const MAX_GROWTH_BYTES: u64 = 256 << 20;

/// What a process opens once and keeps: images, pools, threads.
const WARM: &str = "
    [[case]]
    name = 'each language once'
    security = [1]
    steps = [
        { do = 'crowd', n = 4, code = '1', gives = '4 × ok' },
        { do = 'create', id = 's' },
        { do = 'execute', id = 's', code = '1', gives = 'ok' },
        { do = 'build_image', name = 'none', setup = ['raise SystemExit(0)'], error = 'python.build_failed' },
    ]
";

/// Runs all cases on a few threads: everything that is not as it should be.
fn all_problems(cases: &[HostCase]) -> Vec<String> {
    const THREADS: usize = 2;
    let next = AtomicUsize::new(0);
    let work = || {
        let mut problems = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            problems.extend(case.problems());
        }
        problems
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn no_sequence_of_calls_gets_more_than_its_error() {
    let _held = alone();
    let cases: Vec<HostCase> = host_lists().iter().flat_map(|(_, list)| host_cases(list)).collect();
    assert!(cases.len() >= 60, "only {} sequences", cases.len());
    for case in &cases {
        assert!(!case.security().is_empty(), "{} attacks no requirement", case.name());
        assert!(case.security().iter().all(|number| (1..=25).contains(number)), "{}", case.name());
    }
    assert_eq!(host_cases(WARM)[0].problems(), [""; 0]);
    let before = HostState::settled(HostState::default(), Duration::from_millis(300));
    let mut problems = all_problems(&cases);
    problems.extend(HostState::settled(before, Duration::from_secs(20)).problems(before, MAX_GROWTH_BYTES));
    assert!(problems.is_empty(), "{} problems:\n\n{}", problems.len(), problems.join("\n\n"));
}

#[test]
fn what_a_step_gives_otherwise_is_found() {
    let found = |steps: &str| {
        let list = format!("[[case]]\nname = 'x'\nsecurity = [1]\nsteps = [{steps}]");
        host_cases(&list)[0].problems()
    };
    assert_eq!(found("{ do = 'parse_id', id = 'a', gives = 'a' }"), [""; 0]);
    for (steps, problem) in [
        ("{ do = 'parse_id', id = 'a', gives = 'b' }", r#"gave Ok("a"), not Ok("b")"#),
        ("{ do = 'parse_id', id = 'a', error = 'x' }", r#"gave Ok("a"), not Err("x")"#),
        ("{ do = 'parse_id', id = '' }", r#"gave Err("session.bad_id"), not Ok("")"#),
        ("{ do = 'host_file', path = 'secret.txt', text = 'x' }", "secret.txt is not as it was"),
        ("{ do = 'host_link', path = 'a/b', target = 'x' }, { do = 'see_host_file', path = 'a/b' }", "-> x"),
    ] {
        let problems = found(steps);
        assert!(problems.len() == 1 && problems[0].contains(problem), "{steps}: {problems:?}");
    }
}

#[test]
fn what_is_no_step_is_refused() {
    for (step, problem) in [
        ("{ do = 'nothing' }", "there is no call"),
        ("{ do = 'parse_id', id = 'a', idd = 'b', gives = 'a' }", "takes no idd"),
        ("{ do = 'parse_id' }", "it needs"),
        ("{ id = 'x' }", "says what it does"),
        ("{ do = 'parse_id', id = 'a', gives = 'a', error = 'b' }", "has an error and gives something"),
        ("{ do = 'see_host_file', path = '/etc/passwd' }", "not below the folder"),
    ] {
        let run =
            || host_cases(&format!("[[case]]\nname = 'x'\nsecurity = [1]\nsteps = [{step}]"))[0].problems();
        let refusal = panic::catch_unwind(run).expect_err(step);
        let refusal = refusal.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(refusal.contains(problem), "{step}: {refusal}");
    }
}
