//! What sessions and forks of JavaScript cost, and programs that wait, many on one thread. Other ways to run JavaScript are in
//! the bench `peers`.
//!
//! `cargo bench --profile dev --workspace --bench javascript` prints a Markdown table; each number is the least of several, since
//! the machine may be noisy.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sbx::{
    Ending, ExecutionPolicy, MemoryStorage, NoProgress, Program, RuntimeType, Runtimes, SandboxBuilder,
    SessionsBuilder, set_up,
};

fn main() {
    // `cargo test` runs benches too, to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    set_up(None, None, &NoProgress).expect("set-up works");
    let runtimes = Runtimes::load(None).expect("the languages are set up");
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

fn show(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
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
