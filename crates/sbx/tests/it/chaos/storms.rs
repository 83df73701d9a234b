//! Callers that go away in the middle, many at once: cancelled runs, dropped futures, output that nobody reads quickly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sbx::{
    CancellationToken, Ending, ExecutionPolicy, MemoryStorage, OutputSink, OutputStream, Program,
    SessionsBuilder,
};
use tokio::{runtime::Builder, task::JoinSet, time::timeout};

use super::times;
use crate::lab::{builder, runtimes};

/// Programs that are stopped in different places: computing, waiting, writing files, allocating, printing, in the host.
const PROGRAMS: [&str; 6] = [
    "while True: pass",
    "import time\nwhile True: time.sleep(0.001)",
    "n = 0\nwhile True:\n    n += 1\n    open(f'f{n % 9}', 'w').write('x' * 5000)",
    "kept = []\nwhile True:\n    kept.append(bytearray(10_000))\n    del kept[50:]",
    "while True: print('x' * 500)",
    "import os\nwhile True: os.listdir('/usr/local/lib')",
];

fn policy() -> ExecutionPolicy {
    ExecutionPolicy::default().with_fuel_budget(1 << 60).with_timeout_seconds(60.0)
}

/// Numbers below `n` that are the same in every run.
fn scattered(index: usize, n: usize) -> usize {
    index.wrapping_mul(0x9e37_79b9).rotate_left(13) % n
}

#[test]
fn a_storm_of_cancels_spares_neighbours_and_leaves_nothing() {
    let n_runs = times(60);
    let mut warm = builder().policy(policy()).build().unwrap();
    assert!(warm.execute("print(1)").unwrap().success);
    #[cfg(target_os = "linux")]
    let before = super::resources();
    let is_over = AtomicBool::new(false);
    let n_neighbours = AtomicUsize::new(0);
    let longest = std::sync::Mutex::new(Duration::ZERO);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut neighbour = builder().build().unwrap();
            while !is_over.load(Ordering::SeqCst) {
                let result = neighbour.execute("print(sum(range(1000)))").unwrap();
                assert_eq!((result.ending, result.stdout.as_str()), (Ending::Ok, "499500\n"));
                n_neighbours.fetch_add(1, Ordering::SeqCst);
            }
        });
        let stormers: Vec<_> = (0..3)
            .map(|lane| {
                let longest = &longest;
                scope.spawn(move || {
                    for index in (lane..n_runs).step_by(3) {
                        let mut sandbox = builder().policy(policy()).build().unwrap();
                        sandbox.write_file("before", b"here").unwrap();
                        let cancel = CancellationToken::new();
                        let program =
                            Program::new(PROGRAMS[index % PROGRAMS.len()]).with_cancel(cancel.clone());
                        let after = Duration::from_micros(scattered(index, 20_000) as u64);
                        let canceller = thread::spawn(move || {
                            thread::sleep(after);
                            // Twice is once.
                            cancel.cancel();
                            cancel.cancel();
                            Instant::now()
                        });
                        let result = sandbox.execute(program).unwrap();
                        let took = canceller.join().unwrap().elapsed();
                        assert_eq!(result.ending, Ending::Cancelled, "{}", result.stderr);
                        assert_eq!(sandbox.list_files().len(), 1, "as before the run");
                        assert!(sandbox.execute("open('before').read()").unwrap().success);
                        let mut longest = longest.lock().unwrap();
                        *longest = took.max(*longest);
                    }
                })
            })
            .collect();
        let ended: Vec<_> = stormers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::SeqCst);
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    let (longest, n_neighbours) = (longest.into_inner().unwrap(), n_neighbours.into_inner());
    assert!(longest < Duration::from_secs(5) && n_neighbours > 0, "{longest:?} {n_neighbours}");
    #[cfg(target_os = "linux")]
    {
        let after = super::resources();
        assert!(after.0 <= before.0 + 16 && after.1 <= before.1 + 16, "{before:?} became {after:?}");
    }
    println!(
        "chaos: {n_runs} runs cancelled within {:.0} ms at most; {n_neighbours} of a neighbour's meanwhile, all good",
        longest.as_secs_f64() * 1e3
    );
}

