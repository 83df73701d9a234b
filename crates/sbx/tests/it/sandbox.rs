//! Sandboxes: programs one after another, their files, their policy, and what is rolled back.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use sbx::{
    CancellationToken, Ending, ExecutionPolicy, GuestPath, OutputSink, OutputStream, Program, RuntimeType,
    Sandbox, SandboxResult, create_sandbox,
};

use crate::lab::{builder, runtimes};

fn sandbox() -> Sandbox {
    builder().build().unwrap()
}

fn names(paths: &[GuestPath]) -> Vec<&str> {
    paths.iter().map(GuestPath::as_str).collect()
}

#[test]
fn the_first_example_works() {
    runtimes();
    let result = create_sandbox(RuntimeType::Python).unwrap().execute("print('Hello from WASM!')").unwrap();
    assert_eq!((result.stdout.as_str(), result.success), ("Hello from WASM!\n", true));
    let result = create_sandbox(RuntimeType::Python)
        .unwrap()
        .execute("import pandas as pd\nprint(pd.Series([1, 2, 3]).sum())")
        .unwrap();
    assert_eq!((result.ending, result.stdout.as_str()), (Ending::Ok, "6\n"));
    assert!(result.fuel_consumed > 0 && result.fuel_consumed < 1_000_000_000, "{}", result.fuel_consumed);
}

#[test]
fn a_result_is_complete_and_round_trips_through_json() {
    let result = sandbox().execute("open('x', 'w').write('1')\n40 + 2").unwrap();
    assert_eq!((result.turn, result.runtime, result.value()), (1, RuntimeType::Python, Some("42")));
    assert_eq!(names(&result.files_created), ["/app/x"]);
    assert!(result.duration_ms > 0.0 && (result.duration_seconds * 1e3 - result.duration_ms).abs() < 1e-9);
    assert_eq!(result.mem_pages * 65_536, result.memory_used_bytes);
    for key in ["run_id", "image", "code_hash", "host_calls", "host_work"] {
        assert!(result.metadata.contains_key(key), "{key}");
    }
    let json = serde_json::to_string(&result).unwrap();
    assert_eq!(serde_json::from_str::<SandboxResult>(&json).unwrap(), result);
}

#[test]
fn files_stay_and_variables_do_not() {
    let mut sandbox = sandbox();
    sandbox.execute("x = 1\nopen('x.txt', 'w').write('kept')").unwrap();
    let second = sandbox.execute("print(open('x.txt').read())\nx").unwrap();
    assert_eq!((second.turn, second.stdout.as_str()), (2, "kept\n"));
    assert_eq!(second.error.unwrap().kind, "NameError");
}

#[test]
fn a_persistent_interpreter_keeps_variables_too() {
    let mut sandbox = builder().auto_persist_globals(true).build().unwrap();
    sandbox.execute("x = 41").unwrap();
    assert_eq!(sandbox.execute("x + 1").unwrap().value(), Some("42"));
    sandbox.execute("1/0").unwrap();
    assert_eq!(sandbox.execute("x").unwrap().value(), Some("41"), "an exception is no loss");
}

#[test]
fn what_a_program_did_before_it_was_cut_off_is_rolled_back() {
    for (tail, ending) in [
        ("while True: pass", Ending::FuelExhausted),
        ("import time\ntime.sleep(100)", Ending::Timeout),
        ("import os\nos.abort()", Ending::Trap),
    ] {
        for persists in [false, true] {
            let policy = ExecutionPolicy::default().with_fuel_budget(300_000_000).with_timeout_seconds(0.3);
            let mut sandbox = builder().policy(policy).auto_persist_globals(persists).build().unwrap();
            sandbox.execute("x = 1\nopen('a', 'w').write('before')\nopen('b', 'w').write('b')").unwrap();
            let cut = format!(
                "import os\nwith open('a', 'w') as f: f.write('half')\nopen('new', 'w').close()\nos.remove('b')\n{tail}"
            );
            let result = sandbox.execute(cut).unwrap();
            assert_eq!(result.ending, ending);
            assert_eq!(
                result.files_created.len() + result.files_modified.len() + result.files_deleted.len(),
                0
            );
            assert!(result.metadata["rolled_back"].contains("files"), "{:?}", result.metadata);
            assert_eq!(sandbox.read_file("a").unwrap(), b"before");
            assert_eq!(names(&sandbox.list_files()), ["/app/a", "/app/b"]);
            let after = sandbox.execute("print(open('a').read())\nx").unwrap();
            assert_eq!(after.stdout, "before\n");
            assert_eq!(after.error.unwrap().kind, "NameError", "a cut-off interpreter is gone");
        }
    }
}

