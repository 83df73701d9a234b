//! What becomes of what a guest answers, garbage included.

use sbx_core::{AdviceKind, Ending, ExecutionPolicy, SandboxResult};
use sbx_runtime::Program;

use crate::parrot::{open, turn, validate};

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
        assert_eq!(result.error.unwrap().kind, "Exception", "{report}");
    }
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
        (r#""code":"path","filename":"/etc/x""#, AdviceKind::PathOutside, "path /etc/x is outside"),
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
    for report in ["", "garbage", r#"{"v":1,"status":"ok"}"#] {
        assert_eq!(validate(report).unwrap_err().code(), "runtime.bad_answer", "{report}");
    }
}