#[test]
fn futures_dropped_in_the_middle_of_a_turn_leave_the_session_as_it_was() {
    let n_turns = times(40);
    let sessions = SessionsBuilder::new(Arc::new(MemoryStorage::new()))
        .runtimes(runtimes())
        .image("python")
        .policy(policy())
        .build()
        .unwrap();
    let session = sessions.create().unwrap();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let (n_kept, n_dropped) = runtime.block_on(async {
        session.execute_async("n = 0\nopen('n', 'w').write('0')").await.unwrap();
        let (mut n, mut n_dropped) = (0_usize, 0_usize);
        for index in 0..n_turns {
            let turn = session.execute_async(
                "n += 1\nopen('n', 'w').write(str(n))\nfor _ in range(2000): sorted(range(100))\nprint(n)",
            );
            let patience = Duration::from_micros(scattered(index, 60_000) as u64);
            match timeout(patience, turn).await {
                Ok(result) => {
                    n += 1;
                    assert_eq!(result.unwrap().stdout, format!("{n}\n"));
                }
                Err(_elapsed) => n_dropped += 1,
            }
            // Dropped while it was being stored, a turn may have become part of the session: in whole.
            let result = session.execute_async("print(n, open('n').read())").await.unwrap();
            assert!(result.success, "{}", result.stderr);
            let said: Vec<usize> =
                result.stdout.split_whitespace().map(|word| word.parse().unwrap()).collect();
            assert!(said[0] == said[1] && (said[0] == n || said[0] == n + 1), "{said:?} after {n}");
            n = said[0];
        }
        (n, n_dropped)
    });
    assert!(n_dropped > 0);
    println!(
        "chaos: of {n_turns} turns {n_dropped} were dropped in the middle; {n_kept} count, each in whole"
    );
}

#[test]
fn hundreds_of_futures_dropped_at_once_leave_nothing() {
    let n_rounds = times(2);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(async {
        for round in 0..n_rounds {
            let mut runs = JoinSet::new();
            for index in 0..100 {
                let mut sandbox = builder().policy(policy()).build().unwrap();
                runs.spawn(async move {
                    let code = PROGRAMS[index % PROGRAMS.len()];
                    let patience = Duration::from_millis(scattered(round * 100 + index, 50) as u64);
                    assert!(timeout(patience, sandbox.execute_async(code)).await.is_err());
                    sandbox
                });
            }
            // Some are dropped with everything that they hold, the rest one by one.
            for _ in 0..50 {
                runs.join_next().await.unwrap().unwrap();
            }
            runs.abort_all();
            while runs.join_next().await.is_some() {}
        }
    });
    assert!(builder().build().unwrap().execute("print(1)").unwrap().success);
    println!("chaos: {} futures dropped, 100 at once, and the next run is good", n_rounds * 100);
}

/// Reads slowly, and at some point no more: it cancels.
struct Reader {
    cancel: CancellationToken,
    left: AtomicUsize,
}

impl OutputSink for Reader {
    fn write(&self, _: OutputStream, _: &[u8]) {
        thread::sleep(Duration::from_millis(2));
        let before = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before.is_err() {
            self.cancel.cancel();
        }
    }
}

#[test]
fn slow_and_aborted_readers_hold_up_their_own_run_alone() {
    let n_runs = times(5);
    thread::scope(|scope| {
        for lane in 0..2_usize {
            scope.spawn(move || {
                for index in 0..n_runs {
                    let cancel = CancellationToken::new();
                    let left = AtomicUsize::new(scattered(index * 2 + lane, 40));
                    let sink = Arc::new(Reader { cancel: cancel.clone(), left });
                    let mut sandbox = builder().policy(policy()).build().unwrap();
                    let code = "while True: print('x' * 100, flush=True)";
                    let result =
                        sandbox.execute(Program::new(code).with_cancel(cancel).with_sink(sink)).unwrap();
                    assert_eq!(result.ending, Ending::Cancelled);
                    // What was seen is what is kept; lines are whole.
                    assert!(result.stdout.len().is_multiple_of(101) && result.stdout.len() < 1_000_000);
                }
            });
        }
        let mut neighbour = builder().build().unwrap();
        for _ in 0..n_runs {
            let result = neighbour.execute("print(2)").unwrap();
            assert_eq!(result.stdout, "2\n");
        }
    });
    println!("chaos: {} readers went away in the middle", n_runs * 2);
}
