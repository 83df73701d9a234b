//! `bench --scaling`: how the costs of sbx grow, and where they bend.
//!
//! The bench `scaling` of the crate `sbx` measures one part at a time and prints a line of JSON for each size; they are kept
//! in `target/scaling`, so that one part can be measured again alone. `docs/scaling.md` is written from them: a chart, a
//! table and a fitted law for each part.

mod parts; // what is measured and what it means
mod law; // exponents
mod page; // docs/scaling.md

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use self::parts::{PARTS, Part};
use super::{Options, machine, programs};
use crate::shell;
use crate::workspace::Workspace;

/// Measures, and writes the report: into `docs`, or into `target` if it was quick.
pub(super) fn scaling(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let kept = workspace.target.join(if options.quick { "scaling-quick" } else { "scaling" });
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    if !options.report {
        measure(workspace, options, &kept)?;
    }
    let measured = load(&kept)?;
    let docs = if options.quick { kept } else { workspace.root.join("docs") };
    let page = page::write(&measured, &docs)?;
    shell::say(&format!("the report is {}", page.display()));
    Ok(())
}

/// One part, as it is kept.
#[derive(Debug, Clone)]
struct Measured {
    part: &'static Part,
    when: String,
    machine: String,
    load: f64,
    /// What was measured for each size.
    points: Vec<Value>,
}

impl Measured {
    /// One cost as it grows: the size and the number, where there is one.
    fn cost(&self, key: &str) -> Vec<(f64, f64)> {
        let number = |point: &Value, key: &str| point.get(key).and_then(Value::as_f64);
        self.points.iter().filter_map(|point| Some((number(point, "n")?, number(point, key)?))).collect()
    }
}

fn measure(workspace: &Workspace, options: &Options, kept: &Path) -> anyhow::Result<()> {
    let is_asked = |part: &&Part| options.only.as_ref().is_none_or(|only| *only == part.id);
    let parts: Vec<&Part> = PARTS.iter().filter(is_asked).collect();
    let known: Vec<&str> = PARTS.iter().map(|part| part.id).collect();
    ensure!(!parts.is_empty(), "there is no such part; there are {}", known.join(", "));
    let programs = programs(workspace, "scaling")?;
    for part in parts {
        shell::say(&format!("measuring {}", part.title));
        let load = machine::load();
        let mut command = Command::new(&programs.bench);
        command.args(["--part", part.id]).current_dir(kept).stdin(Stdio::null()).stderr(Stdio::inherit());
        if options.quick {
            command.arg("--quick");
        }
        let done = command.output().context("the bench does not start")?;
        if !done.status.success() {
            bail!("measuring {} failed ({})", part.title, done.status);
        }
        let output = String::from_utf8(done.stdout)?;
        eprint!("{output}");
        let points = output.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        let json = json!({
            "when": machine::today(), "machine": machine::describe(), "load": load, "points": points,
        });
        let path = kept.join(format!("{}.json", part.id));
        fs::write(&path, json.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// All parts that have been measured.
fn load(kept: &Path) -> anyhow::Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for part in &PARTS {
        let path = kept.join(format!("{}.json", part.id));
        if path.is_file() {
            let json: Value = serde_json::from_slice(&fs::read(&path)?)?;
            let one = read(part, &json).with_context(|| format!("{} is of another version", path.display()));
            measured.push(one?);
        }
    }
    ensure!(!measured.is_empty(), "nothing has been measured yet: run `cargo xtask bench --scaling`");
    Ok(measured)
}

fn read(part: &'static Part, json: &Value) -> Option<Measured> {
    let text = |key: &str| json.get(key)?.as_str().map(str::to_owned);
    Some(Measured {
        part,
        when: text("when")?,
        machine: text("machine")?,
        load: json.get("load")?.as_f64()?,
        points: json.get("points")?.as_array()?.clone(),
    })
}
