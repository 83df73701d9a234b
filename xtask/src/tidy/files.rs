//! The files of the repository: what git tracks or would track, or all but build output where there is no git.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

/// A file of the repository.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// From the root, with slashes.
    pub(super) path: String,
    pub(super) bytes: u64,
    /// None if it is not text.
    pub(super) text: Option<String>,
}

impl SourceFile {
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text().lines().enumerate().map(|(idx, line)| (idx + 1, line))
    }
}

/// All files, sorted.
pub(super) fn list(root: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let mut paths = tracked(root).unwrap_or_else(|| {
        eprintln!("  git does not answer: all files but those in `target` are looked at");
        walk(root)
    });
    paths.sort();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        let full = root.join(&path);
        // Tracked and deleted, or a link that leads elsewhere.
        if !fs::symlink_metadata(&full).is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let content = fs::read(&full).with_context(|| format!("cannot read {path}"))?;
        files.push(SourceFile { path, bytes: content.len() as u64, text: String::from_utf8(content).ok() });
    }
    Ok(files)
}

/// What git tracks, and what it would: a new file is checked before it is committed.
fn tracked(root: &Path) -> Option<Vec<String>> {
    let args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(args).current_dir(root).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> = text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

fn walk(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_output = path == root.join("target") || path == root.join(".git");
            if is_output {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if let Ok(relative) = path.strip_prefix(root) {
                let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_git_all_but_build_output_is_found() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a.rs", "src/b.rs", "target/c.rs", ".git/d", ".ci/run"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let files = list(root.path()).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, [".ci/run", "a.rs", "src/b.rs"]);
    }
}