#[test]
fn the_host_puts_files_in_and_takes_files_out() {
    let mut sandbox = sandbox();
    sandbox.write_file("in/data.csv", b"a\n1\n2\n").unwrap();
    sandbox.write_file("/app/plain.bin", b"\0\xff").unwrap();
    let code = "import csv\nprint(sum(int(r['a']) for r in csv.DictReader(open('in/data.csv'))), open('plain.bin', 'rb').read())\nopen('out.txt', 'w').write('ñ')";
    let result = sandbox.execute(code).unwrap();
    assert_eq!(result.stdout, "3 b'\\x00\\xff'\n", "{}", result.stderr);
    assert_eq!(sandbox.read_file("out.txt").unwrap(), "ñ".as_bytes());
    assert_eq!(names(&sandbox.list_files()), ["/app/in/data.csv", "/app/out.txt", "/app/plain.bin"]);
    sandbox.remove_file("in").unwrap();
    assert_eq!(names(&sandbox.list_files()), ["/app/out.txt", "/app/plain.bin"]);
    assert!(sandbox.read_file("in/data.csv").is_err());
    assert!(sandbox.remove_file("nothing").is_err());
}

#[test]
fn paths_of_the_host_side_are_checked_too() {
    let mut sandbox = sandbox();
    for path in ["", "../../etc/x", "a\0b", "/usr/x", "a/../../../x", "site-packages/x.py"] {
        assert!(sandbox.write_file(path, b"x").is_err(), "{path:?}");
    }
    for path in ["/etc/passwd", "../../etc/passwd"] {
        assert!(sandbox.read_file(path).is_err(), "{path:?}");
    }
    let mut small = ExecutionPolicy::default();
    small.disk_bytes = 10;
    let mut sandbox = builder().policy(small).build().unwrap();
    assert!(sandbox.write_file("x", &[0; 11]).is_err(), "the quota holds for the host too");
    sandbox.write_file("x", &[0; 10]).unwrap();
}

#[test]
fn host_code_never_follows_a_link_of_the_guests() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    let mut sandbox = sandbox();
    let target = folder.path().join("secret");
    let code = format!("import os\nos.symlink({target:?}, 'l')\nos.symlink({:?}, 'd')", folder.path());
    assert_eq!(sandbox.execute(code).unwrap().ending, Ending::Ok);
    assert!(sandbox.read_file("l").is_err());
    assert!(sandbox.read_file("d/secret").is_err());
    assert!(sandbox.write_file("d/new", b"x").is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn large_files_of_the_host_leave_memory_once_for_all_forks() {
    const LARGE: u64 = 16 << 20;
    let mut sandbox = sandbox();
    sandbox.write_file("large.bin", &vec![7; usize::try_from(LARGE).unwrap()]).unwrap();
    let mut fork = sandbox.files();
    assert_eq!(fork.spill(LARGE, None).unwrap(), 0, "nothing large is in memory any more");
    let mut other = builder().files(sandbox.files()).build().unwrap();
    assert_eq!(other.execute("import os; print(os.path.getsize('large.bin'))").unwrap().stdout, "16777216\n");
}

#[test]
fn forks_of_a_workspace_diverge() {
    let mut first = sandbox();
    first.write_file("x", b"1").unwrap();
    let mut second = builder().files(first.files()).build().unwrap();
    first.execute("open('x', 'w').write('first')").unwrap();
    assert_eq!(second.execute("open('x').read()").unwrap().value(), Some("'1'"));
    assert_eq!(first.read_file("x").unwrap(), b"first");
}

#[test]
fn code_is_validated_and_not_run() {
    let sandbox = sandbox();
    assert!(sandbox.validate_code("print('x')\nawait f()").unwrap());
    assert!(!sandbox.validate_code("print('x'").unwrap());
    let error = sandbox.check_code("x = 1\ny = = 2").unwrap().expect("an error");
    assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(2)));
    assert_eq!(sandbox.list_files(), []);
}

