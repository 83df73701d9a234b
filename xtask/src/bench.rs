//! `bench`: every criterion benchmark, then one table of all results.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::guests;
use crate::shell::{self, cargo_command};
use crate::workspace::Workspace;

/// Runs all benchmarks; `quick` trades precision for time.
pub(crate) fn bench(workspace: &Workspace, quick: bool) -> anyhow::Result<()> {
    let benches = workspace.targets("bench");
    if benches.is_empty() {
        bail!("no crate has benchmarks");
    }
    guests::setup(workspace, None)?;
    shell::say("measuring");
    // By name: a plain `cargo bench` would also start unit tests, which do not know criterion's options.
    // In the profile of the tests, whose dependencies are optimised too: another would compile wasmtime again.
    let mut command = cargo_command(workspace, ["bench", "--profile", "dev", "--workspace"]);
    for (_, name) in benches {
        command.args(["--bench", name]);
    }
    command.arg("--");
    if quick {
        command.arg("--quick");
    }
    shell::run(&mut command)?;

    let folder = workspace.target.join("criterion");
    let report = folder.join("summary.md");
    let table = summary(&folder)?;
    fs::write(&report, &table).with_context(|| format!("cannot write {}", report.display()))?;
    eprintln!("\n{table}\nthe table is in {}", report.display());
    Ok(())
}

/// The median of every benchmark, as a Markdown table sorted by name.
fn summary(folder: &Path) -> anyhow::Result<String> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.sort();
    let mut rows = Vec::new();
    for folder in found {
        let name = field(&folder.join("benchmark.json"), "/full_id")?;
        let median = field(&folder.join("estimates.json"), "/median/point_estimate")?;
        let low = field(&folder.join("estimates.json"), "/median/confidence_interval/lower_bound")?;
        let high = field(&folder.join("estimates.json"), "/median/confidence_interval/upper_bound")?;
        let name = name.as_str().context("a benchmark has no name")?.to_owned();
        rows.push((name, [median, low, high].map(|number| shown(&number))));
    }
    rows.sort();
    let mut table = "| benchmark | median | from | to |\n|---|---:|---:|---:|\n".to_owned();
    for (name, [median, low, high]) in rows {
        writeln!(table, "| `{name}` | {median} | {low} | {high} |")?;
    }
    Ok(table)
}

/// Every folder with the newest results of a benchmark.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == "new") && path.join("estimates.json").is_file() {
            found.push(path);
        } else {
            collect(&path, found)?;
        }
    }
    Ok(())
}

fn field(path: &Path, pointer: &str) -> anyhow::Result<Value> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let json: Value = serde_json::from_slice(&text)?;
    json.pointer(pointer).cloned().with_context(|| format!("{} has no {pointer}", path.display()))
}

/// Nanoseconds for people, with three digits.
fn shown(number: &Value) -> String {
    let Some(mut number) = number.as_f64() else { return "?".to_owned() };
    let mut unit = "ns";
    for larger in ["µs", "ms", "s"] {
        if number < 1000.0 {
            break;
        }
        number /= 1000.0;
        unit = larger;
    }
    let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (number, wanted) in [
            (1.234, "1.23 ns"),
            (12.34, "12.3 ns"),
            (123.4, "123 ns"),
            (1234.0, "1.23 µs"),
            (4.2e9, "4.20 s"),
        ] {
            assert_eq!(shown(&number.into()), wanted);
        }
    }

    #[test]
    fn the_summary_has_one_row_for_each_benchmark() {
        let folder = tempfile::tempdir().unwrap();
        for (name, median) in [("b/x", 2e6), ("a", 5.0)] {
            let path = folder.path().join(name).join("new");
            fs::create_dir_all(&path).unwrap();
            fs::create_dir_all(path.with_file_name("base")).unwrap();
            fs::write(path.join("benchmark.json"), format!(r#"{{"full_id":"{name}"}}"#)).unwrap();
            let median = format!(
                r#"{{"median":{{"point_estimate":{median},"confidence_interval":{{"lower_bound":1.0,"upper_bound":9.0}}}}}}"#
            );
            fs::write(path.join("estimates.json"), median).unwrap();
        }
        let table = summary(folder.path()).unwrap();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            ["| `a` | 5.00 ns | 1.00 ns | 9.00 ns |", "| `b/x` | 2.00 ms | 1.00 ns | 9.00 ns |"]
        );
    }
}
