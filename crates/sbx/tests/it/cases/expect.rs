//! What a turn is expected to be, and what of it is not so.

use std::{collections::BTreeMap, fmt::Debug};

use sbx::{Ending, GuestPath, SandboxResult};

use super::{Language, read::Turn};

/// Everything in which the result is not as expected, as `what: found, not wanted`.
pub(super) fn problems(turn: &Turn, result: &SandboxResult, language: &Language) -> Vec<String> {
    let ending = turn.ending.unwrap_or(Ending::Ok);
    let mut found = Found::default();
    found.compare("ending", &result.ending, &ending);
    found.compare("exit_code", &result.exit_code, &exit_code(ending, turn.exit_code));
    let is_good = ending == Ending::Ok || (ending == Ending::Exit && turn.exit_code == Some(0));
    found.compare("success", &result.success, &is_good);
    let error = turn.error.as_ref().map(|error| error.of(language).as_str()).or_else(|| host_error(ending));
    found.compare("error", &result.error.as_ref().map(|error| error.kind.as_str()), &error);
    found.compare("stdout", &result.stdout, turn.stdout.of(language));
    if turn.stderr.is_some() || matches!(ending, Ending::Ok | Ending::Exit) {
        found.compare("stderr", &result.stderr, &turn.stderr.clone().unwrap_or_default());
    }
    let truncated = [("stdout", result.stdout_truncated), ("stderr", result.stderr_truncated)];
    let truncated: Vec<_> = truncated.iter().filter(|(_, is)| *is).map(|(stream, _)| *stream).collect();
    found.compare("truncated", &truncated, &turn.truncated.iter().map(String::as_str).collect());
    let advice: BTreeMap<_, _> =
        result.advice.iter().map(|advice| (advice.kind, advice.suggested_policy.clone())).collect();
    found.compare("advice", &advice, turn.advice.of(language));
    for (what, paths, wanted) in [
        ("created", &result.files_created, &turn.created),
        ("modified", &result.files_modified, &turn.modified),
        ("deleted", &result.files_deleted, &turn.deleted),
    ] {
        let paths: Vec<_> = paths.iter().map(GuestPath::as_str).collect();
        found.compare(what, &paths, &wanted.iter().map(String::as_str).collect());
    }
    if ending != Ending::Timeout {
        found.compare("rolled_back", &result.metadata.get("rolled_back"), &turn.rolled_back.as_ref());
    }
    if let Some(host_work) = turn.host_work {
        found.compare("host_work", &result.metadata["host_work"], &host_work.to_string());
    }
    found.compare("runtime", &result.runtime, &language.runtime);
    found.0
}

/// The exit code of an ending, which is a fixed one unless the program chose it.
fn exit_code(ending: Ending, chosen: Option<u8>) -> u8 {
    match (ending, chosen) {
        (_, Some(code)) => code,
        (Ending::Ok, None) => 0,
        (Ending::Exception, None) => 1,
        (Ending::Timeout, None) => 124,
        (Ending::Cancelled, None) => 130,
        (Ending::StackOverflow | Ending::Trap, None) => 134,
        (Ending::FuelExhausted | Ending::MemoryExhausted, None) => 137,
        (other, None) => panic!("a case that ends as {other} names its exit code"),
    }
}

/// What the host says of an ending that is its own doing.
fn host_error(ending: Ending) -> Option<&'static str> {
    match ending {
        Ending::FuelExhausted => Some("FuelExhausted"),
        Ending::Timeout => Some("Timeout"),
        Ending::StackOverflow => Some("StackOverflow"),
        Ending::Cancelled => Some("Cancelled"),
        Ending::Trap => Some("Trap"),
        Ending::Ok | Ending::Exception | Ending::Exit | Ending::MemoryExhausted | _ => None,
    }
}

/// What is not as expected.
#[derive(Debug, Default)]
struct Found(Vec<String>);

impl Found {
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, found: &T, wanted: &T) {
        if found != wanted {
            self.0.push(format!("{what} is {found:?}, not {wanted:?}"));
        }
    }
}
