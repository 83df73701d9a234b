//! `bench`: every criterion benchmark, then one table of all results; or one of the two reports with charts.

mod units; // numbers for people
mod machine; // what they were measured on
mod chart; // SVG
mod peers; // beside what users would pick instead
mod scaling; // how costs grow

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::guests;
use crate::shell::{self, cargo_command};
use crate::workspace::Workspace;

/// What is measured, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Options {
    pub(crate) what: Subject,
    /// Trades precision for time.
    pub(crate) quick: bool,
    /// One row or part of a report alone; the others stay as they were measured before.
    pub(crate) only: Option<String>,
    /// Measures nothing, and writes the report from what was measured before.
    pub(crate) report: bool,
}

/// The benchmarks that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Subject {
    #[default]
    Steps,
    Peers,
    Scaling,
}

/// The benches that are parts of a report, and do nothing by themselves.
const OF_REPORTS: [&str; 2] = ["peers", "scaling"];

/// What a generated page says of itself, with its command in place of the brackets.
const GENERATED: &str = "<!-- Written by `{}`: do not edit. -->";

/// Runs benchmarks.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    match options.what {
        Subject::Steps => steps(workspace, options.quick),
        Subject::Peers => peers::peers(workspace, options),
        Subject::Scaling => scaling::scaling(workspace, options),
    }
}

/// What a report measures with.
#[derive(Debug)]
struct Programs {
    sbx: PathBuf,
    bench: PathBuf,
}

/// Builds the program and one of the benches, in the profile of the tests; sets up the guests.
fn programs(workspace: &Workspace, bench: &str) -> anyhow::Result<Programs> {
    guests::setup(workspace, None)?;
    // The whole workspace: another selection would compile wasmtime with other features once more.
    let args =
        ["bench", "--profile", "dev", "--workspace", "--no-run", "--message-format", "json", "--bench"];
    let built = cargo_command(workspace, args).arg(bench).stderr(Stdio::inherit()).output()?;
    if !built.status.success() {
        bail!("the bench {bench} does not build");
    }
    let executable = |line: &str| -> Option<PathBuf> {
        let json: Value = serde_json::from_str(line).ok()?;
        let is_it = json.pointer("/target/name")?.as_str()? == bench;
        json.get("executable")?.as_str().filter(|_| is_it).map(PathBuf::from)
    };
    let output = String::from_utf8_lossy(&built.stdout);
    let bench = output.lines().find_map(executable).context("cargo does not say where the bench is")?;
    Ok(Programs { sbx: workspace.program("debug", "sbx"), bench })
}

/// Writes a chart into the folder of charts beside a page.
fn write_chart(folder: &Path, name: &str, svg: &str) -> anyhow::Result<()> {
    let charts = folder.join("charts");
    fs::create_dir_all(&charts).with_context(|| format!("cannot make {}", charts.display()))?;
    let path = charts.join(name);
    let marked = svg.replacen('\n', &format!("\n{}\n", GENERATED.replace("{}", "cargo xtask bench")), 1);
    fs::write(&path, marked).with_context(|| format!("cannot write {}", path.display()))
}

/// Runs all benchmarks; `quick` trades precision for time.
fn steps(workspace: &Workspace, quick: bool) -> anyhow::Result<()> {
    let mut benches = workspace.targets("bench");
    benches.retain(|(_, name)| !OF_REPORTS.contains(name));
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
