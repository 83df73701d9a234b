//! Nothing of one run is ever seen by another: regions are recycled, and what was written to them is gone.

use std::{thread, time::Duration};

use sbx_host::{Guest, Host, Image, Instance, Outcome, RunRequest};

use crate::lab::{call, copying_host, guest_on, host, limits, setup, with_fuel, with_timeout};

/// Marks its memory, or looks for marks. The image is 3 MiB, so that a run can write more of it than a reset copies back.
const MARKER: &str = r#"(module (memory (export "memory") 48)
    (data (i32.const 1000) "what belongs to the image") (data (i32.const 3000000) "and its end")
    (func $mark (param $grow i32) (param $step i32)
      (local $at i32) (local $end i32)
      (drop (memory.grow (local.get $grow)))
      (local.set $end (i32.mul (memory.size) (i32.const 65536)))
      (loop $more
        (i64.store (local.get $at) (i64.const 0x0ddba11c0ffee511))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (local.get $step))) (local.get $end)))))
    (func (export "mark") (param i32 i32) (call $mark (local.get 0) (local.get 1)))
    (func (export "trap") (param i32 i32) (call $mark (local.get 0) (local.get 1)) unreachable)
    (func (export "spin") (param i32 i32) (call $mark (local.get 0) (local.get 1)) (loop $l (br $l)))
    ;; The words that are marks; and in grown memory all that are not zero.
    (func (export "look") (param $grow i32) (result i32)
      (local $at i32) (local $end i32) (local $n i32) (local $word i64)
      (drop (memory.grow (local.get $grow)))
      (local.set $end (i32.mul (memory.size) (i32.const 65536)))
      (loop $more
        (local.set $word (i64.load (local.get $at)))
        (local.set $n (i32.add (local.get $n) (i32.or
          (i64.eq (local.get $word) (i64.const 0x0ddba11c0ffee511))
          (i32.and (i32.ge_u (local.get $at) (i32.const 3145728)) (i64.ne (local.get $word) (i64.const 0))))))
        (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
      (local.get $n)))"#;

struct Bench<'a> {
    host: &'a Host,
    guest: Guest,
    image: Image,
}

impl Bench<'_> {
    fn open(&self) -> Instance {
        self.host.block_on(self.host.open(&self.guest, &self.image, setup())).unwrap()
    }

    fn run(&self, request: RunRequest) -> Outcome {
        self.host.block_on(self.host.run(&mut self.open(), request)).unwrap().outcome
    }

    /// Marks memory in a way that depends on `index`, and ends in a way that does.
    fn soil(&self, index: usize) {
        let grow = [0, 1, 16, 300][index / 3 % 4];
        let step = [8, 4096, 12_288, 1 << 20][index / 2 % 4];
        let (name, limits, wanted) = match index % 8 {
            0 => ("trap", limits(), Outcome::Trapped("unreachable")),
            1 => ("spin", with_fuel(50_000_000), Outcome::FuelExhausted),
            2 => ("spin", with_timeout(Duration::from_millis(5)), Outcome::TimedOut),
            _ => ("mark", limits(), Outcome::Returned(0)),
        };
        assert_eq!(self.run(RunRequest::new(call(name, &[grow, step]), limits)), wanted);
    }

    fn inspect(&self, index: usize) {
        assert_eq!(
            self.open().memory_digest().to_string(),
            self.image.reference().digest,
            "after run {index}"
        );
        let grow = [0, 16, 300][index % 3];
        let seen = self.run(RunRequest::new(call("look", &[grow]), limits()));
        assert_eq!(seen, Outcome::Returned(0), "words of another run after run {index}");
    }
}

/// Two threads that soil and inspect regions of one pool.
fn no_run_sees_another(host: &'static Host, n_runs: usize) {
    let _held = crate::lab::busy();
    let n_runs = if std::env::var_os("SBX_SLOW_TESTS").is_some() { n_runs * 20 } else { n_runs };
    let (guest, image) = guest_on(host, MARKER);
    let bench = Bench { host, guest, image };
    thread::scope(|scope| {
        for first in 0..2 {
            let bench = &bench;
            scope.spawn(move || {
                for index in (first..n_runs).step_by(2) {
                    bench.soil(index);
                    bench.inspect(index);
                }
            });
        }
    });
}

#[test]
fn no_run_sees_another_in_mapped_memory() {
    no_run_sees_another(host(), 1_000);
}

#[test]
fn no_run_sees_another_in_copied_memory() {
    no_run_sees_another(copying_host(), 200);
}

#[test]
fn the_inspection_finds_a_mark() {
    let (guest, image) = guest_on(host(), MARKER);
    let bench = Bench { host: host(), guest, image };
    let mut instance = bench.open();
    for (name, arguments, wanted) in [("mark", vec![0, 1 << 20], 0), ("look", vec![0], 3)] {
        let request = RunRequest::new(call(name, &arguments), limits());
        let outcome = host().block_on(host().run(&mut instance, request)).unwrap().outcome;
        assert_eq!(outcome, Outcome::Returned(wanted));
    }
    assert_ne!(instance.memory_digest().to_string(), bench.image.reference().digest);
}

#[test]
fn instances_of_one_image_diverge() {
    let (guest, image) = guest_on(host(), MARKER);
    let bench = Bench { host: host(), guest, image };
    let mut first = bench.open();
    let second = bench.open();
    let request = RunRequest::new(call("mark", &[0, 4096]), limits());
    host().block_on(host().run(&mut first, request)).unwrap();
    assert_eq!(second.memory_digest().to_string(), bench.image.reference().digest);
    assert_eq!(first.snapshot(None).unwrap().pages().len(), 768, "of 4 KiB");
}
