//! Words that somebody else chose, made fit to stand in a line of ours.
//!
//! One list says which characters are never shown as they are: in a session's name they are refused, in what the command
//! prints and in advice they become escapes.

/// Whether `char` must not reach a terminal or a model as it is: it moves the cursor, ends the line, turns the direction
/// of the text around it, or is there without being seen.
#[must_use]
pub fn is_unprintable(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// `text` as one line: what [`is_unprintable`] as escapes, the rest as it is.
#[must_use]
pub fn one_line(text: &str) -> String {
    escape(text.chars(), is_unprintable)
}

/// A name that a guest made up, between backticks of ours: one line of at most `max_chars` characters before it is
/// escaped, with `…` where it was cut.
#[must_use]
pub fn quoted(name: &str, max_chars: usize) -> String {
    let mut chars = name.chars();
    let mut text = escape(chars.by_ref().take(max_chars), |char| char == '`' || is_unprintable(char));
    if chars.next().is_some() {
        text.push('…');
    }
    text
}

fn escape(chars: impl Iterator<Item = char>, is_escaped: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    for char in chars {
        match char {
            '`' if is_escaped(char) => text.extend(char.escape_unicode()),
            _ if is_escaped(char) => text.extend(char.escape_default()),
            _ => text.push(char),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let hidden = "\n\x1b\u{7f}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}\u{e0041}";
        assert!(hidden.chars().all(is_unprintable));
        assert!(one_line(hidden).is_ascii(), "{}", one_line(hidden));
        assert_eq!(one_line("a\nb\u{202e}c"), "a\\nb\\u{202e}c");
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["naïve Straße", "日本語", "עברית", "👩\u{200d}💻", "`x` \\ \"y\""] {
            assert_eq!(one_line(text), text);
        }
    }

    #[test]
    fn names_end_neither_the_line_nor_the_quotation() {
        assert_eq!(quoted("a\n`b`", 100), "a\\n\\u{60}b\\u{60}");
        assert_eq!(quoted("äöü", 3), "äöü");
        assert_eq!(quoted("äöüß", 3), "äöü…");
    }
}
