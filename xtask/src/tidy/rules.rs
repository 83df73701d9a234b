//! The rules. What they look for is put together from pieces here, so that this file does not break them itself.

use std::collections::BTreeMap;

use crate::tidy::code;
use crate::tidy::files::SourceFile;

/// A rule about one file.
pub(super) type FileRule = fn(&SourceFile) -> Vec<String>;

/// All rules about one file, with their names.
pub(super) const FILE_RULES: [(&str, FileRule); 9] = [
    ("opens with its purpose", opens_with_purpose),
    ("short enough to read", short_enough),
    ("examples compile", examples_compile),
    ("names no machine", names_no_machine),
    ("names no registry", names_no_registry),
    ("unsafe has its place", unsafe_in_its_place),
    ("nothing unfinished", nothing_unfinished),
    ("lints are inherited", lints_inherited),
    ("no large files", no_large_files),
];

/// The most lines of a file, without its tests.
const MAX_LINES: usize = 800;
/// The most bytes of a file: what is larger is a guest or an artifact, and those belong into the cache.
const MAX_BYTES: u64 = 1024 * 1024;
/// Where unsafe code may be.
const UNSAFE_PLACES: [&str; 2] = ["crates/sbx-host/src/artifact", "crates/sbx-host/src/memory"];
/// The crate that cannot forbid it altogether.
const UNSAFE_CRATE: &str = "crates/sbx-host/";

fn opens_with_purpose(file: &SourceFile) -> Vec<String> {
    if !file.has_extension("rs") || file.text().starts_with("//! ") {
        return Vec::new();
    }
    vec!["it does not open with `//!` and what it is for".to_owned()]
}

fn short_enough(file: &SourceFile) -> Vec<String> {
    let is_test = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
    if !file.has_extension("rs") || is_test {
        return Vec::new();
    }
    // The tests of a file are its last module.
    let code = file.text().rsplit_once("#[cfg(test)]\nmod tests {").map_or(file.text(), |(code, _)| code);
    let n_lines = code.lines().count();
    if n_lines <= MAX_LINES {
        return Vec::new();
    }
    vec![format!("it has {n_lines} lines without its tests, over the limit of {MAX_LINES}")]
}

fn examples_compile(file: &SourceFile) -> Vec<String> {
    if !file.has_extension("rs") && !file.has_extension("md") {
        return Vec::new();
    }
    let is_ignored = |line: &str| {
        let attributes = line.trim_start_matches(['/', '!', ' ']).strip_prefix("```");
        attributes.is_some_and(|attributes| attributes.split(',').any(|word| word.trim() == "ignore"))
    };
    let found = file.lines().filter(|(_, line)| is_ignored(line));
    found.map(|(number, _)| format!("line {number}: an example that is never compiled")).collect()
}

fn names_no_machine(file: &SourceFile) -> Vec<String> {
    let is_path = |line: &str| ["work", "root", "home"].iter().any(|folder| has_absolute(line, folder));
    let found = file.lines().filter(|(_, line)| is_path(line));
    found.map(|(number, _)| format!("line {number}: a path of one machine")).collect()
}

/// Whether `/folder/` or `/folder` itself stands there as an absolute path, not inside a longer one.
fn has_absolute(line: &str, folder: &str) -> bool {
    let needle = format!("/{folder}");
    line.match_indices(&needle).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + needle.len()..].chars().next();
        let starts = before.is_none_or(|char| char.is_whitespace() || "\"'`(=:,<[".contains(char));
        starts && after == Some('/')
    })
}

fn names_no_registry(file: &SourceFile) -> Vec<String> {
    // Cargo's own lock file has to.
    if file.path.ends_with("Cargo.lock") {
        return Vec::new();
    }
    let hosts =
        [("pypi", "org"), ("pythonhosted", "org"), ("crates", "io"), ("npmjs", "org"), ("npmjs", "com")];
    let hosts = hosts.map(|(name, end)| format!("{name}.{end}"));
    let names_one = |line: &str| hosts.iter().any(|host| line.contains(host.as_str()));
    let found = file.lines().filter(|(_, line)| names_one(line));
    found.map(|(number, _)| format!("line {number}: the host of a package registry")).collect()
}

