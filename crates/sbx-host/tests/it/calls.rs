//! Calls of WASI with their exact answers, above all to what no honest program asks for.

use sbx_core::GuestPath;
use sbx_host::{Call, Outcome, RunRequest};
use sbx_vfs::{Quota, QuotaKind, TreeBuilder};

use crate::lab::{
    ARENA, Answers, PROBE_BYTES, Script, errno, limits, open, open_with, probe, run_request, setup,
};

const AT: u64 = ARENA as u64;
/// Where the answers of calls go.
const OUT: u64 = AT + 0x800;

/// Calls the same function with different arguments.
fn answers(name: &str, arguments: &[&[u64]]) -> Vec<i32> {
    let mut script = Script::new();
    for arguments in arguments {
        script.call(name, arguments);
    }
    script.run().errnos
}

#[test]
fn arguments_and_environment_are_what_the_host_says_and_nothing_else() {
    let mut setup = setup().with_args(vec!["py".to_owned(), "/pkgs".to_owned()]);
    setup.environ = vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), String::new())];
    let mut script = Script::new();
    script
        .call("args_sizes_get", &[OUT, OUT + 4])
        .call("environ_sizes_get", &[OUT + 8, OUT + 12])
        .call("args_get", &[OUT + 16, OUT + 64])
        .call("environ_get", &[OUT + 24, OUT + 128])
        .dump(OUT as u32, 32)
        .dump(OUT as u32 + 64, 9)
        .dump(OUT as u32 + 128, 7);
    let answers = script.run_in(&mut open_with(&probe().0, &probe().1, setup), limits());
    assert_eq!(answers.errnos, [errno::SUCCESS; 7]);
    let at = OUT as u32;
    let words: Vec<u32> = (0..8).map(|index| answers.word(index)).collect();
    assert_eq!(words, [2, 9, 2, 7, at + 64, at + 67, at + 128, at + 132]);
    assert_eq!(&answers.out[32..], b"py\0/pkgs\0A=1\0B=\0");
    let mut nothing = Script::new();
    nothing.call("environ_sizes_get", &[OUT, OUT + 4]).dump(OUT as u32, 8);
    assert_eq!(nothing.run().out, [0; 8]);
}

#[test]
fn polls_have_at_most_64_subscriptions() {
    let to_stdout = |n: u64| {
        let mut script = Script::new();
        for index in 0..n.min(70) {
            let at = ARENA + index as u32 * 48;
            script.put(at, &index.to_le_bytes()).put(at + 8, &[2]).put(at + 16, &[1]);
        }
        script.call("poll_oneoff", &[AT, AT + 0x2000, n, OUT + 0x700]).dump(OUT as u32 + 0x700, 4);
        let answers = script.run();
        (answers.errnos[0], answers.word(0))
    };
    assert_eq!(to_stdout(64), (errno::SUCCESS, 64));
    for n in [0, 65, 450_000] {
        assert_eq!(to_stdout(n), (errno::INVAL, 0), "{n}");
    }
    // What this many would cost is more than the run has.
    let report = Script::new().call("poll_oneoff", &[AT, AT, 0xffff_ffff, OUT]).run().report;
    assert_eq!(report.outcome, Outcome::FuelExhausted);
}

#[test]
fn a_poll_of_a_descriptor_that_is_none_says_so_in_its_event() {
    let mut script = Script::new();
    script.put(ARENA, &7u64.to_le_bytes()).put(ARENA + 8, &[1]).put(ARENA + 16, &[99]);
    script.call("poll_oneoff", &[AT, AT + 0x100, 1, OUT]).dump(ARENA + 0x100, 16);
    let answers = script.run();
    assert_eq!(answers.errnos[0], errno::SUCCESS);
    assert_eq!(answers.out[..8], 7u64.to_le_bytes());
    assert_eq!(answers.out[8], errno::BADF as u8);
}

