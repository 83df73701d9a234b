//! Fuel is exact: the same number every time, and a budget of one less is too little.
//! Host work costs as much as it takes, from a budget of the same size.

use std::time::Duration;

use sbx_core::GuestPath;
use sbx_host::{Outcome, RunReport};
use sbx_vfs::{Quota, TreeBuilder};

use crate::lab::{
    ARENA, Script, errno, guest, instance, limits, open, open_with, probe, run, setup, with_fuel,
};

/// Counts down from its argument: five operators a turn.
const COUNTDOWN: &str = r#"(module (memory (export "memory") 1)
    (func (export "count") (param $n i32)
      (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "tail") (drop (i32.add (i32.const 1) (i32.const 2)))))"#;

fn count(n: i32, fuel: u64) -> RunReport {
    run(&mut instance(COUNTDOWN), "count", &[n], with_fuel(fuel))
}

#[test]
fn fuel_is_the_number_of_operators() {
    let used = |n| count(n, u64::MAX >> 2).fuel_consumed;
    let (ten, thousand) = (used(10), used(1000));
    assert_eq!(thousand - ten, 990 * 5);
    // More than one slice, so that it yields on the way: the count goes on.
    assert_eq!(used(10_000_000) - ten, 9_999_990 * 5);
    for _ in 0..5 {
        assert_eq!(used(1000), thousand);
    }
}

#[test]
fn a_budget_of_exactly_what_is_used_is_enough_and_one_less_is_not() {
    // Both a loop, which looks at its fuel every turn, and straight code, which does not look at all after its start.
    for (export, arguments) in [("count", vec![1000]), ("count", vec![4_000_000]), ("tail", vec![])] {
        let with = |fuel| run(&mut instance(COUNTDOWN), export, &arguments, with_fuel(fuel));
        let needed = with(u64::MAX >> 2).fuel_consumed;
        let enough = with(needed);
        assert_eq!((enough.outcome, enough.fuel_consumed), (Outcome::Returned(0), needed), "{export}");
        for less in [needed - 1, needed / 2, 1] {
            let short = with(less);
            assert_eq!((short.outcome, short.fuel_consumed), (Outcome::FuelExhausted, less), "{export}");
        }
    }
}

#[test]
fn the_largest_budget_that_a_policy_can_have_works() {
    let report = count(1000, i64::MAX as u64);
    assert_eq!(
        (report.outcome, report.fuel_consumed),
        (Outcome::Returned(0), count(1000, 1 << 40).fuel_consumed)
    );
}

#[test]
fn each_run_has_its_whole_budget() {
    let mut instance = instance(COUNTDOWN);
    let needed = run(&mut instance, "count", &[1000], limits()).fuel_consumed;
    for _ in 0..3 {
        assert_eq!(run(&mut instance, "count", &[1000], with_fuel(needed)).fuel_consumed, needed);
    }
}

/// A guest that repeats one call for ever; `setup` is what it puts into memory first.
fn forever(call: &str, arguments: &str, types: &str, setup: &str) -> String {
    format!(
        r#"(module (import "wasi_snapshot_preview1" "{call}" (func $call (param {types}) (result i32)))
             (memory (export "memory") 80)
             (func (export "go") {setup} (loop $again (drop (call $call {arguments})) (br $again))))"#
    )
}

/// Runs a guest that would call for ever on the budget of a fifth of a second of work.
#[track_caller]
fn assert_priced(wat: &str, tree: sbx_vfs::Tree) {
    let _held = crate::lab::busy();
    const FUEL: u64 = 1_000_000_000;
    let (guest, image) = guest(wat);
    let mut setup = setup();
    setup.tree = tree;
    let report = run(&mut open_with(&guest, &image, setup), "go", &[], with_fuel(FUEL));
    assert_eq!(report.outcome, Outcome::FuelExhausted);
    assert_eq!(report.host_work, FUEL, "the budget for host work ended it, not the instructions");
    assert!(report.fuel_consumed < FUEL / 2, "{} instructions", report.fuel_consumed);
    assert!(
        report.duration < Duration::from_secs(3),
        "{:?} for {} calls",
        report.duration,
        report.n_host_calls
    );
}

