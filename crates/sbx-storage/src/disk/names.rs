//! What a part of a key is called on disk.
//!
//! A key can be both a value and the folder of others (`a` and `a/b`), so the file of a value ends in `=`, which no
//! part contains. File systems of macOS and Windows take `A` and `a` for one name, and Windows gives some names away,
//! so a part that could be mistaken says which of its letters are capitals: `[part]%[hex]`, bit i of the number for
//! byte i, lowest four bits first. Longest: 200 + 1 + 50 + 1 bytes, within the 255 of file systems.

use crate::key::Key;

const LEAF: char = '=';
const MARK: char = '%';

/// The folder of all keys whose part here is `part`.
pub(super) fn folder_name(part: &str) -> String {
    match mark(part) {
        Some(mark) => format!("{part}{MARK}{mark}"),
        None => part.to_owned(),
    }
}

/// The file of the value whose last part is `part`.
pub(super) fn file_name(part: &str) -> String {
    let mut name = folder_name(part);
    name.push(LEAF);
    name
}

/// The part of which this is the folder or, with `true`, the file; `None` for names that are not ours.
pub(super) fn part_of(name: &str) -> Option<(&str, bool)> {
    let (stem, is_file) = name.strip_suffix(LEAF).map_or((name, false), |stem| (stem, true));
    let (part, found) = stem.split_once(MARK).map_or((stem, None), |(part, mark)| (part, Some(mark)));
    let is_ours = is_part(part) && mark(part).as_deref() == found;
    is_ours.then_some((part, is_file))
}

/// Whether a key can have this part.
pub(super) fn is_part(part: &str) -> bool {
    !part.contains('/') && Key::parse(part).is_ok()
}

fn mark(part: &str) -> Option<String> {
    let has_capitals = part.bytes().any(|byte| byte.is_ascii_uppercase());
    if !has_capitals && !part.ends_with('.') && !is_given_away(part) {
        return None;
    }
    let nibbles = part.as_bytes().chunks(4).map(|four| {
        let bits = four.iter().rev().fold(0, |bits, byte| bits * 2 + u32::from(byte.is_ascii_uppercase()));
        char::from_digit(bits, 16).unwrap_or('0')
    });
    let mark: String = nibbles.collect();
    Some(mark.trim_end_matches('0').to_owned())
}

/// Names of devices on Windows, with or without an extension.
fn is_given_away(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(|rest| rest.len() == 1 && rest != "0");
    ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_parts_and_differ_without_case() {
        let long = "Z".repeat(Key::MAX_PART_BYTES);
        let parts = [
            "a",
            "A",
            "Ab",
            "aB",
            "AB",
            "ab",
            "a.b",
            "nul",
            "Nul",
            "nul.txt",
            "com1",
            "comx",
            "a.",
            long.as_str(),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for part in parts {
            for (name, is_file) in [(folder_name(part), false), (file_name(part), true)] {
                assert_eq!(part_of(&name), Some((part, is_file)), "{name}");
                assert!(name.len() <= 255, "{name}");
                assert!(seen.insert(name.to_ascii_lowercase()), "{name} is taken twice");
            }
        }
    }

    #[test]
    fn foreign_names_are_not_ours() {
        for name in ["A", "a%1", ".x", "", "=", "a b", "lost+found", "nul", "A%3", "a%", "ä="] {
            assert_eq!(part_of(name), None, "{name:?}");
        }
    }
}
