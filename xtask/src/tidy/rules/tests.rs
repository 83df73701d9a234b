//! Each rule fires on what it is for, and only on that.

use super::*;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes: text.len() as u64, text: Some(text.to_owned()) }
}

/// What the rule with this name says of a file.
fn check(name: &str, path: &str, text: &str) -> Vec<String> {
    let (_, rule) = FILE_RULES.iter().find(|(rule, _)| *rule == name).expect("there is such a rule");
    rule(&file(path, text))
}

fn fires(name: &str, path: &str, text: &str) {
    assert_eq!(check(name, path, text).len(), 1, "{name} should fire on {text:?}");
}

fn is_quiet(name: &str, path: &str, text: &str) {
    assert_eq!(check(name, path, text), [""; 0], "{name} should be quiet on {text:?}");
}

#[test]
fn a_file_without_its_purpose_is_found() {
    fires("opens with its purpose", "a.rs", "fn main() {}");
    fires("opens with its purpose", "a.rs", "\n//! Late.");
    fires("opens with its purpose", "a.rs", "//!\n");
    is_quiet("opens with its purpose", "a.rs", "//! Adds.\nfn main() {}");
    is_quiet("opens with its purpose", "a.py", "print(1)");
}

#[test]
fn a_long_file_is_found_and_tests_do_not_count() {
    let long = "//\n".repeat(MAX_LINES);
    let tests = format!("{long}#[cfg(test)]\nmod tests {{\n{long}");
    is_quiet("short enough to read", "a/b.rs", &long);
    is_quiet("short enough to read", "a/b.rs", &tests);
    is_quiet("short enough to read", "a/tests/b.rs", &long.repeat(2));
    is_quiet("short enough to read", "a/tests.rs", &long.repeat(2));
    fires("short enough to read", "a/b.rs", &format!("{long}//\n"));
    fires("short enough to read", "a/b.rs", &format!("//\n{tests}"));
}

#[test]
fn an_example_that_is_not_compiled_is_found() {
    let fence = "```";
    fires("examples compile", "a.rs", &format!("/// {fence}ignore"));
    fires("examples compile", "a.rs", &format!("    //! {fence}rust,ignore"));
    fires("examples compile", "a.md", &format!("{fence}rust, ignore"));
    is_quiet("examples compile", "a.rs", &format!("/// {fence}no_run"));
    is_quiet("examples compile", "a.rs", &format!("/// {fence}text\n/// ignore"));
}

#[test]
fn a_path_of_one_machine_is_found() {
    for folder in ["work", "root", "home"] {
        for text in [
            format!("cd /{folder}/x"),
            format!("\"/{folder}/x\""),
            format!("/{folder}/x"),
            format!("a=/{folder}/"),
        ] {
            fires("names no machine", "a.md", &text);
        }
        for text in
            [format!("/app/{folder}/x"), format!("{folder}/x"), format!("/{folder}s/x"), format!("/{folder}")]
        {
            is_quiet("names no machine", "a.md", &text);
        }
    }
}

#[test]
fn the_host_of_a_registry_is_found() {
    fires("names no registry", "a.md", &["see crates", ".io/x"].concat());
    fires("names no registry", "a.rs", &["\"https://pypi", ".org/simple\""].concat());
    is_quiet("names no registry", "Cargo.lock", &["crates", ".io"].concat());
    is_quiet("names no registry", "a.md", "pip finds the registry");
}

#[test]
fn unsafe_code_outside_its_modules_is_found() {
    let code = "//! A.\nfn f() { unsafe { g() } }";
    fires("unsafe has its place", "crates/sbx-vfs/src/lib.rs", code);
    fires("unsafe has its place", "crates/sbx-host/src/run.rs", code);
    fires("unsafe has its place", "crates/sbx-host/src/run.rs", "#[unsafe(no_mangle)]");
    is_quiet("unsafe has its place", "crates/sbx-host/src/artifact.rs", code);
    is_quiet("unsafe has its place", "crates/sbx-host/src/memory/map.rs", code);
    is_quiet("unsafe has its place", "a.rs", "#![forbid(unsafe_code)]\n// unsafe {\nlet a = \"unsafe {\";");
}