#[test]
fn randomness_comes_in_pieces_of_64_kibibytes() {
    let base = 0x1_0000;
    let mut script = Script::new();
    script.call("random_get", &[base, 65_536]).call("random_get", &[base, 65_537]);
    script.call("random_get", &[base, 0xffff_ffff]).call("random_get", &[base, 0]);
    script.dump(0x1_0000, 65_536);
    let answers = script.run();
    assert_eq!(answers.errnos[..4], [errno::SUCCESS, errno::INVAL, errno::INVAL, errno::SUCCESS]);
    let n_zeros = answers.out.iter().filter(|byte| **byte == 0).count();
    assert!(n_zeros < 1000, "{n_zeros} of 65,536 random bytes are zero");
}

#[test]
fn scattered_calls_have_at_most_1024_buffers() {
    // All of them empty, at address 0.
    let with = |name: &str, fd: u64, n: u64| match name {
        "fd_pread" | "fd_pwrite" => answers(name, &[&[fd, 0x2000, n, 0, OUT]]),
        _ => answers(name, &[&[fd, 0x2000, n, OUT]]),
    };
    for (name, fd) in [("fd_write", 1), ("fd_write", 2), ("fd_read", 0)] {
        assert_eq!(with(name, fd, 1024), [errno::SUCCESS], "{name}");
    }
    for name in ["fd_write", "fd_read", "fd_pread", "fd_pwrite"] {
        for n in [1025, 16_700_000, 0xffff_ffff] {
            assert_eq!(with(name, 1, n), [errno::INVAL], "{name} {n}");
        }
    }
}

#[test]
fn standard_streams_are_no_terminals_and_do_not_seek() {
    let mut script = Script::new();
    for fd in 0..3 {
        script.call("fd_fdstat_get", &[fd, OUT]).dump(OUT as u32, 1);
    }
    let answers = script.run();
    assert_eq!(answers.out, [0, 0, 0], "unknown; 2 would be a terminal, and tracebacks coloured");
    let mut script = Script::new();
    for fd in 0..3 {
        script.call("fd_seek", &[fd, 0, 0, OUT]).call("fd_tell", &[fd, OUT]);
    }
    assert_eq!(script.run().errnos, [errno::SPIPE; 6]);
    let mut script = Script::new();
    script.iovec(ARENA, ARENA + 0x100, 4);
    script
        .call("fd_read", &[1, AT, 1, OUT])
        .call("fd_read", &[2, AT, 1, OUT])
        .call("fd_write", &[0, AT, 1, OUT]);
    script.call("fd_pwrite", &[1, AT, 1, 0, OUT]);
    assert_eq!(script.run().errnos, [errno::BADF, errno::BADF, errno::BADF, errno::SPIPE]);
}

#[test]
fn standard_input_is_read_in_pieces_and_ends() {
    let mut script = Script::new();
    script.iovec(ARENA, ARENA + 0x100, 3).iovec(ARENA + 8, ARENA + 0x110, 1);
    for _ in 0..3 {
        script
            .call("fd_read", &[0, AT, 2, OUT])
            .dump(OUT as u32, 4)
            .dump(ARENA + 0x100, 3)
            .dump(ARENA + 0x110, 1);
    }
    let request = RunRequest::new(Call::Turn(script.encode()), limits()).with_stdin(*b"abcdef");
    let answers = Answers::of(run_request(&mut open(&probe().0, &probe().1), request), 12);
    assert_eq!(answers.out, b"\x04\0\0\0abcd\x02\0\0\0efcd\0\0\0\0efcd");
}

#[test]
fn there_is_one_preopened_directory() {
    let mut script = Script::new();
    script
        .call("fd_prestat_get", &[3, OUT])
        .dump(OUT as u32, 8)
        .call("fd_prestat_dir_name", &[3, OUT, 1])
        .dump(OUT as u32, 1)
        .call("fd_prestat_dir_name", &[3, OUT, 0])
        .call("fd_prestat_get", &[4, OUT])
        .call("fd_prestat_get", &[1, OUT])
        .call("fd_prestat_dir_name", &[0xffff_ffff, OUT, 10]);
    let answers = script.run();
    assert_eq!(answers.out, b"\0\0\0\0\x01\0\0\0/");
    assert_eq!(answers.errnos[4..], [errno::NAMETOOLONG, errno::BADF, errno::BADF, errno::BADF]);
}

