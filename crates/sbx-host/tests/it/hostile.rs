//! Any call with any argument: an error number, a trap or an exit, and never a failure of the host.

use proptest::{collection::vec, prelude::*, test_runner::Config};
use sbx_core::Deterministic;
use sbx_host::{Instance, Outcome};
use sbx_vfs::Quota;

use crate::lab::{ARENA, Answers, IMPORTS, PROBE_BYTES, Script, open_with, probe, setup, with_fuel};

/// Addresses, lengths and numbers at every edge there is.
const NASTY: [u64; 16] = [
    0,
    1,
    3,
    0xfff,
    PROBE_BYTES as u64 - 8,
    PROBE_BYTES as u64 - 1,
    PROBE_BYTES as u64,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_ffff,
    1 << 32,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 7,
    u64::MAX,
];

const QUOTA_BYTES: u64 = 1 << 20;

/// A probe whose clock is virtual, so that no call waits.
fn victim() -> Instance {
    let mut setup = setup().with_deterministic(Some(Deterministic::new(1)));
    setup.quota = Quota::default().with_disk_bytes(QUOTA_BYTES).with_max_files(20).with_max_open_files(8);
    open_with(&probe().0, &probe().1, setup)
}

/// What may come of any script at all.
fn check(answers: &Answers) -> Result<(), String> {
    let fine = match answers.report.outcome {
        Outcome::Returned(_) | Outcome::Exited(_) | Outcome::FuelExhausted => true,
        Outcome::Trapped(name) => name != "trap",
        _ => false,
    };
    if !fine {
        return Err(format!("{:?}", answers.report.outcome));
    }
    // 76 is the largest number of WASI preview 1; the door answers -2 to 1.
    if let Some(strange) = answers.errnos.iter().find(|errno| !(-2..=76).contains(*errno)) {
        return Err(format!("the answer {strange}"));
    }
    let usage = answers.report.files.as_ref().ok_or("the files are lost")?.usage();
    if usage.bytes > QUOTA_BYTES || usage.inodes > 20 {
        return Err(format!("{usage:?}"));
    }
    Ok(())
}

/// A call whose arguments make sense, on a path, an iovec and a buffer in the arena.
fn sensible(kinds: &str) -> Vec<u64> {
    let of = |kind| match kind {
        'f' => 3,
        'p' => u64::from(ARENA),
        'n' => 4,
        _ => 0,
    };
    kinds.chars().map(of).collect()
}

fn script() -> Script {
    let mut script = Script::new();
    // As a path `tmp…`; as an iovec far outside of memory.
    script.put(ARENA, b"tmp/x");
    script
}

#[test]
fn every_call_survives_every_edge_in_every_place() {
    let _held = crate::lab::busy();
    for (index, (name, kinds)) in IMPORTS.iter().enumerate() {
        for position in 0..kinds.len() {
            for nasty in NASTY {
                let mut arguments = sensible(kinds);
                arguments[position] = nasty;
                let mut script = script();
                script.record(index, &arguments);
                let answers = script.run_in(&mut victim(), with_fuel(1_000_000_000));
                check(&answers).unwrap_or_else(|problem| panic!("{name}{arguments:x?}: {problem}"));
            }
        }
        for nasty in NASTY {
            let arguments = vec![nasty; kinds.len()];
            let mut script = script();
            script.record(index, &arguments);
            let answers = script.run_in(&mut victim(), with_fuel(1_000_000_000));
            check(&answers).unwrap_or_else(|problem| panic!("{name}{arguments:x?}: {problem}"));
        }
    }
}

#[test]
fn buffers_outside_of_memory_are_traps_for_every_scattered_call() {
    for (name, arguments) in [
        ("fd_write", vec![1, 0x1000, 1, 0x1800]),
        ("fd_read", vec![0, 0x1000, 1, 0x1800]),
        ("fd_write", vec![4, 0x1000, 1, 0x1800]),
        ("fd_pwrite", vec![4, 0x1000, 1, 0, 0x1800]),
    ] {
        for (at, len) in [(PROBE_BYTES - 1, 2), (0xffff_fff0, 0x20), (0, 0xffff_ffff), (PROBE_BYTES, 1)] {
            let mut script = Script::new();
            script.put(ARENA + 0x100, b"tmp/x").iovec(ARENA, at, len);
            script.call("path_open", &[3, 0, 0x1100, 5, 1, 0x42, 0, 0, 0x1200]).call(name, &arguments);
            let answers = script.run_in(&mut victim(), with_fuel(100_000_000_000));
            assert_eq!(answers.report.outcome, Outcome::Trapped("bad_pointer"), "{name} {at:x} {len:x}");
        }
    }
}

fn argument() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0u64..12,
        3 => u64::from(ARENA)..u64::from(ARENA) + 0x1000,
        2 => proptest::sample::select(NASTY.to_vec()),
        1 => any::<u64>(),
        1 => any::<u32>().prop_map(u64::from),
    ]
}

/// Bytes of an arena that are more often paths and iovecs than noise.
fn arena() -> impl Strategy<Value = Vec<u8>> {
    let chunk = prop_oneof![
        proptest::sample::select(vec!["tmp/a", "tmp/b/c", "app", "../x", "a", "/", "tmp/", "."])
            .prop_map(|path| path.as_bytes().to_vec()),
        (argument(), 0u32..300).prop_map(|(at, len)| {
            let mut iovec = (at as u32).to_le_bytes().to_vec();
            iovec.extend(len.to_le_bytes());
            iovec
        }),
        vec(any::<u8>(), 16),
    ];
    vec(chunk, 100).prop_map(|chunks| {
        chunks
            .into_iter()
            .flat_map(|mut chunk| {
                chunk.resize(16, 0);
                chunk
            })
            .collect()
    })
}

#[test]
fn no_sequence_of_calls_makes_the_host_fail() {
    let _held = crate::lab::busy();
    let cases = if std::env::var_os("SBX_SLOW_TESTS").is_some() { 100_000 } else { 2_000 };
    let call = (0..IMPORTS.len(), proptest::array::uniform9(argument()));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    proptest!(config, |(arena in arena(), calls in vec(call, 1..24))| {
        let mut script = Script::new();
        script.put(ARENA, &arena);
        for (index, arguments) in &calls {
            script.record(*index, &arguments[..IMPORTS[*index].1.len()]);
        }
        let answers = script.run_in(&mut victim(), with_fuel(200_000_000));
        if let Err(problem) = check(&answers) {
            return Err(TestCaseError::fail(problem));
        }
    });
}