#[test]
fn tiny_calls_without_end_exhaust_the_budget() {
    let tree = || crate::lab::empty_tree();
    assert_priced(&forever("sched_yield", "", "", ""), tree());
    assert_priced(
        &forever("clock_time_get", "(i32.const 0) (i64.const 0) (i32.const 64)", "i32 i64 i32", ""),
        tree(),
    );
    assert_priced(&forever("fd_tell", "(i32.const 99) (i32.const 64)", "i32 i32", ""), tree());
}

#[test]
fn millions_of_empty_buffers_exhaust_the_budget() {
    let arguments = "(i32.const 1) (i32.const 4096) (i32.const 1024) (i32.const 0)";
    assert_priced(&forever("fd_write", arguments, "i32 i32 i32 i32", ""), crate::lab::empty_tree());
}

#[test]
fn random_bytes_without_end_exhaust_the_budget() {
    let arguments = "(i32.const 0) (i32.const 65536)";
    assert_priced(&forever("random_get", arguments, "i32 i32", ""), crate::lab::empty_tree());
}

#[test]
fn polls_of_many_subscriptions_exhaust_the_budget() {
    // 64 subscriptions to writing on descriptor 1: always ready.
    let setup = "(local $i i32) (loop $more
        (i32.store8 offset=8 (i32.mul (local.get $i) (i32.const 48)) (i32.const 2))
        (i32.store8 offset=16 (i32.mul (local.get $i) (i32.const 48)) (i32.const 1))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 64))))";
    let arguments = "(i32.const 0) (i32.const 8192) (i32.const 64) (i32.const 32768)";
    assert_priced(&forever("poll_oneoff", arguments, "i32 i32 i32 i32", setup), crate::lab::empty_tree());
}

#[test]
fn listings_of_a_large_folder_exhaust_the_budget() {
    let mut builder = TreeBuilder::new();
    for index in 0..9_000 {
        builder
            .read_only_file(&GuestPath::parse(&format!("/file-{index}")).unwrap(), std::sync::Arc::new(b""))
            .unwrap();
    }
    let arguments = "(i32.const 3) (i32.const 0) (i32.const 1000000) (i64.const 0) (i32.const 1048576)";
    assert_priced(&forever("fd_readdir", arguments, "i32 i32 i32 i64 i32", ""), builder.build());
}

#[test]
fn walks_of_deep_paths_exhaust_the_budget() {
    let mut builder = TreeBuilder::new();
    builder.dir(&GuestPath::parse(&"/a".repeat(60)).unwrap()).unwrap();
    let path = vec!["a"; 60].join("/");
    let setup = path
        .bytes()
        .enumerate()
        .map(|(at, byte)| format!("(i32.store8 (i32.const {at}) (i32.const {byte}))"))
        .collect::<String>();
    let arguments =
        format!("(i32.const 3) (i32.const 0) (i32.const 0) (i32.const {}) (i32.const 4096)", path.len());
    assert_priced(&forever("path_filestat_get", &arguments, "i32 i32 i32 i32 i32", &setup), builder.build());
}

#[test]
fn bytes_moved_to_files_are_paid_for() {
    let mut instance = open_with(&probe().0, &probe().1, {
        let mut setup = setup();
        setup.quota = Quota::default();
        setup
    });
    let mut script = Script::new();
    script.put(ARENA, b"tmp/x").iovec(ARENA + 0x100, 0, 0x2_0000);
    script.call("path_open", &[3, 0, ARENA.into(), 5, 1, 0x40, 0, 0, (ARENA + 0x200).into()]);
    for _ in 0..10 {
        script.call("fd_write", &[4, (ARENA + 0x100).into(), 1, (ARENA + 0x300).into()]);
    }
    let answers = script.run_in(&mut instance, limits());
    assert_eq!(answers.errnos, [errno::SUCCESS; 11]);
    assert!(answers.report.host_work > 10 * 0x2_0000, "{}", answers.report.host_work);
    assert_eq!(answers.report.n_host_calls, 12, "and the probe's own answer");
    let poor = script.run_in(&mut open(&probe().0, &probe().1), with_fuel(5 * 0x2_0000));
    assert_eq!(poor.report.outcome, Outcome::FuelExhausted);
}
