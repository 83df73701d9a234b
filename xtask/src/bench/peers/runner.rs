//! A process that measures one peer: requests as lines of JSON in, answers as lines of JSON out.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

use super::catalogue::{Peer, Source};
use super::install::Installed;

/// A peer compiles its guest at its first answer, and that can take minutes.
const PATIENCE: Duration = Duration::from_secs(400);

/// Where things are.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// The runners of the peers.
    pub(super) scripts: PathBuf,
    /// A folder on a real disk for what they write.
    pub(super) scratch: PathBuf,
    /// The bench of sbx that is its runner.
    pub(super) bench: PathBuf,
    /// The program `sbx`.
    pub(super) sbx: PathBuf,
}

/// A runner that listens.
#[derive(Debug)]
pub(super) struct Runner {
    process: Child,
    ask: ChildStdin,
    answers: Receiver<String>,
}

/// What a runner says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Done(Value),
    /// The peer does not offer it, or failed at it.
    Cannot(String),
}

impl Runner {
    /// Starts the runner of a peer.
    pub(super) fn start(peer: &Peer, installed: &Installed, places: &Places) -> anyhow::Result<Self> {
        let mut command = command(peer, installed, places);
        let errors = File::create(places.scratch.join(format!("{}.stderr.txt", peer.id)))?;
        command.current_dir(&places.scratch).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut process =
            command.spawn().with_context(|| format!("the runner of {} does not start", peer.title))?;
        let ask = process.stdin.take().context("standard input is piped")?;
        let output = BufReader::new(process.stdout.take().context("standard output is piped")?);
        let (sender, answers) = channel();
        // It ends with the runner's output.
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, ask, answers })
    }

    /// Asks for something and waits for the answer.
    pub(super) fn ask(&mut self, request: &Value) -> anyhow::Result<Answer> {
        writeln!(self.ask, "{request}").context("the runner has ended")?;
        let line = self.answers.recv_timeout(PATIENCE).context("the runner gave no answer")?;
        let answer: Value = serde_json::from_str(&line).with_context(|| format!("no answer: {line}"))?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(match text("cannot").or_else(|| text("failed")) {
            Some(reason) => Answer::Cannot(reason),
            None => Answer::Done(answer),
        })
    }

    /// The memory of the process and of all that it started, in bytes: each page divided by those who share it.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        let family = family(self.process.id())?;
        // One that has just ended has none.
        let found = family.iter().filter_map(|id| pss(*id));
        Ok(found.sum::<u64>() as f64 * 1024.0)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // With its children, which may be interpreters that wait.
        for id in family(self.process.id()).unwrap_or_default() {
            if id != self.process.id() {
                // One that has ended already is what we want.
                Command::new("kill").args(["-9", &id.to_string()]).stderr(Stdio::null()).status().ok();
            }
        }
        // Nobody needs its last words.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn command(peer: &Peer, installed: &Installed, places: &Places) -> Command {
    if peer.source == Source::Workspace {
        let mut command = Command::new(&places.bench);
        command.arg("--serve");
        return command;
    }
    let mut command = Command::new(&installed.interpreter);
    let (script, arguments) = peer.runner.split_first().unwrap_or((&"", &[]));
    command.arg(places.scripts.join(script));
    if matches!(peer.source, Source::Npm(_)) {
        command.args(&installed.folder);
    }
    command.args(arguments);
    command
}

/// A process and all below it.
fn family(root: u32) -> anyhow::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        if let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok())
            && let Some(parent) = parent(id)
        {
            parents.push((id, parent));
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(one) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, parent)| *parent == one).map(|(id, _)| *id));
        next += 1;
    }
    Ok(found)
}

fn parent(id: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name is in brackets and may hold anything.
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn pss(id: u32) -> Option<u64> {
    let text = fs::read_to_string(Path::new("/proc").join(id.to_string()).join("smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_its_children_and_their_memory() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let found = family(std::process::id()).unwrap();
        assert!(found.contains(&child.id()) && found.contains(&std::process::id()));
        assert!(pss(std::process::id()).unwrap() > 100);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!family(std::process::id()).unwrap().contains(&child.id()));
    }
}
