//! What a descriptor is and may be asked: devices, flags, rights that are narrowed.

use sbx_core::{Deterministic, GuestPath};
use sbx_host::Outcome;
use sbx_vfs::{Device, TreeBuilder};

use crate::lab::{ARENA, Answers, Script, empty_tree, errno, limits, open_with, probe, setup, with_fuel};

const AT: u64 = ARENA as u64;
/// Where the answers of calls go.
const OUT: u64 = AT + 0x800;
const OUT_32: u32 = ARENA + 0x800;
/// Bytes of `struct fdstat`: `[type: u8][0][flags: u16][0: u32][rights: u64][inheriting: u64]`.
const FDSTAT: u32 = 24;
const CHARACTER_DEVICE: u8 = 2;
const FD_READ: u64 = 1 << 1;
const FD_SEEK: u64 = 1 << 2;
const FD_TELL: u64 = 1 << 5;
const FD_WRITE: u64 = 1 << 6;
const FD_READDIR: u64 = 1 << 14;

/// Opens `path` as the next descriptor.
fn open<'s>(script: &'s mut Script, path: &str, oflags: u64, rights: u64, flags: u64) -> &'s mut Script {
    let at = script.place(path.as_bytes());
    script.call("path_open", &[3, 0, at, path.len() as u64, oflags, rights, 0, flags, OUT])
}

fn run(script: &Script, deterministic: Option<Deterministic>, fuel: u64) -> Answers {
    let mut builder = TreeBuilder::from_tree(empty_tree());
    for (path, device) in [("/dev/null", Device::Null), ("/dev/urandom", Device::Random)] {
        builder.device(&GuestPath::parse(path).unwrap(), device).unwrap();
    }
    let mut setup = setup().with_deterministic(deterministic);
    setup.tree = builder.build();
    script.run_in(&mut open_with(&probe().0, &probe().1, setup), with_fuel(fuel))
}

/// The rights and flags that `fd_fdstat_get` gave, as the nth that the script dumped.
fn rights(answers: &Answers, index: usize) -> (u64, u16) {
    let stat = &answers.out[index * FDSTAT as usize..][..FDSTAT as usize];
    let rights = u64::from_le_bytes(stat[8..16].try_into().unwrap());
    (rights, u16::from_le_bytes(stat[2..4].try_into().unwrap()))
}

#[test]
fn a_device_is_a_character_device_and_no_terminal() {
    let mut script = Script::new();
    open(&mut script, "dev/null", 0, FD_READ | FD_WRITE, 0);
    script.call("fd_fdstat_get", &[4, OUT]).dump(OUT_32, FDSTAT);
    let answers = run(&script, None, limits().fuel);
    assert_eq!(answers.errnos, [errno::SUCCESS; 3]);
    assert_eq!(answers.out[0], CHARACTER_DEVICE);
    // wasi-libc's `isatty` is true for a character device without these two.
    assert_eq!(rights(&answers, 0).0 & (FD_SEEK | FD_TELL), FD_SEEK | FD_TELL);
}

/// Reads the random device into four buffers: of 10 bytes, none, 6 bytes and, for a `huge` one, 192 KiB.
fn random(huge: bool, fd_rights: u64) -> Script {
    let mut script = Script::new();
    open(&mut script, "dev/urandom", 0, fd_rights, 0);
    script.iovec(ARENA, OUT_32, 10).iovec(ARENA + 8, 0, 0).iovec(ARENA + 16, OUT_32 + 10, 6);
    script.iovec(ARENA + 24, 0x1_0000, if huge { 0x3_0000 } else { 0 });
    script.call("fd_read", &[4, AT, 4, OUT + 16]).dump(OUT_32, 20);
    script
}

