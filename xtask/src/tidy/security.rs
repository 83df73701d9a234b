//! Compares `docs/security.md` with the tree: each requirement has its row, each test that a row names is there, and the corpus
//! has as many cases as the row says.
//!
//! A table of tests that nobody checks would go on naming tests long after they were renamed, and would prove nothing.

use std::collections::BTreeMap;

use crate::tidy::files::SourceFile;

const PAGE: &str = "docs/security.md";
/// Requirements, numbered from 1.
const N_REQUIREMENTS: usize = 25;
/// Folders of the corpus, in the order of the numbers in a row.
const CORPUS: [&str; 3] = ["python", "javascript", "host"];

/// Everything in which the page is not as the tree is.
pub(super) fn problems(files: &BTreeMap<&str, &SourceFile>) -> Vec<String> {
    let Some(page) = files.get(PAGE) else { return Vec::new() };
    let mut problems = Vec::new();
    for number in 1..=N_REQUIREMENTS {
        let start = format!("| S{number} |");
        let rows: Vec<&str> = page.text().lines().filter(|line| line.starts_with(&start)).collect();
        match rows[..] {
            [row] => problems.extend(of_row(number, row, files)),
            _ => problems.push(format!("{PAGE}: S{number} has {} rows, not one", rows.len())),
        }
    }
    problems
}

fn of_row(number: usize, row: &str, files: &BTreeMap<&str, &SourceFile>) -> Vec<String> {
    let mut problems = Vec::new();
    let tests: Vec<&str> = row.split('`').skip(1).step_by(2).filter(|word| word.contains("::")).collect();
    if tests.is_empty() {
        problems.push(format!("{PAGE}: S{number} names no test"));
    }
    problems.extend(tests.into_iter().filter(|test| !exists(test, files)).map(|test| {
        format!("{PAGE}: S{number} names the test `{test}`, which is not there: it was renamed or moved")
    }));
    let counts = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap_or_default();
    let counts: Vec<usize> = counts.split('/').filter_map(|count| count.trim().parse().ok()).collect();
    if counts.len() != CORPUS.len() {
        problems.push(format!("{PAGE}: S{number} does not end with the numbers of cases, `1 / 2 / 3`"));
    }
    for (folder, said) in CORPUS.into_iter().zip(counts) {
        let found = n_cases(number, folder, files);
        if found < said {
            problems.push(format!("{PAGE}: S{number} says {said} cases of {folder}, and there are {found}"));
        }
    }
    problems
}

/// Whether `host/time::name` (in `crates/sbx-host/tests/it/time.rs`) or `host/src/output::name` is a function of the tree.
fn exists(test: &str, files: &BTreeMap<&str, &SourceFile>) -> bool {
    let Some(((name, path), function)) =
        test.split_once("::").and_then(|(place, function)| Some((place.split_once('/')?, function)))
    else {
        return false;
    };
    let folder = match name {
        "sbx" => "crates/sbx".to_owned(),
        "xtask" => name.to_owned(),
        _ => format!("crates/sbx-{name}"),
    };
    let path = match path.strip_prefix("src/") {
        Some(path) => format!("{folder}/src/{path}.rs"),
        None => format!("{folder}/tests/it/{path}.rs"),
    };
    files.get(path.as_str()).is_some_and(|file| file.text().contains(&format!("fn {function}(")))
}

/// How many cases in this folder of the corpus attack a requirement.
fn n_cases(number: usize, folder: &str, files: &BTreeMap<&str, &SourceFile>) -> usize {
    let start = format!("tests/hostile/{folder}/");
    let lists = files.iter().filter(|(path, _)| path.starts_with(&start)).map(|(_, file)| file.text());
    let attacks = |line: &&str| {
        let numbers = line.strip_prefix("security = [").and_then(|rest| rest.strip_suffix(']'));
        numbers.is_some_and(|numbers| numbers.split(',').any(|each| each.trim().parse() == Ok(number)))
    };
    lists.map(|list| list.lines().filter(attacks).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: 0, text: Some(text.to_owned()) }
    }

    #[test]
    fn what_the_page_says_and_the_tree_has_not_is_found() {
        let good = "`host/time::ends` and `sbx/src/a/b::works` | 1 / 0 / 2 |";
        let mut rows: Vec<String> =
            (1..=N_REQUIREMENTS).map(|number| format!("| S{number} | … | {good}")).collect();
        rows[1] = "| S2 | … | `host/time::gone` | 1 / 0 / 2 |".to_owned();
        rows[2] = "| S3 | … | nothing | 1 / 0 / 2 |".to_owned();
        rows[3] = "| S4 | … | `host/time::ends` | many |".to_owned();
        rows[4] = "| S5 | … | `host/time::ends` | 1 / 0 / 3 |".to_owned();
        rows[6] = "| S6 | twice |".to_owned();
        let all = (1..=N_REQUIREMENTS).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
        let files = [
            file(PAGE, &rows.join("\n")),
            file("crates/sbx-host/tests/it/time.rs", "fn ends() {}"),
            file("crates/sbx/src/a/b.rs", "fn works() {}"),
            file("tests/hostile/python/x.toml", &format!("security = [{all}]\n")),
            file("tests/hostile/host/x.toml", &format!("security = [{all}]\nsecurity = [{all}]\n")),
        ];
        let files: BTreeMap<&str, &SourceFile> =
            files.iter().map(|file| (file.path.as_str(), file)).collect();
        assert_eq!(
            problems(&files),
            [
                "docs/security.md: S2 names the test `host/time::gone`, which is not there: it was renamed or moved",
                "docs/security.md: S3 names no test",
                "docs/security.md: S4 does not end with the numbers of cases, `1 / 2 / 3`",
                "docs/security.md: S5 says 3 cases of host, and there are 2",
                "docs/security.md: S6 has 2 rows, not one",
                "docs/security.md: S7 has 0 rows, not one",
            ]
        );
        assert_eq!(problems(&BTreeMap::new()), [""; 0]);
    }
}
