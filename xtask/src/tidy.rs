//! `tidy`: layers, and rules about the repository's text that no compiler knows.
//!
//! Each rule is a function from a file to sentences, with a test that makes it fire. All tests of this crate run in
//! `cargo test`, where `the_repository_is_tidy` is one of them.

mod code; // Rust source without comments and texts
mod files; // what is in the repository
mod rules; // the rules
mod security; // what the page on security says of the tests

use std::collections::BTreeMap;

use anyhow::bail;

use crate::ci::Outcome;
use crate::layers;
use crate::tidy::files::SourceFile;
use crate::workspace::Workspace;

/// Checks everything and prints what is wrong.
pub(crate) fn tidy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let (n_files, problems) = problems(workspace)?;
    for problem in &problems {
        eprintln!("  {problem}");
    }
    if !problems.is_empty() {
        bail!("{} problems", problems.len());
    }
    eprintln!("  {n_files} files and {} crates are tidy", workspace.packages.len());
    Ok(Outcome::Passed)
}

/// The number of files looked at, and a sentence for each problem.
fn problems(workspace: &Workspace) -> anyhow::Result<(usize, Vec<String>)> {
    let files = files::list(&workspace.root)?;
    let mut problems = layers::problems(workspace);
    for file in &files {
        for (_, rule) in rules::FILE_RULES {
            problems.extend(rule(file).into_iter().map(|problem| format!("{}: {problem}", file.path)));
        }
    }
    let by_path: BTreeMap<&str, &SourceFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    problems.extend(rules::changelog(&by_path));
    problems.extend(rules::unused_dependencies(&by_path));
    problems.extend(rules::unsafe_forbidden(&by_path));
    problems.extend(security::problems(&by_path));
    Ok((files.len(), problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let (n_files, problems) = problems(&Workspace::load().unwrap()).unwrap();
        assert!(n_files > 20, "only {n_files} files were found");
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    }
}
