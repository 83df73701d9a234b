//! What a turn is expected to be, and what of it is not so.

use std::{collections::BTreeMap, fmt::Debug};

use sbx::{Ending, GuestPath, RuntimeType, SandboxResult};

use crate::{
    case::{Expected, Turn},
    language::Language,
};

/// Everything in which the result is not as expected, as `what: found, not wanted`; where several are right, of the first.
pub(crate) fn problems(turn: &Turn, result: &SandboxResult, language: &Language) -> Vec<String> {
    let first = against(&turn.expected, result, language);
    let is_other = turn.or.iter().any(|other| against(other, result, language).is_empty());
    if is_other { Vec::new() } else { first }
}

fn against(wanted: &Expected, result: &SandboxResult, language: &Language) -> Vec<String> {
    let ending = wanted.ending.unwrap_or(Ending::Ok);
    let mut found = Found::default();
    found.compare("ending", &result.ending, &ending);
    found.compare("exit_code", &result.exit_code, &exit_code(ending, wanted.exit_code));
    let is_good = ending == Ending::Ok || (ending == Ending::Exit && wanted.exit_code == Some(0));
    found.compare("success", &result.success, &is_good);
    let error = wanted.error.as_ref().map(|error| error.of(language).as_str()).or_else(|| host_error(ending));
    found.compare("error", &result.error.as_ref().map(|error| error.kind.as_str()), &error);
    found.compare("stdout", &result.stdout, wanted.stdout.of(language));
    if wanted.stderr.is_some() || matches!(ending, Ending::Ok | Ending::Exit) {
        found.compare("stderr", &result.stderr, &wanted.stderr.clone().unwrap_or_default());
    }
    let truncated = [("stdout", result.stdout_truncated), ("stderr", result.stderr_truncated)];
    let truncated: Vec<_> = truncated.iter().filter(|(_, is)| *is).map(|(stream, _)| *stream).collect();
    found.compare("truncated", &truncated, &wanted.truncated.iter().map(String::as_str).collect());
    let advice: BTreeMap<_, _> =
        result.advice.iter().map(|advice| (advice.kind, advice.suggested_policy.clone())).collect();
    found.compare("advice", &advice, wanted.advice.of(language));
    for (what, paths, wanted) in [
        ("created", &result.files_created, &wanted.created),
        ("modified", &result.files_modified, &wanted.modified),
        ("deleted", &result.files_deleted, &wanted.deleted),
    ] {
        let paths: Vec<_> = paths.iter().map(GuestPath::as_str).collect();
        found.compare(what, &paths, &wanted.iter().map(String::as_str).collect());
    }
    if ending != Ending::Timeout {
        found.compare("rolled_back", &result.metadata.get("rolled_back"), &wanted.rolled_back.as_ref());
    }
    if let Some(host_work) = wanted.host_work {
        found.compare("host_work", &result.metadata["host_work"], &host_work.to_string());
    }
    if let Some(value) = &wanted.value {
        found.compare("value", &result.value(), &Some(value.as_str()));
    }
    if let Some(n_results) = wanted.n_results {
        found.compare("n_results", &result.results.len(), &n_results);
    }
    // JavaScript in the image that takes types out first says so.
    let is_typescript =
        result.runtime == RuntimeType::TypeScript && language.runtime == RuntimeType::JavaScript;
    let runtime = if is_typescript { language.runtime } else { result.runtime };
    found.compare("runtime", &runtime, &language.runtime);
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
            self.0.push(format!("{what} is {}, not {}", shown(found), shown(wanted)));
        }
    }
}

/// A value as it is written, its middle left out if that is long: hostile programs show a lot.
fn shown(value: &impl Debug) -> String {
    const MOST: usize = 4000;
    let text = format!("{value:?}");
    if text.len() <= MOST {
        return text;
    }
    let head: String = text.chars().take(MOST / 2).collect();
    let tail: Vec<char> = text.chars().rev().take(MOST / 4).collect();
    format!("{head}[…]{}", tail.into_iter().rev().collect::<String>())
}