fn unsafe_in_its_place(file: &SourceFile) -> Vec<String> {
    let has_place = UNSAFE_PLACES.iter().any(|place| file.path.starts_with(place));
    if !file.has_extension("rs") || has_place {
        return Vec::new();
    }
    let code = code::only_code(file.text());
    let lines = code.lines().enumerate();
    let found =
        lines.filter(|(_, line)| line.split(|char| !code::is_word(char)).any(|word| word == "unsafe"));
    found.map(|(idx, _)| format!("line {}: unsafe code outside its modules", idx + 1)).collect()
}

fn nothing_unfinished(file: &SourceFile) -> Vec<String> {
    let words = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|pieces| pieces.concat());
    let mut problems = Vec::new();
    for (number, line) in file.lines() {
        for word in &words {
            let marks = line.match_indices(word.as_str()).filter(|(start, _)| is_mark(line, *start, word));
            problems.extend(marks.map(|_| format!("line {number}: {word} without the number of an issue")));
        }
    }
    let first = file.text().lines().next().unwrap_or_default();
    if first
        .trim_start_matches(['/', '!', '#', ' '])
        .to_lowercase()
        .starts_with(&["place", "holder"].concat())
    {
        problems.push("it is a placeholder".to_owned());
    }
    problems
}

/// Whether the word stands alone and no `(#N)` follows.
fn is_mark(line: &str, start: usize, word: &str) -> bool {
    let (before, after) = (&line[..start], &line[start + word.len()..]);
    let stands_alone = !before.ends_with(code::is_word) && !after.starts_with(code::is_word);
    let issue = after.strip_prefix("(#").and_then(|rest| rest.split_once(')'));
    let has_issue = issue.is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    stands_alone && !has_issue
}

fn lints_inherited(file: &SourceFile) -> Vec<String> {
    // What is a workspace of its own has nothing to take them from.
    let is_crate = file.path.ends_with("/Cargo.toml")
        && file.text().contains("[package]")
        && !file.lines().any(|(_, line)| line == "[workspace]");
    if !is_crate || file.text().contains("[lints]\nworkspace = true") {
        return Vec::new();
    }
    vec!["it does not take its lints from the workspace".to_owned()]
}

fn no_large_files(file: &SourceFile) -> Vec<String> {
    if file.bytes <= MAX_BYTES {
        return Vec::new();
    }
    vec![format!("it has {} bytes, over the limit of {MAX_BYTES}", file.bytes)]
}

/// The change log is there and has a place for the next change.
pub(super) fn changelog(files: &BTreeMap<&str, &SourceFile>) -> Option<String> {
    let has_place = |file: &&SourceFile| file.lines().any(|(_, line)| line == "## Unreleased");
    match files.get("CHANGELOG.md").is_some_and(has_place) {
        true => None,
        false => Some("CHANGELOG.md: there is no `## Unreleased`".to_owned()),
    }
}

/// Every version in the root manifest is for a crate that some member names.
pub(super) fn unused_dependencies(files: &BTreeMap<&str, &SourceFile>) -> Vec<String> {
    let Some(root) = files.get("Cargo.toml") else { return vec!["Cargo.toml: there is none".to_owned()] };
    let members: Vec<&str> = files
        .values()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .flat_map(|file| file.text().lines())
        .collect();
    let names_it = |line: &&str, name: &str| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') || rest.starts_with([' ', '=']))
    };
    let section = root.lines().skip_while(|(_, line)| *line != "[workspace.dependencies]").skip(1);
    let mut problems = Vec::new();
    for (number, line) in section.take_while(|(_, line)| !line.starts_with('[')) {
        let Some((name, _)) = line.split_once(" = ") else { continue };
        let is_entry = !name.starts_with(['#', ' ']);
        if is_entry && !members.iter().any(|line| names_it(line, name)) {
            problems.push(format!("Cargo.toml: line {number}: no crate uses {name}"));
        }
    }
    problems
}

/// Every crate but one forbids unsafe code for good, which no exception deeper down can undo.
pub(super) fn unsafe_forbidden(files: &BTreeMap<&str, &SourceFile>) -> Vec<String> {
    let is_root = |file: &&&SourceFile| {
        let ends = ["/src/lib.rs", "/src/main.rs"].iter().any(|end| file.path.ends_with(end));
        ends && !file.path.starts_with(UNSAFE_CRATE)
    };
    let forbids = |file: &&SourceFile| file.lines().any(|(_, line)| line == "#![forbid(unsafe_code)]");
    let found = files.values().filter(is_root).filter(|file| !forbids(file));
    found.map(|file| format!("{}: it does not forbid unsafe code", file.path)).collect()
}

#[cfg(test)]
mod tests;
