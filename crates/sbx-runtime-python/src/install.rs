//! The first turn in a new image: plain Python, since nothing reads requests yet.

/// The turn that makes the bootstrap's modules, in plain Python: there is nothing yet that reads requests.
pub(crate) fn install_turn(installer: &str, modules: &[(&str, &str)]) -> Vec<u8> {
    let sources: Vec<String> =
        modules.iter().map(|(name, source)| format!("({}, {})", literal(name), literal(source))).collect();
    format!("exec({}, {{'SOURCES': [{}]}})\n", literal(installer), sources.join(", ")).into_bytes()
}

/// A Python string literal.
fn literal(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => write!(out, "\\U{:08x}", u32::from(c)).unwrap_or_default(),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_plain_ascii() {
        assert_eq!(literal("a'b\\c\n\u{e9}\0"), r"'a\'b\\c\n\U000000e9\U00000000'");
    }
}
