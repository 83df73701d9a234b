//! The cache as its users see it, with other processes, full disks and careless hands.
#![expect(clippy::unwrap_used, clippy::panic, reason = "the helpers of tests are tests too")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "helpers talk, and skipping is said aloud")]

mod child; // what other processes do: the tests here start this binary again
mod mount; // small file systems
mod seal; // what counts as sealed
mod private; // who may enter
mod atomic; // writers that are killed, that fail, that race
mod fetch; // what the environment says about fetching

use std::fs;
use std::path::{Path, PathBuf};

use sbx_cache::Cache;
use tempfile::TempDir;

/// A fresh cache in a fresh folder.
fn fresh() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("sbx")).unwrap();
    (folder, cache)
}

/// All files below a folder whose name starts with `.tmp-`.
fn temp_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(temp_files(&path));
        } else if path.file_name().unwrap().to_string_lossy().starts_with(".tmp-") {
            found.push(path);
        }
    }
    found
}
