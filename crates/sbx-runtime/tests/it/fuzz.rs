//! Any bytes through the door, as the guest's report of itself: a result within its bounds, whatever they say.
//!
//! [`door`] is the whole of the fuzz target of that name; its seeds and some thousand changes of them run here as an
//! ordinary test. A real guest sends them through the real door.

use sbx_core::{Ending, ExecutionPolicy, SandboxResult, is_unprintable};
use sbx_runtime::Program;

use crate::parrot::{STDIN, open, turn};

/// What one value, one text and one list of a report may be, as `bounds.rs` has them.
const MAX_RESULTS: usize = 200;
const MAX_FORMS: usize = 16;
const MAX_MIME_BYTES: usize = 127;
const MAX_FORM_BYTES: usize = 4 << 20;
const MAX_TEXT_BYTES: usize = 256 << 10;
/// More than any advice says: names are cut, and everything else is written by us.
const MAX_ADVICE_BYTES: usize = 2_000;

/// Runs a program that reports `report`.
///
/// # Panics
/// If the host fails, or the result is over a bound or says more than the host knows.
pub(crate) fn door(report: &[u8]) {
    let policy = ExecutionPolicy::default().with_fuel_budget(10_000_000);
    let mut interpreter = open(policy.clone(), None);
    let result = turn(&mut interpreter, Program::new(STDIN).with_stdin(report));
    is_bounded(&result);
    assert!(result.fuel_consumed <= policy.fuel_budget && result.fuel_budget == policy.fuel_budget);
    // What only the host can know is not taken from a report.
    assert!(
        matches!(result.ending, Ending::Ok | Ending::Exit | Ending::Exception | Ending::Timeout),
        "{:?}",
        result.ending
    );
    assert_eq!(
        result.success,
        result.ending == Ending::Ok || (result.ending == Ending::Exit && result.exit_code == 0)
    );
    let is_silent = result.error.as_ref().is_some_and(|error| error.kind == "NoReport");
    assert_eq!(
        interpreter.is_spent(),
        is_silent,
        "who reported nothing that can be read is not gone on with"
    );
    // The header of the request is all that it wrote.
    assert!(result.stdout.len() < 10_000 && result.files_created.is_empty());
    let json = serde_json::to_string(&result).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

fn is_bounded(result: &SandboxResult) {
    assert!(result.results.len() <= MAX_RESULTS);
    for value in &result.results {
        assert!(value.data.len() <= MAX_FORMS);
        let fits =
            |(mime, text): (&String, &String)| mime.len() <= MAX_MIME_BYTES && text.len() <= MAX_FORM_BYTES;
        assert!(value.data.iter().all(fits));
    }
    if let Some(error) = &result.error {
        assert!(
            [&error.kind, &error.message, &error.traceback].iter().all(|text| text.len() <= MAX_TEXT_BYTES)
        );
    }
    for advice in &result.advice {
        assert!(advice.message.len() <= MAX_ADVICE_BYTES, "{} bytes of advice", advice.message.len());
        assert!(!advice.message.contains(is_unprintable), "{:?}", advice.message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::{self, Changes};

    #[test]
    fn any_report_is_a_result_within_its_bounds() {
        mutate::run(Changes::of("door").inputs(3_000), door);
    }

    /// Else the seeds would be noise that ends at the first byte.
    #[test]
    fn most_seeds_are_reports() {
        let seeds: Vec<_> = Changes::of("door").inputs(0).collect();
        let is_report = |seed: &&Vec<u8>| {
            let result = turn(
                &mut open(ExecutionPolicy::default(), None),
                Program::new(STDIN).with_stdin(seed.as_slice()),
            );
            result.error.is_none_or(|error| error.kind != "NoReport")
        };
        assert!(seeds.iter().filter(is_report).count() * 2 > seeds.len());
    }
}