#[test]
fn unfinished_work_is_found_unless_an_issue_has_it() {
    let (todo, fixme) = (["TO", "DO"].concat(), ["FIX", "ME"].concat());
    fires("nothing unfinished", "a.rs", &format!("// {todo}: later"));
    fires("nothing unfinished", "a.py", &format!("# {fixme}"));
    fires("nothing unfinished", "a.rs", &format!("// {fixme}(soon)"));
    fires("nothing unfinished", "a.rs", &["//! Place", "holder."].concat());
    is_quiet("nothing unfinished", "a.rs", &format!("// {fixme}(#12): upstream"));
    is_quiet("nothing unfinished", "a.rs", &format!("{todo}S_ARE_A_WORD"));
}

#[test]
fn a_crate_with_lints_of_its_own_is_found() {
    fires("lints are inherited", "crates/a/Cargo.toml", "[package]\nname = \"a\"\n");
    is_quiet("lints are inherited", "crates/a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n");
    is_quiet("lints are inherited", "Cargo.toml", "[workspace]\n");
    is_quiet("lints are inherited", "fuzz/Cargo.toml", "[workspace]\n[package]\nname = \"a\"\n");
}

#[test]
fn a_large_file_is_found() {
    let mut large = file("a.bin", "");
    large.text = None;
    large.bytes = MAX_BYTES;
    assert!(no_large_files(&large).is_empty());
    large.bytes += 1;
    assert_eq!(no_large_files(&large).len(), 1);
}

#[test]
fn every_rule_about_files_is_tested_here() {
    let tests = include_str!("tests.rs");
    for (name, _) in FILE_RULES {
        let by_name = tests.contains(&format!("fires(\"{name}\""));
        assert!(by_name || name == "no large files", "{name}");
    }
}

/// The sentences of a rule about all files.
fn map(files: &[SourceFile]) -> BTreeMap<&str, &SourceFile> {
    files.iter().map(|file| (file.path.as_str(), file)).collect()
}

#[test]
fn a_change_log_without_a_place_for_the_next_change_is_found() {
    assert!(changelog(&map(&[])).is_some());
    assert!(changelog(&map(&[file("CHANGELOG.md", "# Changes\n## 1.0\n")])).is_some());
    assert!(changelog(&map(&[file("CHANGELOG.md", "# Changes\n\n## Unreleased\n")])).is_none());
}

#[test]
fn a_dependency_that_no_crate_uses_is_found() {
    let root = "[workspace.dependencies]\nserde = \"1\"\n# why\nserde_json = { version = \"1\", features = [\n  \"std\",\n] }\n\n[profile.dev]\nopt-level = 1\n";
    let check = |member: &str| {
        unused_dependencies(&map(&[file("Cargo.toml", root), file("crates/a/Cargo.toml", member)]))
    };
    assert_eq!(check("[dependencies]\nserde.workspace = true\nserde_json = { workspace = true }\n"), [""; 0]);
    assert_eq!(check("serde_json.workspace = true\n"), ["Cargo.toml: line 2: no crate uses serde"]);
    assert_eq!(check("serde.workspace = true\n"), ["Cargo.toml: line 4: no crate uses serde_json"]);
}

#[test]
fn a_crate_that_does_not_forbid_unsafe_code_is_found() {
    let check = |path: &str, text: &str| unsafe_forbidden(&map(&[file(path, text)]));
    let forbids = "//! A.\n#![forbid(unsafe_code)]\n";
    assert_eq!(
        check("crates/a/src/lib.rs", "//! A.\n"),
        ["crates/a/src/lib.rs: it does not forbid unsafe code"]
    );
    assert_eq!(check("xtask/src/main.rs", "//! A.\n").len(), 1);
    assert!(check("crates/a/src/lib.rs", forbids).is_empty());
    assert!(check("crates/sbx-host/src/lib.rs", "//! A.\n").is_empty());
    assert!(check("crates/a/src/b.rs", "//! A.\n").is_empty());
}