#[test]
fn there_are_no_sockets_and_no_signals() {
    for (fd, wanted) in [(1, errno::NOTSOCK), (3, errno::NOTSOCK), (99, errno::BADF)] {
        let mut script = Script::new();
        script
            .call("sock_accept", &[fd, 0, OUT])
            .call("sock_recv", &[fd, AT, 0, 0, OUT, OUT])
            .call("sock_send", &[fd, AT, 0, 0, OUT])
            .call("sock_shutdown", &[fd, 1]);
        assert_eq!(script.run().errnos, [wanted; 4], "{fd}");
    }
    assert_eq!(answers("proc_raise", &[&[9]]), [errno::NOTSUP]);
}

#[test]
fn listings_go_on_from_any_cookie() {
    let mut builder = TreeBuilder::new();
    builder.dir(&GuestPath::parse("/d").unwrap()).unwrap();
    for name in ["a", "bb", "ccc"] {
        builder.file(&GuestPath::parse(&format!("/d/{name}")).unwrap(), b"x").unwrap();
    }
    let mut setup = setup();
    setup.tree = builder.build();
    let mut instance = open_with(&probe().0, &probe().1, setup);
    let mut opening = Script::new();
    opening.put(ARENA, b"d").call("path_open", &[3, 0, AT, 1, 2, 2, 0, 0, OUT]).dump(OUT as u32, 4);
    let fd = u64::from(opening.run_in(&mut instance, limits()).word(0));
    // One name at a time, in a buffer that has room for no more.
    let mut names = Vec::new();
    let mut cookie = 0;
    loop {
        let mut script = Script::new();
        script.call("fd_readdir", &[fd, AT, 40, cookie, OUT]).dump(OUT as u32, 4).dump(ARENA, 40);
        let answers = script.run_in(&mut instance, limits());
        assert_eq!(answers.errnos[0], errno::SUCCESS);
        let (used, entry) = (answers.word(0), &answers.out[4..]);
        if used == 0 {
            break;
        }
        let len = u32::from_le_bytes(entry[16..20].try_into().unwrap()) as usize;
        assert_eq!(entry[21..24], [0; 3], "padding leaks nothing");
        names.push(String::from_utf8(entry[24..24 + len].to_vec()).unwrap());
        cookie = u64::from_le_bytes(entry[..8].try_into().unwrap());
        assert!(names.len() < 10, "{names:?}");
    }
    assert_eq!(names, [".", "..", "a", "bb", "ccc"]);
    for cookie in [u64::MAX, u64::MAX >> 1, 1 << 32] {
        let mut script = Script::new();
        script.call("fd_readdir", &[fd, AT, 40, cookie, OUT]).dump(OUT as u32, 4);
        let answers = script.run_in(&mut instance, limits());
        assert_eq!((answers.errnos[0], answers.word(0)), (errno::SUCCESS, 0), "after the end: {cookie}");
    }
}

#[test]
fn a_listing_into_a_huge_buffer_writes_no_more_than_there_is() {
    let mut script = Script::new();
    // A length that reaches beyond memory is fine as long as the listing is shorter.
    script.call("fd_readdir", &[3, AT, 0xffff_ffff, 0, OUT]).dump(OUT as u32, 4);
    let answers = script.run();
    assert_eq!(answers.errnos[0], errno::SUCCESS);
    assert_eq!(answers.word(0), 4 * 24 + 1 + 2 + 3 + 3, "`.`, `..`, `app`, `tmp`");
}

/// Opens a path for reading and writing, creating it.
fn open_path(script: &mut Script, path: &[u8]) {
    let at = script.place(path);
    script.call("path_open", &[3, 0, at, path.len() as u64, 1, 0x42, 0, 0, OUT]);
}