#[test]
fn an_unknown_image_is_an_error_that_lists_the_known() {
    let error = builder().image("pythn").build().unwrap_err();
    assert_eq!(error.code(), "python.unknown_image");
    assert_eq!(error.to_string(), "there is no image `pythn`; there are: python, python-data");
}

#[test]
fn limits_of_zero_are_refused_by_name() {
    type Change = fn(&mut ExecutionPolicy);
    let changes: [(&str, Change); 9] = [
        ("fuel_budget", |policy| policy.fuel_budget = 0),
        ("memory_bytes", |policy| policy.memory_bytes = 0),
        ("timeout_seconds", |policy| policy.timeout_seconds = Some(std::time::Duration::ZERO)),
        ("stdout_max_bytes", |policy| policy.stdout_max_bytes = 0),
        ("stderr_max_bytes", |policy| policy.stderr_max_bytes = 0),
        ("disk_bytes", |policy| policy.disk_bytes = 0),
        ("max_files", |policy| policy.max_files = 0),
        ("max_open_files", |policy| policy.max_open_files = 0),
        ("max_file_bytes", |policy| policy.max_file_bytes = 0),
    ];
    for (key, change) in changes {
        let mut policy = ExecutionPolicy::default();
        change(&mut policy);
        let error = builder().policy(policy).build().unwrap_err();
        assert_eq!(error.code(), "policy.bad_value", "{key}");
        assert!(error.to_string().contains(key), "{error}");
    }
}

#[test]
fn logs_are_kept_where_the_caller_says_and_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    builder().log_dir(folder.path()).build().unwrap().execute("print('x')").unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut policy = ExecutionPolicy::default();
    policy.preserve_logs = true;
    let mut sandbox = builder().policy(policy).log_dir(folder.path()).build().unwrap();
    let result = sandbox.execute("import sys\nprint('out')\nprint('err', file=sys.stderr)").unwrap();
    assert_eq!(result.metadata["logs"], result.metadata["run_id"], "no path of the host is in a result");
    let dir = folder.path().join(&result.metadata["logs"]);
    assert_eq!(fs::read_to_string(dir.join("stdout.log")).unwrap(), "out\n");
    assert_eq!(fs::read_to_string(dir.join("stderr.log")).unwrap(), "err\n");
}

#[derive(Default)]
struct CancelAtThree {
    seen: Mutex<String>,
    cancel: CancellationToken,
}

impl OutputSink for CancelAtThree {
    fn write(&self, _stream: OutputStream, bytes: &[u8]) {
        let mut seen = self.seen.lock().unwrap();
        seen.push_str(&String::from_utf8_lossy(bytes));
        if seen.contains('3') {
            self.cancel.cancel();
        }
    }
}

#[test]
fn output_streams_while_the_program_runs_and_can_end_it() {
    let sink = Arc::new(CancelAtThree::default());
    let program = Program::new(
        "import itertools, time\nfor n in itertools.count():\n    print(n)\n    time.sleep(0.001)",
    )
    .with_cancel(sink.cancel.clone())
    .with_sink(Arc::<CancelAtThree>::clone(&sink));
    let result = sandbox().execute(program).unwrap();
    assert_eq!(result.ending, Ending::Cancelled);
    assert!(sink.seen.lock().unwrap().starts_with("0\n1\n2\n3\n"));
    assert_eq!(result.stdout, *sink.seen.lock().unwrap());
}
