//! Programs that wait: for as long as they do, nothing of them is on any stack, and all limits hold.

use std::{
    thread,
    time::{Duration, Instant},
};

use sbx_core::{Deterministic, Ending};
use sbx_host::CancellationToken;
use sbx_runtime_js::Program;

use crate::lab::{javascript, open, policy, prints, run, run_with, turn};

/// How late something may end after it should have.
const GRACE: Duration = Duration::from_millis(250);

#[test]
fn a_thousand_programs_wait_on_one_thread() {
    let _held = crate::lab::quiet();
    let mut runs: Vec<_> = (0..1000).map(|index| (index, open(policy()))).collect();
    let started = Instant::now();
    let runs = runs.iter_mut().map(|(index, interpreter)| async move {
        let code = format!("await new Promise((r) => setTimeout(r, 300)); console.log({index})");
        (*index, interpreter.run(&Program::new(code)).await.unwrap())
    });
    for (index, result) in javascript().host().block_on(at_once(runs)) {
        assert_eq!((result.ending, result.stdout), (Ending::Ok, format!("{index}\n")));
    }
    let took = started.elapsed();
    assert!(
        took < Duration::from_secs(10),
        "one after another they would wait 300 s, together they took {took:?}"
    );
}

/// Polls all of them on the calling thread until each is done.
async fn at_once<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut waiting {
            if output.is_none()
                && let std::task::Poll::Ready(done) = future.as_mut().poll(context)
            {
                *output = Some(done);
            }
        }
        let all_done = waiting.iter().all(|(_, output)| output.is_some());
        if all_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

#[test]
fn a_program_that_waits_and_works_is_one_result() {
    let code = "
        const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
        const log = [];
        setTimeout(() => log.push('after 20'), 20);
        setImmediate(() => log.push('immediate'));
        for (let n = 0; n < 3; n++) { await sleep(10); console.log('turn', n) }
        process.nextTick(() => log.push('tick'));
        await sleep(5);
        await (async () => { for await (const x of (async function* () { yield 1; await sleep(3); yield 2 })()) log.push(x) })();
        log";
    let result = run(code);
    assert_eq!(result.stdout, "turn 0\nturn 1\nturn 2\n", "{}", result.stderr);
    assert_eq!(result.value(), Some("[ 'immediate', 'after 20', 'tick', 1, 2 ]"));
    assert!(result.duration_ms >= 38.0, "{}", result.duration_ms);
}

#[test]
fn an_error_after_waiting_still_has_its_line() {
    let result = run("const a = 1;\nawait new Promise((r) => setTimeout(r, 5));\n\nnull.x // here");
    let error = result.error.unwrap();
    assert_eq!(error.line, Some(4));
    assert!(error.traceback.contains("null.x // here"), "{}", error.traceback);
}

#[test]
fn the_time_limit_stops_what_waits_and_keeps_what_it_did() {
    let _held = crate::lab::quiet();
    for code in [
        "kept.push(1); await new Promise((r) => setTimeout(r, 1e8)); kept.push(2)",
        "kept.push(1); setTimeout(() => kept.push(2), 1e8)",
        "kept.push(1); const i = setInterval(() => {}, 30)",
        "kept.push(1); try { await new Promise((r) => setTimeout(r, 1e8)) } catch { kept.push(2) } finally { kept.push(3) }",
    ] {
        let due = Duration::from_millis(120);
        let mut interpreter = open(policy().with_timeout_seconds(0.12));
        turn(&mut interpreter, "const kept = []");
        let started = Instant::now();
        let result = turn(&mut interpreter, code);
        let took = started.elapsed();
        assert_eq!(result.ending, Ending::Timeout, "{code}: {}", result.stderr);
        assert!(took >= due && took <= due + GRACE, "{code} ended after {took:?}");
        assert!(!interpreter.is_spent(), "{code}");
        let next = turn(&mut interpreter, "await new Promise((r) => setTimeout(r, 40)); kept");
        assert_eq!(next.value(), Some("[ 1 ]"), "{code}: its timers are gone, its names are not");
    }
}

#[test]
fn cancelling_ends_what_waits() {
    let _held = crate::lab::quiet();
    let cancel = CancellationToken::new();
    let canceller = {
        let cancel = cancel.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(60));
            cancel.cancel();
            Instant::now()
        })
    };
    let program = Program::new("await new Promise((r) => setTimeout(r, 1e8))").with_cancel(cancel);
    let result = run(program);
    let ended = Instant::now();
    assert_eq!(result.ending, Ending::Cancelled);
    assert!(ended - canceller.join().unwrap() <= GRACE);
}

#[test]
fn fuel_and_output_are_counted_over_the_whole_run() {
    let code =
        "for (let n = 0; n < 5; n++) { await new Promise((r) => setTimeout(r, 2)); console.log('12345') }";
    let needed = run(code).fuel_consumed;
    let enough = run_with(policy().with_fuel_budget(needed), code);
    assert_eq!((enough.ending, enough.fuel_consumed), (Ending::Ok, needed));
    let short = run_with(policy().with_fuel_budget(needed - 1), code);
    assert_eq!((short.ending, short.fuel_consumed), (Ending::FuelExhausted, needed - 1));
    let mut small = policy();
    small.stdout_max_bytes = 14;
    let cut = run_with(small, code);
    assert_eq!((cut.stdout.as_str(), cut.stdout_truncated), ("12345\n12345\n12", true));
}

#[test]
fn fixed_clocks_go_on_without_waiting() {
    let code = "const t = Date.now(); await new Promise((r) => setTimeout(r, 864e5)); console.log(Math.round((Date.now() - t) / 1000))";
    let started = Instant::now();
    let result = run_with(policy().with_deterministic(Deterministic::new(1)), code);
    assert_eq!(result.stdout, "86400\n", "{}", result.stderr);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_snapshot_is_taken_only_of_what_has_ended() {
    let mut interpreter = open(policy());
    turn(&mut interpreter, "let n = 0; setTimeout(() => n++, 20); setTimeout(() => n++, 40)");
    assert_eq!(turn(&mut interpreter, "n").value(), Some("2"), "a turn ends when its last timer has");
    assert_eq!(
        prints("const t = setTimeout(() => console.log('never'), 50); t.unref(); console.log('end')"),
        "end\n"
    );
}
