//! Any text as a policy file: limits that hold, or one error that names the key.
//!
//! [`policy`] is the whole of the fuzz target of that name; its seeds and some thousand changes of them run here as an
//! ordinary test.

use std::time::Duration;

use sbx_core::{ExecutionPolicy, PolicyValidationError};

/// A thousand years: a longer time is no limit.
const LONGEST: Duration = Duration::from_secs(1000 * 365 * 86_400);

/// Reads `bytes` as a policy file.
///
/// # Panics
/// If it became a policy without a limit or one that does not come back from what is written of it, or an error that
/// does not say where.
pub(crate) fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match ExecutionPolicy::from_toml(text) {
        Ok(policy) => {
            is_limited(&policy);
            grants_only_what_it_says(&policy);
            let written = toml::to_string(&policy).expect("what was read can be written");
            let again = ExecutionPolicy::from_toml(&written).expect("what was written can be read");
            is_same(policy, again);
        }
        Err(error) => names_its_key(&error, text),
    }
}

fn is_limited(policy: &ExecutionPolicy) {
    for limit in [
        policy.fuel_budget,
        policy.memory_bytes,
        policy.stdout_max_bytes,
        policy.stderr_max_bytes,
        policy.disk_bytes,
        policy.max_files,
        policy.max_file_bytes,
        policy.max_open_files.into(),
    ] {
        assert!(limit > 0 && i64::try_from(limit).is_ok(), "{policy:?}");
    }
    let timeout = policy.timeout_seconds;
    assert!(timeout.is_none_or(|limit| !limit.is_zero() && limit <= LONGEST), "{timeout:?}");
    assert!(policy.validate().is_ok(), "what was read is valid");
}

/// Nothing of the runtime's own, no place twice, nothing that cannot be in an environment.
fn grants_only_what_it_says(policy: &ExecutionPolicy) {
    let places: Vec<_> =
        policy.mounts.iter().map(|mount| &mount.guest).chain([&policy.guest_mount_path]).collect();
    for (position, place) in places.iter().enumerate() {
        assert!(!places[..position].contains(place), "{place} twice");
        let top = place.parts().next().expect("it is not the root");
        assert!(!["usr", "dev"].contains(&top), "{place}");
        assert!(place.parts().all(|part| part != ".."), "{place}");
    }
    assert!(policy.mounts.iter().all(|mount| !mount.host.as_os_str().is_empty()));
    let words = policy.env.iter().flat_map(|(name, value)| [name, value]).chain(policy.argv.iter().flatten());
    assert!(words.into_iter().all(|word| !word.contains('\0')), "{policy:?}");
}

/// A time is written in seconds with 53 bits, which is less than it can have.
fn is_same(mut policy: ExecutionPolicy, mut again: ExecutionPolicy) {
    let times = (policy.timeout_seconds.take(), again.timeout_seconds.take());
    match times {
        (Some(time), Some(other)) => {
            let off = time.abs_diff(other);
            assert!(off <= time / (1 << 30) || off <= Duration::from_nanos(1), "{time:?} became {other:?}");
        }
        (time, other) => assert_eq!(time, other),
    }
    assert_eq!(policy, again);
}

fn names_its_key(error: &PolicyValidationError, text: &str) {
    let said = error.to_string();
    let key = match error {
        PolicyValidationError::Syntax { problem } => {
            assert!(!problem.is_empty());
            return;
        }
        PolicyValidationError::UnknownKey { key, .. }
        | PolicyValidationError::WrongType { key, .. }
        | PolicyValidationError::BadValue { key, .. } => key,
        other => panic!("{other:?} is new: what does it name?"),
    };
    assert!(said.contains(&format!("`{key}`")), "{said}");
    // A short form is reported as what it is short for; an escape in a key is read.
    let is_there = text.contains(key.as_str()) || text.contains('\\') || key == "mounts";
    assert!(is_there, "{said}");
    assert!(error.code().starts_with("policy."));
}

#[cfg(test)]
mod tests {
    use crate::mutate::{self, Changes};

    #[test]
    fn any_text_is_a_policy_with_limits_or_an_error_that_names_the_key() {
        mutate::run(Changes::of("policy").inputs(3_000), super::policy);
    }
}
