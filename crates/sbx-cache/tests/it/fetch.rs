//! What the environment says about fetching, seen from a process of its own.

use std::path::Path;

use sbx_cache::Cache;
use sbx_cache::fetch::{self, GuestManifest, NoProgress};

use crate::child::Helper;
use crate::fresh;

const MANIFEST: &str = r#"
name = "tiny"
package = "tiny-guest"
version = "1.0"
python_version = "3.11"
licence = "MIT"
[wheel]
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
bytes = 4
[[files]]
path = "tiny/module.wasm"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
bytes = 4
role = "module"
"#;

/// Runs in the helper process.
pub(crate) fn fetch_and_say(root: &Path, say: fn(&str)) {
    let manifest = GuestManifest::parse(MANIFEST).unwrap();
    match fetch::fetch(&Cache::open(root).unwrap(), &manifest, None, &NoProgress) {
        Ok(files) => say(&format!("got {}", files.files.len())),
        Err(error) => say(&format!("{}: {error}", error.code())),
    }
}

#[test]
fn without_python_and_pip_the_message_says_what_was_tried_and_what_to_do() {
    let (folder, cache) = fresh();
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let mut helper = Helper::start_with("fetch", cache.root(), |command| {
        command.env("PATH", &empty).env_remove("SBX_PYTHON").env_remove("SBX_GUEST_SOURCE");
    });
    assert_eq!(
        helper.line(),
        "fetch.no_pip: no pip was found to download tiny-guest==1.0 with (tried python3 -m pip, python -m pip, \
         pip3, pip): install Python 3 with pip, name one with SBX_PYTHON, or give a local wheel with SBX_GUEST_SOURCE"
    );
    helper.finish();
}

#[test]
fn the_named_interpreter_is_the_only_one_tried() {
    let (folder, cache) = fresh();
    let mut helper = Helper::start_with("fetch", cache.root(), |command| {
        command.env("SBX_PYTHON", folder.path().join("none")).env_remove("SBX_GUEST_SOURCE");
    });
    let line = helper.line();
    assert!(line.contains("none -m pip): install"), "{line}");
    helper.finish();
}

#[test]
fn the_named_source_is_used() {
    let (folder, cache) = fresh();
    let source = folder.path().join("source");
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("module.wasm"), "test").unwrap();
    let mut helper = Helper::start_with("fetch", cache.root(), |command| {
        command.env("SBX_GUEST_SOURCE", &source);
    });
    assert_eq!(helper.line(), "got 1");
    helper.finish();
}
