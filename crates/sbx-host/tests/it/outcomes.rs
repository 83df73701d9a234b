//! How runs stop: from types, never from texts; and nothing that a guest does is a failure of the host.

use std::task::{Context, Poll, Waker};

use sbx_host::{Call, Outcome, RunRequest};

use crate::lab::{Script, call, guest, host, instance, limits, open, outcome, probe, run};

#[test]
fn a_guest_that_returns_can_run_again() {
    let mut instance = instance(
        r#"(module (memory (export "memory") 1) (global $n (mut i32) (i32.const 40))
             (func (export "count") (result i32)
               (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"#,
    );
    assert_eq!(run(&mut instance, "count", &[], limits()).outcome, Outcome::Returned(41));
    assert_eq!(run(&mut instance, "count", &[], limits()).outcome, Outcome::Returned(42));
    assert!(!instance.is_spent());
}

#[test]
fn proc_exit_ends_the_run_with_the_guests_own_code() {
    // wasmtime-wasi makes a plain error of 126 and more.
    for code in [0, 1, 125, 126, 200, 255, 256, u32::MAX] {
        let mut instance = open(&probe().0, &probe().1);
        let answers = Script::new().call("proc_exit", &[code.into()]).run_in(&mut instance, limits());
        assert_eq!(answers.report.outcome, Outcome::Exited(code));
        assert!(instance.is_spent(), "its stack is gone");
    }
}

#[test]
fn each_trap_has_its_name() {
    let trap = |body: &str| {
        outcome(
            &format!(
                r#"(module (memory (export "memory") 1) (type $none (func)) (type $other (func (param i64)))
                     (table 2 funcref) (elem (i32.const 0) $f) (func $f)
                     (func (export "go") (param $zero i32) {body}))"#
            ),
            "go",
            &[0],
        )
    };
    for (body, name) in [
        ("unreachable", "unreachable"),
        ("(drop (i32.div_s (i32.const 1) (local.get 0)))", "integer_division_by_zero"),
        (
            "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1))))",
            "integer_overflow",
        ),
        ("(drop (i32.trunc_f32_s (f32.const nan)))", "bad_conversion_to_integer"),
        ("(drop (i32.load (i32.const -4)))", "memory_out_of_bounds"),
        ("(call_indirect (type $none) (i32.const 7))", "table_out_of_bounds"),
        ("(call_indirect (type $none) (i32.const 1))", "indirect_call_to_null"),
        ("(call_indirect (type $other) (i64.const 0) (i32.const 0))", "bad_signature"),
    ] {
        assert_eq!(trap(body), Outcome::Trapped(name), "{body}");
    }
}

#[test]
fn endless_recursion_overflows_the_guests_stack_and_not_the_hosts() {
    let wat = r#"(module (memory (export "memory") 1)
        (func $down (export "down") (param i32) (result i32)
          (i32.add (call $down (i32.add (local.get 0) (i32.const 1))) (i32.const 1))))"#;
    assert_eq!(outcome(wat, "down", &[0]), Outcome::StackOverflow);
}

#[test]
fn an_exception_that_nothing_catches_is_a_trap() {
    let wat = r#"(module (memory (export "memory") 1) (tag $t (param i32))
        (func (export "throw") (throw $t (i32.const 1))))"#;
    assert_eq!(outcome(wat, "throw", &[]), Outcome::Trapped("uncaught_exception"));
}

#[test]
fn a_pointer_outside_of_memory_is_a_trap() {
    let report = Script::new().call("random_get", &[0xffff_fff0, 16]).run().report;
    assert_eq!(report.outcome, Outcome::Trapped("bad_pointer"));
}

#[test]
fn a_spent_instance_refuses_to_run() {
    let mut instance = instance(
        r#"(module (memory (export "memory") 1) (func (export "die") unreachable) (func (export "live")))"#,
    );
    assert_eq!(run(&mut instance, "die", &[], limits()).outcome, Outcome::Trapped("unreachable"));
    let again = host().block_on(host().run(&mut instance, RunRequest::new(call("live", &[]), limits())));
    assert_eq!(again.unwrap_err().code(), "host.spent");
    assert_eq!(instance.capture("x").unwrap_err().code(), "host.spent", "nor is it an image");
}

#[test]
fn a_dropped_future_leaves_the_instance_spent() {
    let mut instance = instance(
        r#"(module (memory (export "memory") 1) (func (export "spin") (loop $l (br $l))) (func (export "live")))"#,
    );
    {
        let mut running = Box::pin(host().run(&mut instance, RunRequest::new(call("spin", &[]), limits())));
        let polled = running.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending), "it yields after a slice of fuel");
    }
    assert!(instance.is_spent());
    let again = host().block_on(host().run(&mut instance, RunRequest::new(call("live", &[]), limits())));
    assert_eq!(again.unwrap_err().code(), "host.spent");
}

#[test]
fn a_call_that_the_guest_does_not_have_is_the_callers_error() {
    let wat = r#"(module (memory (export "memory") 1) (func (export "one") (param i32)))"#;
    let (guest, image) = guest(wat);
    for request in [call("two", &[]), call("one", &[]), Call::Turn(b"x".to_vec())] {
        let mut instance = open(&guest, &image);
        let run = host().block_on(host().run(&mut instance, RunRequest::new(request, limits())));
        assert_eq!(run.unwrap_err().code(), "host.engine");
    }
}

#[test]
fn runs_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let mut instance = instance(r#"(module (memory (export "memory") 1) (func (export "f")))"#);
    let running = is_send(host().run(&mut instance, RunRequest::new(call("f", &[]), limits())));
    assert_eq!(host().block_on(running).unwrap().outcome, Outcome::Returned(0));
}
