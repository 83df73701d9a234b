//! The side of sbx in `cargo xtask bench --peers`: a runner like those of the peers in `peers/`, over the facade.
//!
//! It takes requests as lines of JSON and answers with lines of JSON, as `peers/serve.py` says; so sbx is asked the same
//! way as everybody else, and the samples of all take turns. Without `--serve` it does nothing.
#![expect(clippy::print_stdout, reason = "the answers are what it is for")]

use std::{
    io::BufRead as _,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use anyhow::{Context as _, ensure};
use sbx::{Ending, ExecutionPolicy, NoProgress, RuntimeType, Runtimes, Sandbox, SandboxBuilder, set_up};
use serde::Deserialize;
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    if !std::env::args().any(|argument| argument == "--serve") {
        return Ok(());
    }
    set_up(None, None, &NoProgress)?;
    let mut runner = Runner::new(Runtimes::load(None)?);
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let answer = match runner.answer(&request) {
            Ok(answer) => answer,
            Err(error) => json!({ "failed": format!("{error:#}") }),
        };
        println!("{answer}");
    }
    Ok(())
}

/// What is asked; which fields matter depends on `task`.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct Request {
    #[serde(rename = "do")]
    task: String,
    language: String,
    code: String,
    setup: String,
    n: usize,
    threads: usize,
    limit: f64,
}

impl Default for Request {
    fn default() -> Self {
        let text = String::new;
        let language = "python".to_owned();
        Self { task: text(), language, code: text(), setup: text(), n: 1, threads: 1, limit: 1.0 }
    }
}

struct Runner {
    runtimes: Runtimes,
    /// The sandbox whose turns are timed, with the task and the language that it is for.
    turns: Option<(String, String, Sandbox)>,
    held: Vec<Sandbox>,
}

impl Runner {
    fn new(runtimes: Runtimes) -> Self {
        Self { runtimes, turns: None, held: Vec::new() }
    }

    fn answer(&mut self, request: &Request) -> anyhow::Result<Value> {
        let seconds = match request.task.as_str() {
            "run" => {
                let mut printed = String::new();
                let seconds = timed(request.n, || {
                    printed = self.run(request)?;
                    Ok(())
                })?;
                return Ok(json!({ "seconds": seconds, "printed": printed }));
            }
            "limited" => timed(1, || self.limited(request))?,
            "turn" | "kept_turn" => {
                let mut sandbox = self.sandbox_for_turns(request)?;
                let seconds = timed(request.n, || good(&mut sandbox, &request.code).map(drop))?;
                self.turns = Some((request.task.clone(), request.language.clone(), sandbox));
                seconds
            }
            "many" => timed(1, || self.many(request))?,
            "hold" => {
                for _ in 0..request.n {
                    let sandbox = self.live(request)?;
                    self.held.push(sandbox);
                }
                return Ok(json!({ "held": self.held.len() }));
            }
            other => anyhow::bail!("{other:?} is not asked of sbx"),
        };
        Ok(json!({ "seconds": seconds }))
    }

    fn builder(&self, request: &Request) -> anyhow::Result<SandboxBuilder> {
        Ok(SandboxBuilder::new(request.language.parse::<RuntimeType>()?).runtimes(self.runtimes.clone()))
    }

    /// A sandbox of its own for one program.
    fn run(&self, request: &Request) -> anyhow::Result<String> {
        good(&mut self.builder(request)?.build()?, &request.code)
    }

    fn limited(&self, request: &Request) -> anyhow::Result<()> {
        let policy = ExecutionPolicy::default().with_timeout_seconds(request.limit).with_fuel_budget(1 << 60);
        let result = self.builder(request)?.policy(policy).build()?.execute(request.code.as_str())?;
        ensure!(result.ending == Ending::Timeout, "it ended with {}", result.ending);
        Ok(())
    }

    /// A sandbox whose interpreter goes on, and has run what it starts with.
    fn live(&self, request: &Request) -> anyhow::Result<Sandbox> {
        let mut sandbox = self.builder(request)?.auto_persist_globals(true).build()?;
        good(&mut sandbox, &request.setup)?;
        Ok(sandbox)
    }

    /// The sandbox of the turns before, or a new one: kept on disk if turns are to be.
    fn sandbox_for_turns(&mut self, request: &Request) -> anyhow::Result<Sandbox> {
        match self.turns.take() {
            Some((task, language, sandbox)) if task == request.task && language == request.language => {
                Ok(sandbox)
            }
            _ if request.task == "turn" => self.live(request),
            _ => {
                let folder = std::env::current_dir()?.join("sbx-sessions");
                let builder = self.builder(request)?.auto_persist_globals(true);
                let mut sandbox = builder.workspace_root(folder).build()?;
                good(&mut sandbox, &request.setup)?;
                Ok(sandbox)
            }
        }
    }

    /// Programs on several threads, each in a sandbox of its own.
    fn many(&self, request: &Request) -> anyhow::Result<()> {
        let next = AtomicUsize::new(0);
        let work = || -> anyhow::Result<()> {
            while next.fetch_add(1, Ordering::Relaxed) < request.n {
                self.run(request)?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..request.threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().ok().context("a thread panicked")?)
        })
    }
}

/// Runs a program that has to succeed, for what it prints.
fn good(sandbox: &mut Sandbox, code: &str) -> anyhow::Result<String> {
    let result = sandbox.execute(code)?;
    ensure!(result.success, "{}", result.stderr);
    Ok(result.stdout)
}

fn timed(n: usize, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Vec<f64>> {
    let mut seconds = Vec::with_capacity(n);
    for _ in 0..n {
        let started = Instant::now();
        work()?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    Ok(seconds)
}
