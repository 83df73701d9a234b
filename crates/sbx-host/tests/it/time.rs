//! Deadlines and cancelling: whatever the guest does, and whatever its neighbours do.

use std::{
    thread,
    time::{Duration, Instant},
};

use sbx_host::{CancellationToken, Instance, Outcome, RunRequest};

use crate::lab::{assert_ended, call, guest, host, open, run, run_request, with_timeout};

/// Guests at work and guests that wait, each in its way.
const BUSY: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 320)
    (func (export "spin") (loop $l (br $l)))
    (func (export "call") (loop $l (drop (call $yield)) (br $l)))
    (func (export "random") (loop $l (drop (call $random (i32.const 0) (i32.const 65536))) (br $l)))
    (func (export "fill") (loop $l (memory.fill (i32.const 0) (i32.const 7) (i32.const 20971520)) (br $l)))
    (func (export "copy") (loop $l (memory.copy (i32.const 1) (i32.const 0) (i32.const 20971000)) (br $l)))
    ;; A subscription to the monotonic clock in 10^18 nanoseconds.
    (func (export "sleep")
      (i32.store offset=16 (i32.const 0) (i32.const 1))
      (i64.store offset=24 (i32.const 0) (i64.const 1000000000000000000))
      (drop (call $poll (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 2048))))
    ;; Naps of 2 ms for ever.
    (func (export "nap")
      (i32.store offset=16 (i32.const 0) (i32.const 1))
      (i64.store offset=24 (i32.const 0) (i64.const 2000000))
      (loop $l (drop (call $poll (i32.const 0) (i32.const 1024) (i32.const 1) (i32.const 2048))) (br $l))))"#;

const WAYS: [&str; 7] = ["spin", "call", "random", "fill", "copy", "sleep", "nap"];

fn busy() -> Instance {
    let (guest, image) = guest(BUSY);
    open(&guest, &image)
}

#[test]
fn a_deadline_ends_work_and_waiting_alike() {
    let _held = crate::lab::quiet();
    let due = Duration::from_millis(150);
    for way in WAYS {
        let mut instance = busy();
        let started = Instant::now();
        let report = run(&mut instance, way, &[], with_timeout(due));
        assert_ended(started, due);
        assert_eq!(report.outcome, Outcome::TimedOut, "{way}");
        assert!(report.duration >= due, "{way}");
        assert!(instance.is_spent());
    }
}

#[test]
fn twenty_runs_end_each_at_its_own_deadline() {
    let _held = crate::lab::quiet();
    let threads: Vec<_> = (0..20u32)
        .map(|index| {
            thread::spawn(move || {
                let due = Duration::from_millis(400 + u64::from(index) * 40);
                let mut instance = busy();
                let started = Instant::now();
                let report = run(&mut instance, SHORT_SLICES[index as usize % 5], &[], with_timeout(due));
                assert_ended(started, due);
                assert_eq!(report.outcome, Outcome::TimedOut, "{index}");
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn twenty_runs_on_one_thread_end_each_at_its_own_deadline() {
    let _held = crate::lab::quiet();
    // Between any two polls it looks at what the timer woke; by default only after 31, which is tokio's affair.
    let runtime = tokio::runtime::Builder::new_current_thread().global_queue_interval(1).build().unwrap();
    let mut runs = tokio::task::JoinSet::new();
    // Opened before any clock starts: making a guest takes milliseconds, in which the thread does nothing else.
    let instances: Vec<_> = (0..20u32).map(|index| (index, busy())).collect();
    for (index, mut instance) in instances {
        runs.spawn_on(
            async move {
                let due = Duration::from_millis(300 + u64::from(index) * 20);
                let started = Instant::now();
                let request = RunRequest::new(call(SHORT_SLICES[index as usize % 5], &[]), with_timeout(due));
                let report = host().run(&mut instance, request).await.unwrap();
                assert_ended(started, due);
                assert_eq!(report.outcome, Outcome::TimedOut, "{index}");
            },
            runtime.handle(),
        );
    }
    runtime.block_on(runs.join_all());
}

#[test]
fn cancel_ends_work_and_waiting_alike() {
    let _held = crate::lab::quiet();
    for way in WAYS {
        let cancel = CancellationToken::new();
        let canceller = {
            let cancel = cancel.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(50));
                cancel.cancel();
                Instant::now()
            })
        };
        let request =
            RunRequest::new(call(way, &[]), with_timeout(Duration::from_secs(20))).with_cancel(cancel);
        let report = run_request(&mut busy(), request);
        assert_ended(canceller.join().unwrap(), Duration::ZERO);
        assert_eq!(report.outcome, Outcome::Cancelled, "{way}");
    }
}

/// Those whose slices are short even if they share two processors with nineteen others.
const SHORT_SLICES: [&str; 5] = ["spin", "call", "random", "sleep", "nap"];

#[test]
fn cancel_spares_neighbours() {
    let _held = crate::lab::quiet();
    let due = Duration::from_millis(700);
    let cancels: Vec<_> = (0..10).map(|_| CancellationToken::new()).collect();
    let threads: Vec<_> = cancels
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, cancel)| {
            thread::spawn(move || {
                let mut instance = busy();
                let started = Instant::now();
                let request = RunRequest::new(call(SHORT_SLICES[index % 5], &[]), with_timeout(due));
                let report = run_request(&mut instance, request.with_cancel(cancel));
                (report.outcome, started, Instant::now())
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    let cancelled_at = Instant::now();
    cancels[0].cancel();
    cancels[8].cancel();
    for (index, thread) in threads.into_iter().enumerate() {
        let (outcome, started, ended) = thread.join().unwrap();
        if index == 0 || index == 8 {
            assert_eq!(outcome, Outcome::Cancelled, "{index}");
            assert!(ended - cancelled_at <= crate::lab::GRACE, "{index}: {:?}", ended - cancelled_at);
        } else {
            assert_eq!(outcome, Outcome::TimedOut, "{index}");
            assert!(ended - started >= due, "{index} was not ended early");
        }
    }
}

#[test]
fn a_run_that_is_cancelled_before_it_starts_does_nothing() {
    let _held = crate::lab::quiet();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let request = RunRequest::new(call("spin", &[]), with_timeout(Duration::from_secs(20)));
    let report = run_request(&mut busy(), request.with_cancel(cancel));
    assert_eq!((report.outcome, report.fuel_consumed), (Outcome::Cancelled, 0));
}
