//! Numbers for people: three digits and a unit.

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Seconds.
    Time,
    Bytes,
    /// Things a second.
    PerSecond,
    /// Things.
    Count,
}

impl Unit {
    /// The number with three digits, in the unit that makes it readable.
    pub(crate) fn show(self, number: f64) -> String {
        let (scaled, unit) = self.scale(number);
        // What is counted has no digits behind the point unless it is a ratio.
        let text =
            if self == Self::Count && number.fract() == 0.0 { grouped(number) } else { digits(scaled) };
        match unit {
            "" => text,
            unit => format!("{text} {unit}"),
        }
    }

    /// The same without digits that are zero: for the marks of an axis.
    pub(crate) fn mark(self, number: f64) -> String {
        let (scaled, unit) = self.scale(number * (1.0 + 1e-9));
        let text = if scaled >= 1000.0 { grouped(scaled) } else { format!("{scaled:.2}") };
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        match unit {
            "" => text.to_owned(),
            unit => format!("{text} {unit}"),
        }
    }

    fn scale(self, number: f64) -> (f64, &'static str) {
        let steps: &[(f64, &'static str)] = match self {
            Self::Time => &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
            Self::Bytes => &[(1e9, "GB"), (1e6, "MB"), (1e3, "KB"), (1.0, "B")],
            Self::PerSecond => &[(1.0, "/s")],
            Self::Count => &[(1.0, "")],
        };
        let last = steps.len() - 1;
        let fits = |(idx, (size, _)): (usize, &(f64, &str))| idx == last || number.abs() >= *size;
        let found = steps.iter().enumerate().find(|step| fits(*step)).map_or(steps[last], |(_, step)| *step);
        (number / found.0, found.1)
    }
}

/// Three digits, and thousands set apart.
fn digits(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number < 9.995 {
        return format!("{number:.2}");
    }
    if number < 99.95 {
        return format!("{number:.1}");
    }
    grouped(number)
}

/// A whole number with its thousands set apart.
fn grouped(number: f64) -> String {
    let plain = format!("{number:.0}");
    let mut text = String::new();
    for (idx, digit) in plain.chars().enumerate() {
        if idx > 0 && (plain.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        let shown = |unit: Unit, numbers: &[f64]| -> Vec<String> {
            numbers.iter().map(|number| unit.show(*number)).collect()
        };
        assert_eq!(
            shown(Unit::Time, &[2.5e-7, 0.000_393, 0.0224, 0.5, 12.0, 0.0]),
            ["250 ns", "393 µs", "22.4 ms", "500 ms", "12.0 s", "0 ns"]
        );
        assert_eq!(shown(Unit::Bytes, &[900_000.0, 132e6, 2.5e9]), ["900 KB", "132 MB", "2.50 GB"]);
        assert_eq!(shown(Unit::PerSecond, &[3854.0, 1_234_567.0]), ["3,854 /s", "1,234,567 /s"]);
        assert_eq!(shown(Unit::Count, &[1.0, 10.0, 2000.0, 1.5]), ["1", "10", "2,000", "1.50"]);
    }

    #[test]
    fn marks_have_no_digits_to_spare() {
        let marks = [1e-4, 1e-3, 0.01, 1.0, 10.0].map(|number| Unit::Time.mark(number));
        assert_eq!(marks, ["100 µs", "1 ms", "10 ms", "1 s", "10 s"]);
        assert_eq!(Unit::Count.mark(2000.0), "2,000");
        assert_eq!(Unit::Count.mark(100.0), "100");
    }
}
