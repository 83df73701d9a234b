//! The numbers of `docs/performance.md`: each measured beside what it is compared with, in one run.
//!
//! `cargo xtask bench` prints it as a Markdown table. The two sides of a row take turns, so that a noisy
//! machine is as noisy for both.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    fs,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use sbx::{ExecutionPolicy, NoProgress, Program, Runtimes, Tree, set_up};
use sbx_runtime_python::{Interpreter, Python};

const GROUPBY: &str = "import pandas as pd\n\
    df = pd.DataFrame({'a': range(100), 'b': range(100)})\n\
    print(df.groupby(df.a % 3).b.sum().to_dict())";

fn main() {
    // `cargo test` runs benches too, to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    set_up(None, None, &NoProgress).expect("set-up works");
    let runtimes = Runtimes::load(None).expect("Python is set up");
    let bench = Bench::new(runtimes.python().expect("Python is set up").clone());
    println!("| what | measured | beside | measured | ratio |\n|---|---|---|---|---|");
    fresh_run_beside_native(&bench);
    live_turn_beside_fresh(&bench);
    pandas_from_image_beside_import(&bench);
    two_threads_beside_one(&bench);
    memory_of_live_sandboxes(&bench);
}

struct Bench {
    python: Python,
    policy: Arc<ExecutionPolicy>,
    files: Tree,
}

impl Bench {
    fn new(python: Python) -> Self {
        let policy = Arc::new(ExecutionPolicy::default());
        let files = python.empty_files(&policy).expect("the workspace can be made");
        Self { python, policy, files }
    }

    fn open(&self, image: &str) -> Interpreter {
        let opening = self.python.open(image, Arc::clone(&self.policy), self.files.clone());
        self.python.host().block_on(opening).expect("the image opens")
    }

    fn run(&self, interpreter: &mut Interpreter, code: &str) {
        let result =
            self.python.host().block_on(interpreter.run(&Program::new(code))).expect("the host works");
        assert!(result.success, "{}", result.stderr);
    }

    /// Open, run, and hand the memory back: all that a fresh run costs.
    fn fresh(&self, image: &str, code: &str) {
        self.run(&mut self.open(image), code);
    }
}

/// The median times of two things that take turns, ours in bursts: a process that starts in between empties the
/// processor's caches, and with single runs that would be measured in place of us.
fn beside(n: usize, burst: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Duration, Duration) {
    let time = |work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        started.elapsed()
    };
    for _ in 0..3 {
        time(&mut ours);
        time(&mut theirs);
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..n {
        left.extend((0..burst).map(|_| time(&mut ours)));
        right.push(time(&mut theirs));
    }
    left.sort();
    right.sort();
    (left[left.len() / 2], right[right.len() / 2])
}

fn row(what: &str, beside: &str, (ours, theirs): (Duration, Duration)) {
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!("| {what} | {} | {beside} | {} | {ratio:.1} |", show(ours), show(theirs));
}

fn show(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

/// The interpreter itself: what is first on the path may be a script that looks for it.
fn native_python() -> String {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable, end='')"]).output();
    String::from_utf8(output.expect("python3 is there").stdout).expect("a path in UTF-8")
}

fn fresh_run_beside_native(bench: &Bench) {
    let python3 = native_python();
    let native = || {
        let mut python = Command::new(&python3);
        let status = python.args(["-I", "-c", "print(1)"]).stdout(Stdio::null()).status();
        assert!(status.expect("python3 is there").success());
    };
    let what = "fresh `print(1)`, numpy and pandas imported";
    row(
        what,
        "`python3 -I -c 'print(1)'`",
        beside(40, 100, || bench.fresh("python-data", "print(1)"), native),
    );
    let native = || {
        let mut python = Command::new(&python3);
        python.args(["-I", "-c", "import json, re, csv, datetime, random, decimal, pathlib; print(1)"]);
        assert!(python.stdout(Stdio::null()).status().expect("python3 is there").success());
    };
    row(
        "fresh `print(1)`, standard library imported",
        "`python3` importing seven modules of it",
        beside(40, 100, || bench.fresh("python", "print(1)"), native),
    );
}

fn live_turn_beside_fresh(bench: &Bench) {
    let mut live = bench.open("python-data");
    let times = beside(500, 1, || bench.run(&mut live, "x = 1"), || bench.fresh("python-data", "x = 1"));
    row("turn in a live interpreter", "the same, fresh", times);
}

fn pandas_from_image_beside_import(bench: &Bench) {
    let times = beside(7, 10, || bench.fresh("python-data", GROUPBY), || bench.fresh("python", GROUPBY));
    row("fresh pandas groupby", "the same without pandas in the image", times);
}

fn two_threads_beside_one(bench: &Bench) {
    const RUNS: usize = 5000;
    let threads = |n: usize| {
        thread::scope(|scope| {
            for _ in 0..n {
                scope.spawn(|| (0..RUNS / n).for_each(|_| bench.fresh("python-data", "print(1)")));
            }
        });
    };
    let (two, one) = beside(5, 1, || threads(2), || threads(1));
    row("5,000 fresh runs, two threads", "the same, one thread", (two, one));
    println!("| fresh runs per second, two threads | {:.0} | | | |", RUNS as f64 / two.as_secs_f64());
}

/// Private memory of sandboxes that have run something and are kept.
fn memory_of_live_sandboxes(bench: &Bench) {
    const LIVE: usize = 200;
    let before = private_kib();
    let live: Vec<Interpreter> = (0..LIVE)
        .map(|_| {
            let mut interpreter = bench.open("python-data");
            bench.run(&mut interpreter, "x = 1");
            interpreter
        })
        .collect();
    if let (Some(before), Some(after)) = (before, private_kib()) {
        let each = after.saturating_sub(before) as f64 / LIVE as f64;
        println!("| private memory of a live sandbox | {each:.0} KiB | | | |");
    }
    drop(live);
}

/// Anonymous memory of this process, which includes written pages of images.
fn private_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
