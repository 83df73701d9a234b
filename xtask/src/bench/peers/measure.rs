//! Takes the samples of one row: everybody in turns, so that whatever else the machine does is shared.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::catalogue::{Ask, PEERS, Peer, Row};
use super::install::Installed;
use super::runner::{Answer, Places, Runner};

/// What was found of one peer in one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// Times or bytes, with how many samples the median is of.
    Number { median: f64, p90: f64, n: usize, note: String },
    /// Something that is no number.
    Word(String),
    /// Not measured, and why.
    Cannot(String),
}

/// How long each peer is measured for in each row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub(super) seconds: f64,
    pub(super) max_samples: usize,
}

/// All peers that are here, with their runners.
#[derive(Debug)]
pub(super) struct Peers<'a> {
    pub(super) places: &'a Places,
    pub(super) installed: BTreeMap<&'static str, Result<Installed, String>>,
    pub(super) runners: BTreeMap<&'static str, Runner>,
    pub(super) threads: usize,
}

/// A peer in the middle of a row.
struct Turn {
    peer: &'static Peer,
    samples: Vec<f64>,
    spent: Duration,
    /// How many programs are run where many are asked for.
    few: Option<usize>,
    note: String,
}

impl Peers<'_> {
    /// Everything about one row.
    pub(super) fn row(&mut self, row: &Row, effort: Effort) -> BTreeMap<&'static str, Found> {
        let mut found = BTreeMap::new();
        let mut turns = Vec::new();
        for peer in &PEERS {
            eprint!("\r\x1b[K  {}: {}", row.title, peer.title);
            match self.first(row, peer) {
                Ok(First::Turn(turn)) => turns.push(turn),
                Ok(First::Found(one)) => {
                    found.insert(peer.id, one);
                }
                Err(error) => {
                    // A runner that stopped answering is started again for the next row.
                    self.runners.remove(peer.id);
                    found.insert(peer.id, Found::Cannot(format!("{error:#}")));
                }
            }
        }
        while turns.iter().any(|turn| turn.wants_more(effort)) {
            for turn in turns.iter_mut().filter(|turn| turn.wants_more(effort)) {
                eprint!("\r\x1b[K  {}: {}", row.title, turn.peer.title);
                let n = turn.burst();
                let failed = match self.sample(row, turn, n) {
                    Ok(None) => continue,
                    Ok(Some(failed)) => failed,
                    Err(error) => {
                        self.runners.remove(turn.peer.id);
                        Found::Cannot(format!("{error:#}"))
                    }
                };
                found.insert(turn.peer.id, failed);
                turn.spent = Duration::MAX;
            }
        }
        for turn in turns {
            found.entry(turn.peer.id).or_insert_with(|| turn.result());
        }
        eprintln!("\r\x1b[K  {}: done", row.title);
        found
    }

    /// The first sample, which tells what the peer can do at all and how long it takes.
    fn first(&mut self, row: &Row, peer: &'static Peer) -> anyhow::Result<First> {
        if let Some(Err(reason)) = self.installed.get(peer.id) {
            return Ok(First::Found(Found::Cannot(reason.clone())));
        }
        if let Ask::Memory { setup } = row.ask {
            return Ok(First::Found(self.memory(row, peer, setup)?));
        }
        let mut turn =
            Turn { peer, samples: Vec::new(), spent: Duration::ZERO, few: None, note: String::new() };
        if let Some(other) = self.sample(row, &mut turn, 1)? {
            return Ok(First::Found(other));
        }
        if let Ask::Many { .. } = row.ask {
            return Ok(First::Turn(turn));
        }
        let first = turn.samples.first().copied().unwrap_or_default();
        if let Some(other) = self.sample(row, &mut turn, 1)? {
            return Ok(First::Found(other));
        }
        let second = turn.samples.last().copied().unwrap_or_default();
        // What happens once, such as compiling a guest, is not what the row is about; but of what takes seconds each time
        // every sample counts.
        if first < 1.0 || second < first / 2.0 {
            turn.samples.remove(0);
            turn.spent = Duration::from_secs_f64(second);
        }
        Ok(First::Turn(turn))
    }

    /// Takes `n` samples; gives what is no sample, if that is what came.
    fn sample(&mut self, row: &Row, turn: &mut Turn, n: usize) -> anyhow::Result<Option<Found>> {
        let started = Instant::now();
        let mut scale = 1.0;
        let answer = match row.ask {
            Ask::Cold { code, printed } => self.cold(row, turn.peer, (code, printed), n)?,
            Ask::Many { code, n: wanted } => {
                if turn.few.is_none() {
                    turn.few = self.as_many_as_fit(row, turn.peer, code, wanted)?;
                }
                let Some(few) = turn.few else {
                    let asked = json!({ "do": "run", "language": row.language, "code": code, "n": 1 });
                    return Ok(Some(not_done(self.ask(turn.peer, &asked)?)));
                };
                scale = wanted as f64 / few as f64;
                if few < wanted {
                    turn.note = format!("{few} run");
                }
                let asked = json!({ "do": "many", "code": code, "n": few, "threads": self.threads });
                self.ask(turn.peer, &asked)?
            }
            Ask::Run { .. }
            | Ask::Turn { .. }
            | Ask::KeptTurn { .. }
            | Ask::Limited { .. }
            | Ask::Escape { .. } => {
                let asked = request(row, n);
                self.ask(turn.peer, &asked)?
            }
            Ask::Memory { .. } => bail!("memory is not sampled"),
        };
        let Answer::Done(answer) = answer else { return Ok(Some(not_done(answer))) };
        let told = answer.get("printed").and_then(Value::as_str).map(str::trim);
        if let Ask::Run { printed, .. } = row.ask
            && told != Some(printed)
        {
            return Ok(Some(Found::Cannot(format!("it prints {:?}", told.unwrap_or_default()))));
        }
        if let Ask::Escape { .. } = row.ask {
            return Ok(Some(Found::Word(told.unwrap_or_default().to_owned())));
        }
        let seconds = answer.get("seconds").and_then(Value::as_array).context("no seconds")?;
        turn.samples.extend(seconds.iter().filter_map(Value::as_f64).map(|seconds| seconds * scale));
        turn.spent += started.elapsed();
        Ok(None)
    }

    /// Starts new processes.
    fn cold(
        &mut self,
        row: &Row,
        peer: &Peer,
        (code, printed): (&str, &str),
        n: usize,
    ) -> anyhow::Result<Answer> {
        let argv: Vec<String> = if peer.runner.is_empty() {
            let sbx = self.places.sbx.to_string_lossy().into_owned();
            ["run", "--runtime", row.language, "-c", code].map(str::to_owned).into_iter().fold(
                vec![sbx],
                |mut argv, word| {
                    argv.push(word);
                    argv
                },
            )
        } else {
            let asked = json!({ "do": "cold", "language": row.language, "code": code });
            match self.ask(peer, &asked)? {
                Answer::Done(answer) => {
                    serde_json::from_value(answer.get("argv").cloned().unwrap_or_default())?
                }
                cannot @ Answer::Cannot(_) => return Ok(cannot),
            }
        };
        let (program, arguments) = argv.split_first().context("a command without a program")?;
        let mut seconds = Vec::new();
        for _ in 0..n {
            let mut command = Command::new(program);
            command.args(arguments).current_dir(&self.places.scratch).stdin(Stdio::null());
            let started = Instant::now();
            let done = command.output().with_context(|| format!("{program} does not start"))?;
            seconds.push(started.elapsed().as_secs_f64());
            let output = String::from_utf8_lossy(&done.stdout);
            if !done.status.success() || !output.contains(printed) {
                let told = String::from_utf8_lossy(&done.stderr).trim().lines().last().map(str::to_owned);
                return Ok(Answer::Cannot(told.unwrap_or_else(|| format!("it ended with {}", done.status))));
            }
        }
        Ok(Answer::Done(json!({ "seconds": seconds })))
    }

    /// How many of the programs a peer can run in a few seconds; None if it cannot run one.
    fn as_many_as_fit(
        &mut self,
        row: &Row,
        peer: &Peer,
        code: &str,
        wanted: usize,
    ) -> anyhow::Result<Option<usize>> {
        let asked = json!({ "do": "run", "language": row.language, "code": code, "n": 2 });
        let Answer::Done(answer) = self.ask(peer, &asked)? else { return Ok(None) };
        let seconds = answer.get("seconds").and_then(Value::as_array).context("no seconds")?;
        let last = seconds.last().and_then(Value::as_f64).context("no seconds")?;
        let fitting = (4.0 * self.threads as f64 / last.max(1e-6)).floor();
        // In steps, so that the samples of a peer are of the same number.
        let fits = |step: &&usize| **step as f64 <= fitting;
        let steps = [1000, 500, 200, 100, 50, 20, 10, 4];
        let few = steps.iter().find(fits).copied().unwrap_or(2 * self.threads);
        Ok(Some(few.min(wanted)))
    }

    /// What one more live interpreter takes, in a runner of its own.
    fn memory(&self, row: &Row, peer: &Peer, setup: &str) -> anyhow::Result<Found> {
        let nothing = || Found::Cannot("nothing of it stays in memory between turns".to_owned());
        if peer.held == 0 {
            return Ok(nothing());
        }
        let Some(Ok(installed)) = self.installed.get(peer.id) else { bail!("it is not installed") };
        let mut runner = Runner::start(peer, installed, self.places)?;
        let hold = |n: usize| json!({ "do": "hold", "language": row.language, "setup": setup, "n": n });
        if let cannot @ Answer::Cannot(_) = runner.ask(&hold(2))? {
            return Ok(not_done(cannot));
        }
        let before = runner.memory()?;
        if let cannot @ Answer::Cannot(_) = runner.ask(&hold(peer.held))? {
            return Ok(not_done(cannot));
        }
        let each = (runner.memory()? - before) / peer.held as f64;
        if each < 4096.0 {
            return Ok(nothing());
        }
        Ok(Found::Number { median: each, p90: each, n: peer.held, note: String::new() })
    }

    fn ask(&mut self, peer: &Peer, request: &Value) -> anyhow::Result<Answer> {
        if !self.runners.contains_key(peer.id) {
            let Some(Ok(installed)) = self.installed.get(peer.id) else { bail!("it is not installed") };
            self.runners.insert(peer.id, Runner::start(peer, installed, self.places)?);
        }
        self.runners.get_mut(peer.id).context("it was just started")?.ask(request)
    }
}

