//! Memory: what a run adds to its image, of every kind, under one limit.

use sbx_host::{Instance, Limits, Outcome, RunReport};

use crate::lab::{copying_host, guest, guest_on, instance, limits, open, run, setup};

/// Grows what it is told to; an image of two pages.
const GROWER: &str = r#"(module (memory (export "memory") 2) (table $t 0 funcref) (tag $e (param i32))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "touch") (param i32) (i32.store (local.get 0) (i32.const 1)))
    ;; Keeps every exception that it throws alive, in the frames of a recursion.
    (func $keep (export "keep") (param $n i32) (result i32)
      (local $held exnref)
      (block $caught (result i32 exnref)
        (try_table (catch_ref $e $caught) (throw $e (local.get $n)))
        (unreachable))
      (local.set $held)
      (drop)
      (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
      (i32.add (call $keep (i32.sub (local.get $n) (i32.const 1)))
               (ref.is_null (local.get $held))))
    ;; Throws and forgets.
    (func (export "throw") (param $n i32)
      (loop $again
        (block $caught (result i32) (try_table (catch $e $caught) (throw $e (local.get $n))) (unreachable))
        (drop)
        (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;

const PAGE: u64 = 0x1_0000;

fn with_memory(bytes: u64) -> Limits {
    let mut limits = limits();
    limits.memory_bytes = bytes;
    limits
}

fn grow(instance: &mut Instance, pages: i32, limit: u64) -> RunReport {
    run(instance, "grow", &[pages], with_memory(limit))
}

#[test]
fn the_limit_is_to_the_byte_and_the_image_is_not_counted() {
    let enough = grow(&mut instance(GROWER), 5, 5 * PAGE);
    assert_eq!((enough.outcome, enough.memory_denied), (Outcome::Returned(2), false));
    assert_eq!(enough.memory_bytes, 7 * PAGE);
    let short = grow(&mut instance(GROWER), 5, 5 * PAGE - 1);
    assert_eq!((short.outcome, short.memory_denied), (Outcome::Returned(-1), true));
    assert_eq!(short.memory_bytes, 2 * PAGE);
}

#[test]
fn images_that_are_copied_are_not_counted_either() {
    let (guest, image) = guest_on(copying_host(), GROWER);
    let mut instance = copying_host().block_on(copying_host().open(&guest, &image, setup())).unwrap();
    let report = grow(&mut instance, 5, 5 * PAGE);
    assert_eq!((report.outcome, report.memory_denied), (Outcome::Returned(2), false));
}

#[test]
fn growth_adds_up_over_the_runs_of_an_instance() {
    let mut instance = instance(GROWER);
    assert_eq!(grow(&mut instance, 3, 5 * PAGE).outcome, Outcome::Returned(2));
    let denied = grow(&mut instance, 3, 5 * PAGE);
    assert_eq!((denied.outcome, denied.memory_denied), (Outcome::Returned(-1), true));
    let fits = grow(&mut instance, 2, 5 * PAGE);
    assert_eq!(
        (fits.outcome, fits.memory_denied),
        (Outcome::Returned(5), false),
        "denied growth costs nothing"
    );
}

#[test]
fn no_request_is_too_large_to_be_refused() {
    for pages in [65_536, 65_534, i32::MAX, -1] {
        let report = grow(&mut instance(GROWER), pages, i64::MAX as u64);
        let all = pages == 65_534;
        assert_eq!(report.outcome, Outcome::Returned(if all { 2 } else { -1 }), "{pages}");
    }
}

#[test]
fn memory_that_was_refused_cannot_be_touched() {
    let mut instance = instance(GROWER);
    grow(&mut instance, 5, PAGE);
    let report = run(&mut instance, "touch", &[0x2_0000], limits());
    assert_eq!(report.outcome, Outcome::Trapped("memory_out_of_bounds"));
}

#[test]
fn tables_count_too() {
    let report = run(&mut instance(GROWER), "table", &[1000], with_memory(8000));
    assert_eq!((report.outcome, report.memory_denied), (Outcome::Returned(0), false));
    let report = run(&mut instance(GROWER), "table", &[1001], with_memory(8000));
    assert_eq!((report.outcome, report.memory_denied), (Outcome::Returned(-1), true));
}

#[test]
fn exceptions_that_are_dropped_cost_nothing_in_the_end() {
    let report = run(&mut instance(GROWER), "throw", &[500_000], with_memory(1 << 20));
    assert_eq!(report.outcome, Outcome::Returned(0));
}

#[test]
fn exceptions_that_are_kept_end_the_guest_and_not_the_host() {
    let (guest, image) = guest(GROWER);
    let few = run(&mut open(&guest, &image), "keep", &[100], with_memory(1 << 20));
    assert_eq!(few.outcome, Outcome::Returned(0));
    let many = run(&mut open(&guest, &image), "keep", &[100_000], with_memory(1 << 20));
    assert_eq!((many.outcome, many.memory_denied), (Outcome::Trapped("out_of_memory"), true));
}
