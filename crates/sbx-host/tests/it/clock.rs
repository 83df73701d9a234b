//! Time and randomness: the machine's own, or fixed so that the same run is the same to the last bit.

use std::time::{Duration, Instant};

use sbx_core::Deterministic;
use sbx_host::Instance;

use crate::lab::{ARENA, Answers, Script, errno, limits, open, open_with, probe, setup};

const AT: u64 = ARENA as u64;

fn fixed(seed: u64) -> Instance {
    open_with(&probe().0, &probe().1, setup().with_deterministic(Some(Deterministic::new(seed))))
}

/// Reads both clocks, sleeps for `sleep_ns`, reads them again, takes random bytes.
fn look(instance: &mut Instance, sleep_ns: u64) -> Answers {
    let mut script = Script::new();
    script.put(ARENA + 0x100 + 16, &[1]).put(ARENA + 0x100 + 24, &sleep_ns.to_le_bytes());
    script
        .call("clock_time_get", &[0, 0, AT])
        .call("clock_time_get", &[1, 0, AT + 8])
        .call("poll_oneoff", &[AT + 0x100, AT + 0x200, 1, AT + 0x300])
        .call("clock_time_get", &[0, 0, AT + 16])
        .call("clock_time_get", &[1, 0, AT + 24])
        .call("random_get", &[AT + 32, 32])
        .dump(ARENA, 64);
    let answers = script.run_in(instance, limits());
    assert_eq!(answers.errnos, [errno::SUCCESS; 7]);
    answers
}

fn times(answers: &Answers) -> Vec<u64> {
    answers.out[..32].chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
}

#[test]
fn fixed_runs_are_equal_to_the_last_bit() {
    let run = |seed| {
        let mut instance = fixed(seed);
        let answers = look(&mut instance, 5);
        (
            answers.out.clone(),
            answers.report.fuel_consumed,
            answers.report.host_work,
            instance.memory_digest(),
        )
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).0[32..], run(2).0[32..], "another seed");
    assert_eq!(run(1).0[..32], run(2).0[..32], "the same clock");
}

#[test]
fn fixed_time_moves_when_it_is_read_or_slept_on_and_nobody_waits() {
    let year = 365 * 24 * 3600 * 1_000_000_000;
    let started = Instant::now();
    let answers = look(&mut fixed(1), year);
    assert!(started.elapsed() < Duration::from_secs(5));
    let epoch = 1_767_225_600_000_000_000;
    // A microsecond for each reading; polling reads the clock once itself.
    assert_eq!(times(&answers), [epoch + 1_000, 2_000, epoch + year + 4_000, year + 5_000]);
}

#[test]
fn real_time_is_the_machines_and_sleeps_wait() {
    let before =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let answers = look(&mut open(&probe().0, &probe().1), 20_000_000);
    let times = times(&answers);
    assert!(times[0] >= before && times[0] - before < 5_000_000_000);
    assert!(times[3] - times[1] >= 20_000_000, "{times:?}");
    assert!(answers.report.duration >= Duration::from_millis(20));
}

#[test]
fn the_monotonic_clock_goes_on_from_an_image() {
    let mut first = fixed(1);
    look(&mut first, 1_000_000_000_000);
    let image = first.capture("later").unwrap();
    for setup in [setup(), setup().with_deterministic(Some(Deterministic::new(2)))] {
        let answers = look(&mut open_with(&probe().0, &image, setup), 0);
        assert!(times(&answers)[1] > 1_000_000_000_000, "{:?}", times(&answers));
    }
}

#[test]
fn fresh_instances_have_randomness_of_their_own() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..1000 {
        let mut script = Script::new();
        script.call("random_get", &[AT, 16]).dump(ARENA, 16);
        seen.insert(script.run().out);
    }
    assert_eq!(seen.len(), 1000);
}
