//! A report from numbers made up for it.

use serde_json::json;

use super::*;
use crate::bench::scaling::parts::PARTS;

fn small() -> Measured {
    Measured {
        part: PARTS.iter().find(|part| part.id == "store").unwrap(),
        when: "2026-11-30".to_owned(),
        machine: "2 virtual cores, Linux 6.18, 24 GiB".to_owned(),
        load: 0.5,
        points: [10.0, 100.0, 1000.0, 10_000.0]
            .map(|n| json!({ "n": n, "open": 1e-3, "list": n * 1e-5 }))
            .to_vec(),
    }
}

#[test]
fn a_part_has_its_chart_and_a_law_for_each_cost() {
    let text = section(&small());
    let wanted = "\
![What touches one session, by the number of sessions](charts/scaling-store-one.svg)

![What looks at all sessions, by their number](charts/scaling-store-all.svg)

| by n, the sessions in the store | at 10 | at 10,000 | law |
|---|---:|---:|---|
| open | 1.00 ms | 1.00 ms | constant |
| list | 100 µs | 100 ms | n<sup>1.00</sup> |
";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn the_page_and_its_charts_are_files_that_say_who_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&[small()], folder.path()).unwrap();
    let page = fs::read_to_string(path).unwrap();
    assert_eq!(
        page.lines().nth(2).unwrap(),
        "<!-- Written by `cargo xtask bench --scaling`: do not edit. -->"
    );
    let svg = fs::read_to_string(folder.path().join("charts/scaling-store-all.svg")).unwrap();
    assert!(svg.contains("<!-- Written by `cargo xtask bench`: do not edit. -->"), "{svg}");
    assert_eq!(svg.matches("<polyline").count(), 1, "a cost that was not measured has no line");
}

#[test]
fn the_page_in_the_repository_is_this_writers() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = fs::read_to_string(docs.join("scaling.md")).unwrap();
    assert!(page.contains(&GENERATED.replace("{}", "cargo xtask bench --scaling")));
    for part in &PARTS {
        assert!(page.contains(&format!("## {}\n", part.title)), "{}", part.title);
        for chart in part.charts {
            assert!(docs.join("charts").join(chart_name(chart)).is_file(), "{}", chart.id);
        }
    }
}
