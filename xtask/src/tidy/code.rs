//! Rust source with its comments and the insides of its texts blanked out, so that rules see only code.
//!
//! A small scanner instead of a parser: it knows comments (nested), texts (raw ones too) and characters, and leaves
//! every line where it was.

/// Comments and texts become spaces; line breaks stay.
pub(super) fn only_code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut idx = 0;
    while let Some(&char) = chars.get(idx) {
        let rest = &chars[idx..];
        let n_skipped = match char {
            '/' if rest.starts_with(&['/', '/']) => {
                rest.iter().position(|char| *char == '\n').unwrap_or(rest.len())
            }
            '/' if rest.starts_with(&['/', '*']) => block_comment(rest),
            '"' => text(rest),
            'r' | 'b' | 'c' if !follows_word(&chars, idx) => raw_text(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if n_skipped == 0 {
            code.push(char);
            idx += 1;
            continue;
        }
        let skipped = rest.iter().take(n_skipped);
        code.extend(skipped.map(|char| if *char == '\n' { '\n' } else { ' ' }));
        idx += n_skipped;
    }
    code
}

fn follows_word(chars: &[char], idx: usize) -> bool {
    idx.checked_sub(1).and_then(|before| chars.get(before)).is_some_and(|char| is_word(*char))
}

/// Whether the character may stand in an identifier.
pub(super) fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut idx) = (0_usize, 0);
    while idx < rest.len() {
        if rest[idx..].starts_with(&['/', '*']) {
            depth += 1;
            idx += 2;
        } else if rest[idx..].starts_with(&['*', '/']) {
            depth -= 1;
            idx += 2;
            if depth == 0 {
                return idx;
            }
        } else {
            idx += 1;
        }
    }
    rest.len()
}

/// From one `"` to the next that is not escaped.
fn text(rest: &[char]) -> usize {
    let mut idx = 1;
    while let Some(char) = rest.get(idx) {
        match char {
            '\\' => idx += 2,
            '"' => return idx + 1,
            _ => idx += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`; 0 if it is none of them.
fn raw_text(rest: &[char]) -> usize {
    let prefix = rest.iter().take_while(|char| matches!(char, 'r' | 'b' | 'c')).count();
    if prefix > 2 || rest.get(prefix - 1) != Some(&'r') {
        return 0;
    }
    let n_hashes = rest[prefix..].iter().take_while(|char| **char == '#').count();
    let start = prefix + n_hashes;
    if rest.get(start) != Some(&'"') {
        return 0;
    }
    let is_end = |idx: usize| {
        rest[idx] == '"'
            && rest[idx + 1..].iter().take(n_hashes).filter(|char| **char == '#').count() == n_hashes
    };
    (start + 1..rest.len()).find(|idx| is_end(*idx)).map_or(rest.len(), |idx| idx + 1 + n_hashes)
}

/// `'x'` or `'\…'`; 0 for a lifetime.
fn character(rest: &[char]) -> usize {
    match rest.get(1) {
        Some('\\') => {
            let end = rest.iter().skip(3).position(|char| *char == '\'');
            end.map_or(0, |end| end + 4)
        }
        Some(_) if rest.get(2) == Some(&'\'') => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, wanted: &str) {
        let code = only_code(source);
        assert_eq!(code.lines().count(), source.lines().count(), "{source:?}");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), wanted, "{source:?}");
    }

    #[test]
    fn comments_go() {
        check("a // b\nc", "a c");
        check("a /* b /* c */ d\n */ e", "a e");
        check("//! b\n/// c\nd", "d");
        check("a / b", "a / b");
    }

    #[test]
    fn texts_and_characters_go() {
        check(r#"a("b \" c", d)"#, "a( , d)");
        check("a(r#\"b \" c\"#, d)", "a( , d)");
        check("a(br\"\\\", d)", "a( , d)");
        check(r"a('\'', '\u{1f}', 'b', c)", "a( , , , c)");
        check("\"// a\" b", "b");
    }

    #[test]
    fn lifetimes_and_words_stay() {
        check("fn f<'a>(x: &'a str, y: &'static str)", "fn f<'a>(x: &'a str, y: &'static str)");
        check("bar\"x\" r b c", "bar r b c");
    }
}
