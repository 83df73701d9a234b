//! Sequences of calls against the host's API, from `tests/hostile/host/`: what a client with any arguments, a guest before it,
//! or a damaged storage can make the host do.
//!
//! As data, so that the soak can run them among other things and a reviewer can read an attack without its scaffolding. Each
//! step says exactly what it gives, or the code of its error; `tests/hostile/README.md` lists the calls.

mod arguments; // what a step is given
mod world; // where a sequence runs: a storage, sessions, a sandbox, folders of the host
mod sessions; // calls that name a session
mod sandbox; // calls of a sandbox
mod place; // calls that only look at their arguments, and what lies on the host

use std::path::{Path, PathBuf};

use sbx::Result;
use serde::Deserialize;
use toml::{Table, Value};

use self::{arguments::Arguments, world::World};

/// A sequence of calls in a world of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostCase {
    name: String,
    security: Vec<u8>,
    /// Fields of the policy of its sessions that differ from the default.
    #[serde(default)]
    policy: Table,
    steps: Vec<Step>,
}

/// One call.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Table")]
struct Step {
    call: String,
    arguments: Arguments,
    /// What it gives, or the code of its error.
    wanted: Result<String, String>,
}

impl TryFrom<Table> for Step {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        let mut text = |key: &str| match table.remove(key) {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{key} is no text: {other}")),
            None => Ok(None),
        };
        let call = text("do")?.ok_or("a step says what it does")?;
        let wanted = match (text("error")?, text("gives")?) {
            (Some(error), None) => Err(error),
            (None, gives) => Ok(gives.unwrap_or_default()),
            (Some(_), Some(_)) => return Err(format!("{call} has an error and gives something")),
        };
        Ok(Self { call, arguments: Arguments::new(table), wanted })
    }
}

/// The sequences of a list.
///
/// # Panics
/// If the list cannot be read, with the reason.
#[must_use]
pub fn host_cases(list: &str) -> Vec<HostCase> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        case: Vec<HostCase>,
    }
    let list: List = toml::from_str(list).unwrap_or_else(|error| panic!("{error}"));
    assert!(!list.case.is_empty(), "a list has cases");
    list.case
}

/// The files with sequences, by theme.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn host_lists() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile/host");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let list = |file: PathBuf| {
        let theme = file.file_stem().unwrap().to_string_lossy().into_owned();
        (theme, std::fs::read_to_string(&file).unwrap())
    };
    files.into_iter().map(list).collect()
}

impl HostCase {
    /// What it shows, as a sentence.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The numbered requirements of `docs/security.md` that it attacks.
    #[must_use]
    pub fn security(&self) -> &[u8] {
        &self.security
    }

    /// Makes all calls; everything that they gave otherwise than the case says. The first of these ends it, since what comes
    /// next may build on it.
    ///
    /// # Panics
    /// If a step names no call, or has arguments that its call does not take.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut world = World::new(&self.policy).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let mut problems = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let mut arguments = step.arguments.clone();
            let found = world.call(&step.call, &mut arguments);
            // A call that fails may not have come to all of them.
            let unread = if found.is_ok() { arguments.names() } else { String::new() };
            assert!(unread.is_empty(), "{}: {} takes no {unread}", self.name, step.call);
            let said = found.as_ref().map_or_else(ToString::to_string, |_| String::new());
            let found = found.map_err(|error| error.code().to_owned());
            if found != step.wanted {
                let (call, wanted) = (&step.call, &step.wanted);
                problems.push(format!(
                    "{}\n  step {}, {call}, gave {found:?}, not {wanted:?} {said}",
                    self.name,
                    index + 1
                ));
                break;
            }
        }
        problems.extend(world.problems().into_iter().map(|problem| format!("{}\n  {problem}", self.name)));
        problems
    }
}