#[test]
fn the_random_device_is_fresh_in_every_run_and_fixed_in_deterministic_mode() {
    let read = |deterministic| {
        let answers = run(&random(false, FD_READ), deterministic, limits().fuel);
        assert_eq!(answers.errnos, [errno::SUCCESS; 3]);
        assert_eq!(answers.word(4), 16);
        answers.out[..16].to_vec()
    };
    assert_ne!(read(None), read(None));
    let seed = |seed| Some(Deterministic::new(seed));
    assert_eq!(read(seed(1)), read(seed(1)));
    assert_ne!(read(seed(1)), read(seed(2)));
    let answers = run(&random(false, FD_WRITE), None, limits().fuel);
    assert_eq!(answers.errnos[1], errno::BADF);
}

#[test]
fn the_random_device_costs_what_random_get_costs() {
    // 8 units a byte: 192 KiB are 1.5 million and more than this; what is copied to a file would be an eighth.
    let enough = run(&random(true, FD_READ), None, 3_000_000);
    assert_ne!(enough.report.outcome, Outcome::FuelExhausted);
    assert!(enough.report.host_work > 8 * 0x3_0000, "{}", enough.report.host_work);
    assert_eq!(run(&random(true, FD_READ), None, 1_000_000).report.outcome, Outcome::FuelExhausted);
}

#[test]
fn flags_given_at_opening_are_kept() {
    let (append, nonblock, sync) = (1, 4, 16);
    let mut script = Script::new();
    for flags in [0, append, nonblock, sync, append | nonblock | sync] {
        open(&mut script, "tmp/file", 1, FD_READ | FD_WRITE, flags);
    }
    for fd in 4..9 {
        script.call("fd_fdstat_get", &[fd, OUT]).dump(OUT_32, FDSTAT);
    }
    let answers = run(&script, None, limits().fuel);
    let seen: Vec<u16> = (0..5).map(|index| rights(&answers, index).1).collect();
    assert_eq!(seen, [0, 1, 4, 16, 21]);
}

#[test]
fn the_right_to_list_is_enough_to_list_and_not_enough_to_read() {
    let mut script = Script::new();
    open(&mut script, "tmp", 2, FD_READDIR, 0);
    open(&mut script, "tmp/file", 1, FD_READDIR, 0);
    open(&mut script, "tmp", 2, 0, 0);
    script.iovec(ARENA, OUT_32, 10);
    script.call("fd_readdir", &[4, OUT, 256, 0, OUT + 0x400]).call("fd_read", &[5, AT, 1, OUT + 0x400]);
    script.call("fd_readdir", &[6, OUT, 256, 0, OUT + 0x400]);
    let answers = run(&script, None, limits().fuel);
    assert_eq!(answers.errnos[3..], [errno::SUCCESS, errno::BADF, errno::BADF]);
}

#[test]
fn rights_that_are_given_up_are_gone() {
    let all = FD_READ | FD_WRITE | FD_SEEK | FD_TELL;
    let mut script = Script::new();
    open(&mut script, "tmp/file", 1, all, 0);
    script.iovec(ARENA, OUT_32 + 0x100, 10);
    script.call("fd_fdstat_set_rights", &[4, FD_READ | FD_SEEK | FD_TELL, 0]);
    script.call("fd_fdstat_get", &[4, OUT]).dump(OUT_32, FDSTAT);
    script.call("fd_read", &[4, AT, 1, OUT + 0x400]).call("fd_write", &[4, AT, 1, OUT + 0x400]);
    script.call("fd_fdstat_set_rights", &[4, all, 0]);
    // A directory that may be listed still may be.
    open(&mut script, "tmp", 2, FD_READDIR, 0);
    script.call("fd_fdstat_set_rights", &[5, FD_READDIR, 0]);
    script.call("fd_readdir", &[5, OUT, 256, 0, OUT + 0x400]);
    let answers = run(&script, None, limits().fuel);
    assert_eq!(rights(&answers, 0).0 & all, FD_READ | FD_SEEK | FD_TELL);
    let (ok, not_writable) = (errno::SUCCESS, errno::BADF);
    assert_eq!(answers.errnos[4..], [ok, not_writable, errno::NOTCAPABLE, ok, ok, ok]);
}
