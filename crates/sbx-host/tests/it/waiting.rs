//! Turns that return in order to wait: one run, under one set of limits, whatever lies between its parts.

use std::{
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use sbx_core::Deterministic;
use sbx_host::{Call, CancellationToken, Guest, Image, Instance, Limits, Outcome, RunReport, RunRequest};

use crate::lab::{
    assert_ended, guest, host, instance, limits, open, open_with, run_request, setup, with_fuel, with_timeout,
};

/// A turn of two numbers: how often it waits, and how many microseconds each time. It prints a dot before it waits and one
/// at its end, and returns 7.
const WAITER: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\01\00\00\00.")
    (global $n_left (mut i32) (i32.const 0))
    (global $wait_us (mut i32) (i32.const 0))
    (func (export "host_alloc") (param i32) (result i32) (i32.const 1024))
    (func $go_on (result i32)
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
      (if (i32.eqz (global.get $n_left)) (then (return (i32.const 7))))
      (global.set $n_left (i32.sub (global.get $n_left) (i32.const 1)))
      (i32.sub (i32.const 0) (global.get $wait_us)))
    (func (export "turn") (param $at i32) (param i32) (result i32)
      (global.set $n_left (i32.load (local.get $at)))
      (global.set $wait_us (i32.load offset=4 (local.get $at)))
      (call $go_on))
    (func (export "resume") (param i32 i32) (result i32) (call $go_on)))"#;

const FOR_EVER: i32 = i32::MAX;

/// Compiled once: what happens when many do that at once is no matter of this module.
fn waiter_guest() -> &'static (Guest, Image) {
    static GUEST: OnceLock<(Guest, Image)> = OnceLock::new();
    GUEST.get_or_init(|| guest(WAITER))
}

fn waiter() -> Instance {
    let (guest, image) = waiter_guest();
    open(guest, image)
}

fn request(n_waits: i32, wait_us: i32, limits: Limits) -> RunRequest {
    RunRequest::new(Call::Turn([n_waits.to_le_bytes(), wait_us.to_le_bytes()].concat()), limits)
}

fn run(n_waits: i32, wait_us: i32, limits: Limits) -> RunReport {
    run_request(&mut waiter(), request(n_waits, wait_us, limits))
}

#[test]
fn a_turn_that_waits_is_one_run() {
    let report = run(5, 20_000, limits());
    assert_eq!(report.outcome, Outcome::Returned(7));
    assert_eq!(report.stdout.text(), "......");
    assert!(report.duration >= Duration::from_millis(100), "{:?}", report.duration);
    let none = run(0, 0, limits());
    assert_eq!((none.outcome, none.stdout.text().as_ref()), (Outcome::Returned(7), "."));
}

#[test]
fn an_instance_that_has_waited_takes_the_next_turn() {
    let mut instance = waiter();
    for (n_waits, dots) in [(3, "...."), (0, "."), (2, "...")] {
        let report = run_request(&mut instance, request(n_waits, 1_000, limits()));
        assert_eq!(report.stdout.text(), dots);
        assert!(!instance.is_spent());
    }
}

#[test]
fn its_fuel_goes_on_counting_and_is_exact() {
    let needed = run(9, 10, limits()).fuel_consumed;
    assert_eq!(run(9, 5_000, limits()).fuel_consumed, needed, "waiting itself is free");
    assert!(needed > run(8, 10, limits()).fuel_consumed);
    let host_work = run(9, 10, limits()).host_work;
    let enough = run(9, 10, with_fuel(needed.max(host_work)));
    assert_eq!((enough.outcome, enough.fuel_consumed), (Outcome::Returned(7), needed));
    assert_eq!(run(9, 10, with_fuel(needed - 1)).outcome, Outcome::FuelExhausted);
}

#[test]
fn waking_up_is_work_of_the_host() {
    let report = run(FOR_EVER, 1, with_fuel(10_000_000));
    assert_eq!(report.outcome, Outcome::FuelExhausted);
    assert_eq!(report.host_work, 10_000_000);
}

#[test]
fn its_output_has_one_cap() {
    let mut limits = limits();
    limits.stdout_bytes = 4;
    let report = run(9, 10, limits);
    assert_eq!((report.outcome, report.stdout.text().as_ref()), (Outcome::Returned(7), "...."));
}

#[test]
fn its_deadline_counts_the_waiting() {
    let _held = crate::lab::quiet();
    let due = Duration::from_millis(150);
    for (n_waits, wait_us) in [(1, i32::MAX), (FOR_EVER, 2_000), (FOR_EVER, 40_000)] {
        let mut instance = waiter();
        let started = Instant::now();
        let report = run_request(&mut instance, request(n_waits, wait_us, with_timeout(due)));
        assert_ended(started, due);
        assert_eq!(report.outcome, Outcome::TimedOut, "{wait_us}");
        assert!(instance.is_spent());
    }
}

#[test]
fn cancel_ends_the_waiting() {
    let _held = crate::lab::quiet();
    let cancel = CancellationToken::new();
    let canceller = {
        let cancel = cancel.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            cancel.cancel();
            Instant::now()
        })
    };
    let request = request(1, i32::MAX, with_timeout(Duration::from_secs(20))).with_cancel(cancel);
    let report = run_request(&mut waiter(), request);
    assert_ended(canceller.join().unwrap(), Duration::ZERO);
    assert_eq!(report.outcome, Outcome::Cancelled);
}

#[test]
fn fixed_clocks_do_not_wait() {
    let (guest, image) = waiter_guest();
    let mut instance = open_with(guest, image, setup().with_deterministic(Some(Deterministic::new(1))));
    let started = Instant::now();
    let report = run_request(&mut instance, request(100, i32::MAX, limits()));
    assert_eq!(report.outcome, Outcome::Returned(7));
    assert!(started.elapsed() < Duration::from_secs(5), "two days in {:?}", started.elapsed());
    let slept = u64::from(i32::MAX.unsigned_abs()) * 1_000 * 100;
    assert_eq!(instance.snapshot(None).unwrap().machine().monotonic_ns, slept);
}

#[test]
fn without_resume_a_number_below_zero_is_only_a_number() {
    let wat = WAITER.replace("(export \"resume\")", "(export \"go_on\")");
    let report = run_request(&mut instance(&wat), request(3, 5, limits()));
    assert_eq!((report.outcome, report.stdout.text().as_ref()), (Outcome::Returned(-5), "."));
}

#[test]
fn a_thousand_waiters_share_one_thread() {
    let _held = crate::lab::quiet();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let waiters: Vec<_> = (0..1000).map(|_| waiter()).collect();
    let started = Instant::now();
    let mut runs = tokio::task::JoinSet::new();
    for mut instance in waiters {
        runs.spawn_on(
            async move { host().run(&mut instance, request(3, 100_000, limits())).await.unwrap() },
            runtime.handle(),
        );
    }
    for report in runtime.block_on(runs.join_all()) {
        assert_eq!(report.outcome, Outcome::Returned(7));
    }
    let took = started.elapsed();
    assert!(
        took < Duration::from_secs(15),
        "one after another they would wait 300 s, together they took {took:?}"
    );
}