enum First {
    Turn(Turn),
    Found(Found),
}

impl Turn {
    fn wants_more(&self, effort: Effort) -> bool {
        self.spent.as_secs_f64() < effort.seconds && self.samples.len() < effort.max_samples
    }

    /// As many samples as a tenth of a second holds: single ones, with processes started in between, would be
    /// measurements of cold caches.
    fn burst(&self) -> usize {
        let last = self.samples.last().copied().unwrap_or(1.0).max(1e-5);
        [100, 50, 20, 10, 5, 2].into_iter().find(|n| *n as f64 * last < 0.1).unwrap_or(1)
    }

    fn result(&self) -> Found {
        let mut samples = self.samples.clone();
        samples.sort_by(f64::total_cmp);
        let at =
            |share: usize| samples.get((samples.len().max(1) - 1) * share / 100).copied().unwrap_or_default();
        Found::Number { median: at(50), p90: at(90), n: samples.len(), note: self.note.clone() }
    }
}

fn request(row: &Row, n: usize) -> Value {
    let mut asked = json!({ "language": row.language, "n": n });
    let (task, code) = match row.ask {
        Ask::Run { code, .. } | Ask::Escape { code } => ("run", code),
        Ask::Turn { setup, code } => {
            asked["setup"] = setup.into();
            ("turn", code)
        }
        Ask::KeptTurn { setup, code } => {
            asked["setup"] = setup.into();
            ("kept_turn", code)
        }
        Ask::Limited { code, seconds } => {
            asked["limit"] = seconds.into();
            ("limited", code)
        }
        Ask::Cold { code, .. } | Ask::Many { code, .. } => ("run", code),
        Ask::Memory { setup } => ("hold", setup),
    };
    asked["do"] = task.into();
    asked["code"] = code.into();
    asked
}

fn not_done(answer: Answer) -> Found {
    match answer {
        Answer::Cannot(reason) => Found::Cannot(reason),
        Answer::Done(answer) => Found::Cannot(format!("it answers {answer}")),
    }
}
