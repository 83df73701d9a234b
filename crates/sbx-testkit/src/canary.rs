//! Texts that no sandbox may ever show: they lie in the host's environment and memory, in files beside granted folders, and in
//! neighbouring sandboxes.
//!
//! All begin alike, so that one search finds any; no program of the corpus has that beginning in its source.

use std::{env, sync::OnceLock};

use memchr::memmem;

/// What each of them begins with.
const BEGINNING: &str = "sbx-canary-";
/// The variable in this process's environment, set in `.cargo/config.toml`.
const VARIABLE: &str = "SBX_TESTKIT_CANARY";
/// Copies in this process's memory.
const COPIES: usize = 10_000;

/// Puts them where programs would look, and says what lies in files beside a granted folder.
///
/// # Panics
/// If the environment has none: then it was not cargo that started this process.
pub fn planted() -> &'static str {
    static IN_MEMORY: OnceLock<Vec<u8>> = OnceLock::new();
    IN_MEMORY.get_or_init(|| format!("{BEGINNING}in-memory-of-the-host ").repeat(COPIES).into_bytes());
    let in_environment = env::var(VARIABLE).unwrap_or_default();
    assert!(
        in_environment.starts_with(BEGINNING),
        "{VARIABLE} is not set to {BEGINNING}…: run it with cargo, whose .cargo/config.toml sets it"
    );
    "sbx-canary-beside-the-mount"
}

/// What ordinary programs hold in memory and in files as `SECRET` of their environment, while hostile ones run beside them.
#[must_use]
pub fn neighbours_secret() -> &'static str {
    "sbx-canary-of-a-neighbour"
}

/// The canary in these bytes, if there is one.
pub(crate) fn seen(bytes: &[u8]) -> Option<String> {
    const SHOWN: usize = 40;
    let at = memmem::find(bytes, BEGINNING.as_bytes())?;
    Some(String::from_utf8_lossy(&bytes[at..bytes.len().min(at + SHOWN)]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canaries_are_found_wherever_they_are() {
        for canary in [planted(), neighbours_secret(), &env::var(VARIABLE).unwrap()] {
            let text = format!("{}{canary}{}", "x".repeat(100_000), "y".repeat(100));
            assert!(seen(text.as_bytes()).unwrap().starts_with(canary));
        }
        assert_eq!(seen(b"sbx-canar y-"), None);
    }
}
