//! Every example runs and ends well.

use std::{path::PathBuf, process::Command};

/// The program that `cargo test` built beside this one.
fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop(); // this file
    path.pop(); // `deps`
    path.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION)
}

#[test]
fn every_example_runs() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["hello", "feedback_loop", "files", "limits", "many", "streaming", "demo"] {
        let output = Command::new(example(name)).current_dir(folder.path()).output().unwrap();
        assert!(
            output.status.success(),
            "{name} failed\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
