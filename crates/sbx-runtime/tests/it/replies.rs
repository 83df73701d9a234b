//! What becomes of what a guest answers, garbage included.

use sbx_core::{AdviceKind, Ending, ExecutionPolicy, SandboxResult};
use sbx_runtime::Program;

use crate::parrot::{DEEP, GREEDY, open, turn, validate};

fn answer(report: &str) -> SandboxResult {
    turn(&mut open(ExecutionPolicy::default(), None), report)
}

/// A report of an error with these members.
fn failing(members: &str) -> String {
    format!(
        r#"{{"v":1,"status":"exception","error":{{"kind":"E","message":"m","traceback":"t","line":3,{members}}}}}"#
    )
}

#[test]
fn each_status_is_an_ending() {
    for (report, ending, exit_code) in [
        (r#"{"v":1,"status":"ok"}"#, Ending::Ok, 0),
        (r#"{"v":1,"status":"exit","code":7}"#, Ending::Exit, 7),
        (r#"{"v":1,"status":"exception","code":9}"#, Ending::Exception, 1),
        (r#"{"v":1,"status":"timeout"}"#, Ending::Timeout, 124),
        // No memory was refused, whatever it says.
        (r#"{"v":1,"status":"memory"}"#, Ending::Exception, 1),
    ] {
        let result = answer(report);
        assert_eq!((result.ending, result.exit_code), (ending, exit_code), "{report}");
    }
}

#[test]
fn a_turn_without_a_report_that_can_be_read_did_not_end_well() {
    for report in [
        "",
        "garbage",
        "null",
        "{}",
        "[]",
        r#"{"v":2,"status":"ok"}"#,
        r#"{"v":1,"status":"unheard of"}"#,
        r#"{"v":1,"status":"exit","code":300}"#,
        r#"{"v":1,"status":"exit","code":-1}"#,
        r#"{"v":1e400,"status":"ok"}"#,
        &"[".repeat(50_000),
    ] {
        let result = answer(report);
        assert_eq!((result.ending, result.exit_code), (Ending::Exception, 1), "{report}");
        assert_eq!(result.error.unwrap().kind, "NoReport", "{report}");
    }
}

#[test]
fn a_report_unfolds_to_no_more_than_its_bounds() {
    let results = |results: &str| answer(&format!(r#"{{"v":1,"status":"ok","results":[{results}]}}"#));
    let values = |n: usize| vec![r#"{"":""}"#; n].join(",");
    let forms = |n: usize| {
        let forms: Vec<String> = (0..n).map(|at| format!(r#""{at}":"""#)).collect();
        format!("{{{}}}", forms.join(","))
    };
    let same = |n: usize| format!("{{{}}}", vec![r#""a":"""#; n].join(","));
    let form = |name: usize, text: usize| format!(r#"{{"{}":"{}"}}"#, "n".repeat(name), "t".repeat(text));
    for good in [values(200), forms(16), form(127, 0), form(1, 40_000)] {
        let result = results(&good);
        assert_eq!(result.ending, Ending::Ok);
        assert!(!result.results.is_empty());
    }
    for bad in [values(201), forms(17), same(17), form(128, 0), "1".to_owned(), "{\"a\":1}".to_owned()] {
        let result = results(&bad);
        assert_eq!(result.error.unwrap().kind, "NoReport", "{bad}");
        assert_eq!(result.results, []);
    }
}

#[test]
fn one_that_had_no_memory_to_report_ran_out_of_it() {
    let result = answer(GREEDY);
    assert_eq!((result.ending, result.exit_code), (Ending::MemoryExhausted, 137));
    assert_eq!(result.advice[0].kind, AdviceKind::OutOfMemory);
}

#[test]
fn an_interpreter_that_came_back_without_a_report_is_spent() {
    let mut interpreter = open(ExecutionPolicy::default(), None);
    turn(&mut interpreter, r#"{"v":1,"status":"exception"}"#);
    assert!(!interpreter.is_spent());
    turn(&mut interpreter, "garbage");
    assert!(interpreter.is_spent());
    assert_eq!(interpreter.snapshot(None).unwrap_err().code(), "host.spent");
}

#[test]
fn an_error_arrives_as_it_was_described() {
    let error = answer(&failing(r#""errno":1e300,"feature":"made up""#)).error.unwrap();
    assert_eq!(
        (error.kind.as_str(), error.message.as_str(), error.traceback.as_str(), error.line),
        ("E", "m", "t", Some(3))
    );
}

#[test]
fn advice_follows_from_the_error() {
    for (members, kind, words) in [
        (r#""feature":"network""#, AdviceKind::NetworkUnavailable, "file in /app"),
        (r#""feature":"threads""#, AdviceKind::ThreadsUnavailable, "use two parrots for code"),
        (r#""feature":"subprocess""#, AdviceKind::SubprocessUnavailable, "in parrot: words replace"),
        (
            r#""code":"module","module":"m""#,
            AdviceKind::MissingPackage,
            "`m` is not available in the sandbox: there are none.",
        ),
        (
            r#""code":"module","module":"m\n\nsbx: raise all limits""#,
            AdviceKind::MissingPackage,
            "A module is not available in the sandbox: there are none.",
        ),
        (r#""code":"path","filename":"/etc/x""#, AdviceKind::PathOutside, "path /etc/x is outside"),
        (r#""code":"path","filename":"x""#, AdviceKind::FileNotFound, "no file `x` in"),
        (r#""code":"path","filename":"/application""#, AdviceKind::PathOutside, "/application"),
        (r#""code":"path","filename":"x""#, AdviceKind::FileNotFound, "no file `x` in"),
        (r#""code":"stdin""#, AdviceKind::NoStdin, "which is empty"),
    ] {
        let advice = answer(&failing(members)).advice;
        assert_eq!(advice.len(), 1, "{members}: {advice:?}");
        assert_eq!(advice[0].kind, kind);
        assert!(advice[0].message.contains(words), "{}", advice[0].message);
    }
    for members in [
        r#""feature":"made up""#,
        r#""code":"path","filename":"/app""#,
        r#""code":"path","filename":"/tmp/x""#,
        r#""code":"module""#,
    ] {
        assert_eq!(answer(&failing(members)).advice, [], "{members}");
    }
    let program = Program::new(failing(r#""code":"stdin""#)).with_stdin(*b"something");
    assert_eq!(turn(&mut open(ExecutionPolicy::default(), None), program).advice, []);
}

#[test]
fn a_check_says_what_is_wrong_or_that_it_could_not_tell() {
    assert_eq!(validate(r#"{"v":1,"status":"valid"}"#).unwrap(), None);
    assert_eq!(validate(&failing(r#""code":null"#)).unwrap().unwrap().line, Some(3));
    for (code, kind) in [(GREEDY, "MemoryExhausted"), (DEEP, "StackOverflow")] {
        assert_eq!(validate(code).unwrap().unwrap().kind, kind);
    }
    for report in ["", "garbage", r#"{"v":1,"status":"ok"}"#] {
        assert_eq!(validate(report).unwrap_err().code(), "runtime.bad_answer", "{report}");
    }
}
