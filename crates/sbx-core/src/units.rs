//! Sizes and durations as people write them: `64MiB`, `2.5s`.
//!
//! One parser for the policy file and the command line, so that both accept the same words.

use std::time::Duration;

use thiserror::Error;

/// A size or a duration that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is not a {what} (write it as {example})")]
#[non_exhaustive]
pub struct UnitError {
    /// What was given.
    pub text: String,
    /// `size` or `duration`.
    pub what: &'static str,
    /// How it is written.
    pub example: &'static str,
}

const BYTE_UNITS: [(&str, u64); 12] = [
    ("", 1),
    ("b", 1),
    ("k", 1_000),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
    ("tb", 1_000_000_000_000),
    ("tib", 1 << 40),
    ("m", 1_000_000),
];

const TIME_UNITS: [(&str, f64); 6] =
    [("", 1.0), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("min", 60.0), ("h", 3600.0)];

/// Reads a size: an integer with an optional unit `kB MB GB TB` (powers of 1000) or `KiB MiB GiB TiB` (powers of
/// 1024).
///
/// # Errors
/// Anything else, and sizes over 2^63 − 1.
pub fn parse_bytes(text: &str) -> Result<u64, UnitError> {
    let error = || UnitError { text: text.to_owned(), what: "size", example: "1000000, 64MB or 64MiB" };
    let (number, unit) = split_unit(text);
    let number: u64 = number.replace('_', "").parse().map_err(|_not_a_number| error())?;
    let (_, scale) = BYTE_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(error)?;
    number.checked_mul(*scale).filter(|bytes| *bytes <= i64::MAX as u64).ok_or_else(error)
}

/// Reads a duration: a number with an optional unit `ms`, `s` (the default), `m` or `min`, `h`.
///
/// # Errors
/// Anything else: negative, not finite, or longer than a thousand years.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let error = || UnitError { text: text.to_owned(), what: "duration", example: "500ms, 10s or 2m" };
    let (number, unit) = split_unit(text);
    let number: f64 = number.parse().map_err(|_not_a_number| error())?;
    let (_, scale) = TIME_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(error)?;
    seconds(number * scale).ok_or_else(error)
}

/// A duration from seconds, if it is one: not negative, finite, at most a thousand years.
pub(crate) fn seconds(value: f64) -> Option<Duration> {
    const LONGEST_SECONDS: f64 = 1000.0 * 365.0 * 86_400.0;
    (value.is_finite() && (0.0..=LONGEST_SECONDS).contains(&value)).then(|| Duration::from_secs_f64(value))
}

/// A size as people read it: `512 B`, `1.5 KiB`, `64 MiB`.
#[must_use]
pub fn show_bytes(bytes: u64) -> String {
    const NAMES: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut scale = 1u64;
    let mut name = NAMES[0];
    for larger in &NAMES[1..] {
        if bytes / scale < 1024 {
            break;
        }
        scale <<= 10;
        name = larger;
    }
    if bytes.is_multiple_of(scale) {
        return format!("{} {name}", bytes / scale);
    }
    // Tenths in integers, so that no rounding surprise creeps in.
    format!("{}.{} {name}", bytes / scale, (bytes % scale) * 10 / scale)
}

fn split_unit(text: &str) -> (&str, String) {
    let text = text.trim();
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number.trim(), unit.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_both_kinds_of_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("1000", 1000),
            ("20_000", 20_000),
            ("64MiB", 64 << 20),
            ("64 MB", 64_000_000),
            ("1gib", 1 << 30),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5MiB", "1e6", "1XB", "99999999999GiB"] {
            assert!(parse_bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_with_units() {
        for (text, millis) in
            [("10", 10_000), ("500ms", 500), ("2.5s", 2500), ("2m", 120_000), ("1h", 3_600_000)]
        {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "-1s", "nan", "inf", "1e30h", "1y"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_in_the_largest_unit_that_fits() {
        let shown: Vec<String> = [0, 1023, 1024, 1536, 64 << 20, 128_000_000].map(show_bytes).into();
        assert_eq!(shown, ["0 B", "1023 B", "1 KiB", "1.5 KiB", "64 MiB", "122.0 MiB"]);
    }
}
