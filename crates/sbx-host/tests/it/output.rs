//! Output: kept up to its limit, counted to the end, flat in host memory, handed on while it is produced.

use std::sync::{Arc, Mutex};

use sbx_host::{Limits, Outcome, OutputSink, OutputStream, RunReport, RunRequest};

use crate::lab::{Script, call, errno, instance, limits, run, run_request};

/// Writes as often as it is told: 64 KiB of `ñ` (two bytes each) in one buffer, to one descriptor.
const FLOOD: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 3)
    (func (export "flood") (param $fd i32) (param $times i32) (result i32)
      (local $at i32)
      (local.set $at (i32.const 65536))
      (loop $fill
        (i32.store16 (local.get $at) (i32.const 0xb1c3))
        (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 2))) (i32.const 131072))))
      (i32.store (i32.const 0) (i32.const 65536))
      (i32.store (i32.const 4) (i32.const 65536))
      (loop $again
        (if (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)) (then (return (i32.const -1))))
        (if (i32.ne (i32.load (i32.const 8)) (i32.const 65536)) (then (return (i32.const -2))))
        (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
      (i32.const 0)))"#;

fn flood(fd: i32, times: i32, limits: Limits) -> RunReport {
    run(&mut instance(FLOOD), "flood", &[fd, times], limits)
}

fn with_output(stdout: u64, stderr: u64) -> Limits {
    let mut limits = limits();
    limits.stdout_bytes = stdout;
    limits.stderr_bytes = stderr;
    limits
}

/// Bytes of memory that this process holds.
#[cfg(target_os = "linux")]
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[cfg(target_os = "linux")]
#[test]
fn a_gibibyte_of_output_leaves_host_memory_flat_and_the_guest_succeeds() {
    let _held = crate::lab::busy();
    let before = resident_bytes();
    let report = flood(1, 16_384, with_output(2_000_001, 1000));
    let grown = resident_bytes().saturating_sub(before);
    assert_eq!(report.outcome, Outcome::Returned(0), "each write was reported as complete");
    assert_eq!(report.stdout.n_written, 1 << 30);
    assert!(report.stdout.truncated());
    assert_eq!(report.stdout.bytes.len(), 2_000_001);
    // Cut before the character that the limit splits, none of which is shown as a replacement character.
    let text = report.stdout.text();
    assert_eq!((text.len(), text.chars().find(|c| *c != 'ñ')), (2_000_000, None));
    // Other tests run meanwhile; that is what most of the allowance is for.
    assert!(grown < 200 << 20, "the host grew by {} MiB", grown >> 20);
}

#[test]
fn each_stream_has_its_own_limit() {
    let report = flood(2, 2, with_output(10, 7));
    assert_eq!(report.outcome, Outcome::Returned(0));
    assert_eq!((report.stderr.text().as_str(), report.stderr.n_written), ("ñññ", 131_072));
    assert_eq!((report.stdout.bytes.len(), report.stdout.truncated()), (0, false));
}

#[test]
fn output_that_fits_exactly_is_not_truncated() {
    let exact = flood(1, 1, with_output(65_536, 1));
    assert_eq!((exact.stdout.bytes.len(), exact.stdout.truncated()), (65_536, false));
    let less = flood(1, 1, with_output(65_535, 1));
    assert_eq!((less.stdout.bytes.len(), less.stdout.truncated()), (65_535, true));
}

#[derive(Default)]
struct Collect(Mutex<Vec<(OutputStream, usize)>>);

impl OutputSink for Collect {
    fn write(&self, stream: OutputStream, bytes: &[u8]) {
        self.0.lock().unwrap().push((stream, bytes.len()));
    }
}

#[test]
fn a_sink_sees_what_is_kept_and_nothing_more() {
    let seen = Arc::new(Collect::default());
    let request = RunRequest::new(call("flood", &[1, 5]), with_output(100_000, 1));
    let sink: Arc<dyn OutputSink> = Arc::<Collect>::clone(&seen);
    let report = run_request(&mut instance(FLOOD), request.with_sink(sink));
    assert_eq!(report.outcome, Outcome::Returned(0));
    assert_eq!(
        *seen.0.lock().unwrap(),
        [(OutputStream::Stdout, 65_536), (OutputStream::Stdout, 100_000 - 65_536)]
    );
}

#[test]
fn output_of_one_run_is_not_in_the_next() {
    let mut instance = instance(FLOOD);
    let first = run(&mut instance, "flood", &[1, 1], with_output(6, 1));
    let second = run(&mut instance, "flood", &[1, 1], with_output(4, 1));
    assert_eq!((first.stdout.text().as_str(), second.stdout.text().as_str()), ("ñññ", "ññ"));
}

#[test]
fn closing_the_standard_streams_loses_nothing() {
    let mut script = Script::new();
    script.put(0x1000, b"kept").iovec(0x1100, 0x1000, 4);
    for fd in 0..3 {
        script.call("fd_close", &[fd]);
    }
    script.call("fd_write", &[1, 0x1100, 1, 0x1200]).call("fd_write", &[2, 0x1100, 1, 0x1200]);
    let answers = script.run();
    assert_eq!(answers.errnos, [errno::SUCCESS; 5]);
    assert_eq!((answers.out.as_slice(), answers.report.stderr.text().as_str()), (b"kept".as_slice(), "kept"));
}

#[test]
fn nothing_else_becomes_a_standard_stream() {
    let mut script = Script::new();
    script.call("fd_renumber", &[3, 1]).call("fd_renumber", &[1, 3]).call("fd_renumber", &[1, 2]);
    assert_eq!(script.run().errnos, [errno::NOTSUP; 3]);
}