#[test]
fn paths_that_are_none_are_refused() {
    let refuse = |path: &[u8]| {
        let mut script = Script::new();
        open_path(&mut script, path);
        script.run().errnos[0]
    };
    assert_eq!(refuse(b"tmp/x"), errno::SUCCESS);
    for (path, wanted) in [
        (b"".as_slice(), errno::NOENT),
        (b"/tmp/x", errno::PERM),
        (b"tmp/\xff", errno::ILSEQ),
        (b"tmp/a\0b", errno::INVAL),
        (b"tmp/a\nb", errno::INVAL),
        (b"tmp/a\\b", errno::INVAL),
        // Above the root is the root, as in Linux; and there is no such folder in it.
        (b"../../etc/passwd", errno::NOENT),
        (b"tmp/../../etc/passwd", errno::NOENT),
        (&[b'x'; 1025], errno::NAMETOOLONG),
        (&[b'x'; 256], errno::NAMETOOLONG),
    ] {
        assert_eq!(refuse(path), wanted, "{:?}", String::from_utf8_lossy(path));
    }
}

#[test]
fn a_chain_of_links_ends() {
    let mut script = Script::new();
    script.put(ARENA, b"loop").put(ARENA + 0x10, b"tmp/loop");
    script
        .call("path_symlink", &[AT, 4, 3, AT + 0x10, 8])
        .call("path_open", &[3, 1, AT + 0x10, 8, 0, 2, 0, 0, OUT]);
    assert_eq!(script.run().errnos, [errno::SUCCESS, errno::LOOP]);
}

#[test]
fn quotas_have_their_error_numbers_and_are_seen_by_the_host() {
    let mut setup = setup();
    setup.quota = Quota::default()
        .with_max_open_files(3)
        .with_max_files(4)
        .with_disk_bytes(10_000)
        .with_max_file_bytes(6_000);
    let mut instance = open_with(&probe().0, &probe().1, setup);
    let mut script = Script::new();
    for path in [b"tmp/1", b"tmp/2", b"tmp/3", b"tmp/4"] {
        open_path(&mut script, path);
        script.dump(OUT as u32, 4);
    }
    let answers = script.run_in(&mut instance, limits());
    let errnos: Vec<_> = answers.errnos.chunks(2).map(|pair| pair[0]).collect();
    assert_eq!(errnos, [errno::SUCCESS, errno::SUCCESS, errno::SUCCESS, errno::MFILE]);
    let fd = u64::from(answers.word(0));
    let mut script = Script::new();
    script
        .call("fd_filestat_set_size", &[fd, 1 << 40])
        .call("fd_filestat_set_size", &[fd, 6_000])
        .call("fd_filestat_set_size", &[fd + 1, 4_001])
        .call("fd_filestat_set_size", &[fd + 1, 4_000])
        .call("fd_allocate", &[fd + 2, 0, 1])
        .call("fd_close", &[fd + 2]);
    open_path(&mut script, b"tmp/4");
    script.call("fd_close", &[fd + 2]);
    open_path(&mut script, b"tmp/5");
    let answers = script.run_in(&mut instance, limits());
    assert_eq!(
        answers.errnos,
        [
            errno::FBIG,
            errno::SUCCESS,
            errno::NOSPC,
            errno::SUCCESS,
            errno::NOSPC,
            errno::SUCCESS,
            errno::SUCCESS,
            errno::SUCCESS,
            errno::NOSPC
        ]
    );
    let hits = answers.report.quota_hits;
    let all = [QuotaKind::Disk, QuotaKind::Files, QuotaKind::OpenFiles, QuotaKind::FileSize];
    assert!(all.into_iter().all(|kind| hits.contains(kind)), "{hits:?}");
}

#[test]
fn existing_files_and_folders_answer_as_such() {
    let mut script = Script::new();
    open_path(&mut script, b"tmp/x");
    script.put(ARENA, b"tmp/x").call("path_create_directory", &[3, AT, 5]).put(ARENA + 0x20, b"tmp/x/y");
    script
        .call("path_filestat_get", &[3, 0, AT + 0x20, 7, OUT])
        .call("path_open", &[3, 0, AT, 5, 5, 2, 0, 0, OUT]);
    assert_eq!(script.run().errnos, [errno::SUCCESS, errno::EXIST, errno::NOTDIR, errno::EXIST]);
}

#[test]
fn rights_only_ever_shrink() {
    let mut script = Script::new();
    script.put(ARENA, b"tmp/x").iovec(ARENA + 0x40, ARENA, 5);
    script
        .call("path_open", &[3, 0, AT, 5, 1, 0x42, 0, 0, OUT])
        .call("fd_write", &[4, AT + 0x40, 1, OUT])
        .call("fd_fdstat_set_rights", &[4, 0x02, 0])
        .call("fd_write", &[4, AT + 0x40, 1, OUT])
        .call("fd_fdstat_set_rights", &[4, 0x42, 0]);
    let errnos = script.run().errnos;
    assert_eq!(errnos[..3], [errno::SUCCESS; 3]);
    assert!([errno::BADF, errno::NOTCAPABLE].contains(&errnos[3]), "{errnos:?}");
    assert_eq!(errnos[4], errno::NOTCAPABLE);
}

#[test]
fn the_door_takes_reports_and_has_no_tools() {
    let mut script = Script::new();
    script.put(ARENA, b"\0first").put(ARENA + 0x10, b"\0second").put(ARENA + 0x20, b"{\"v\":1}");
    script
        .call("host.call", &[AT, 6, OUT, OUT])
        .call("host.call", &[AT + 0x20, 7, OUT, OUT])
        .call("host.call", &[AT, 0, OUT, OUT])
        .call("host.call", &[AT + 0x10, 7, OUT, OUT])
        .call("host.call", &[(PROBE_BYTES - 1).into(), 2, OUT, OUT])
        .call("host.call", &[0xffff_fff0, 0xffff_fff0, OUT, OUT]);
    let answers = script.run();
    assert_eq!(answers.errnos, [0, -1, -1, 0, -2, -2]);
    assert_eq!(answers.report.report.as_deref(), Some(b"second".as_slice()), "the last one counts");
}

#[test]
fn the_door_says_if_files_are_open_for_writing() {
    let mut script = Script::new();
    script.put(ARENA + 0x20, b"\0x").call("host.call", &[AT + 0x20, 2, OUT, OUT]);
    open_path(&mut script, b"tmp/x");
    script.call("host.call", &[AT + 0x20, 2, OUT, OUT]).call("fd_close", &[4]);
    script.call("host.call", &[AT + 0x20, 2, OUT, OUT]);
    assert_eq!(script.run().errnos, [0, errno::SUCCESS, 1, errno::SUCCESS, 0]);
}

#[test]
fn a_report_of_one_run_is_not_in_the_next() {
    let mut instance = open(&probe().0, &probe().1);
    let mut script = Script::new();
    script.put(ARENA, b"\0x").call("host.call", &[AT, 2, OUT, OUT]);
    assert!(script.run_in(&mut instance, limits()).report.report.is_some());
    assert!(Script::new().call("sched_yield", &[]).run_in(&mut instance, limits()).report.report.is_none());
}

#[test]
fn a_report_over_eight_mebibytes_is_refused() {
    let wat = r#"(module (import "host" "call" (func $call (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 160)
        (func (export "send") (param i32) (result i32)
          (call $call (i32.const 0) (local.get 0) (i32.const 0) (i32.const 0))))"#;
    let send = |len: i32| {
        let report = crate::lab::run(&mut crate::lab::instance(wat), "send", &[len], limits());
        (report.outcome, report.report.map(|bytes| bytes.len()))
    };
    assert_eq!(send((8 << 20) + 1), (Outcome::Returned(0), Some(8 << 20)));
    assert_eq!(send((8 << 20) + 2), (Outcome::Returned(-2), None));
}
