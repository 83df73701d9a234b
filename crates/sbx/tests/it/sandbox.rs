//! Programs, files and state of one sandbox.

use sbx::{Ending, ExecutionPolicy, GuestPath, Program};

use crate::{builder, sandbox};

fn paths(paths: &[GuestPath]) -> Vec<&str> {
    paths.iter().map(GuestPath::as_str).collect()
}

#[test]
fn a_fresh_interpreter_finds_the_files_of_the_last_one_and_nothing_else() {
    let mut sandbox = sandbox(ExecutionPolicy::default());
    let first = sandbox.execute("x = 1\nopen('data.json', 'w').write('[1]')\n").unwrap();
    assert_eq!((first.ending, paths(&first.files_created)), (Ending::Ok, vec!["/app/data.json"]));
    let second =
        sandbox.execute("open('data.json', 'a').write('2')\nprint(open('/app/data.json').read())").unwrap();
    assert_eq!((second.stdout.as_str(), second.turn), ("[1]2\n", 2));
    assert_eq!(paths(&second.files_modified), ["/app/data.json"]);
    let third = sandbox.execute("import os\nos.remove('data.json')\nprint('x' in globals())").unwrap();
    assert_eq!((third.stdout.as_str(), paths(&third.files_deleted)), ("False\n", vec!["/app/data.json"]));
}

#[test]
fn values_survive_only_where_they_were_asked_to() {
    let mut sandbox = builder(ExecutionPolicy::default()).auto_persist_globals(true).build().unwrap();
    sandbox.execute("x = [1, 2]\nclass C:\n    y = 3\nc = C()\ng = iter(range(5))\nnext(g)").unwrap();
    let result = sandbox.execute("print(x, c.y, next(g))").unwrap();
    assert_eq!(result.stdout, "[1, 2] 3 1\n");
}

#[test]
fn a_program_that_is_cut_off_leaves_nothing_behind() {
    for persists in [false, true] {
        let policy = ExecutionPolicy::default().with_timeout_seconds(0.5).with_fuel_budget(1 << 50);
        let mut sandbox = builder(policy).auto_persist_globals(persists).build().unwrap();
        sandbox.execute("open('kept', 'w').write('1')").unwrap();
        let cut = sandbox
            .execute("open('lost', 'w').write('1')\nopen('kept', 'w').write('2')\nwhile True: pass")
            .unwrap();
        assert_eq!((cut.ending, cut.exit_code), (Ending::Timeout, 124));
        assert!(cut.files_created.is_empty() && cut.metadata.contains_key("rolled_back"), "{cut:?}");
        assert_eq!(sandbox.read_file("kept").unwrap(), b"1");
        let after = sandbox.execute("import os\nprint(sorted(os.listdir()))").unwrap();
        assert_eq!(after.stdout, "['kept', 'site-packages']\n");
    }
}

#[test]
fn the_host_reads_and_writes_the_same_files() {
    let mut sandbox = sandbox(ExecutionPolicy::default());
    sandbox.write_file("in/data.txt", b"abc").unwrap();
    let result =
        sandbox.execute("open('out.txt', 'w').write(open('/app/in/data.txt').read().upper())").unwrap();
    assert!(result.success, "{}", result.stderr);
    assert_eq!(sandbox.read_file("/app/out.txt").unwrap(), b"ABC");
    assert_eq!(paths(&sandbox.list_files()), ["/app/in/data.txt", "/app/out.txt"]);
    sandbox.remove_file("in").unwrap();
    assert_eq!(paths(&sandbox.list_files()), ["/app/out.txt"]);
    assert_eq!(sandbox.read_file("in/data.txt").unwrap_err().code(), "vfs.not_found");
    for bad in ["", "../escape", "/app/../etc/passwd", "a\0b", "a\\b"] {
        assert_eq!(sandbox.write_file(bad, b"").unwrap_err().code(), "path.invalid", "{bad:?}");
    }
}

#[test]
fn the_host_is_held_to_the_same_quota() {
    let policy = ExecutionPolicy::from_toml("disk_bytes = 1000\nmax_file_bytes = 800").unwrap();
    let mut sandbox = sandbox(policy);
    sandbox.write_file("a", &[0; 800]).unwrap();
    let over_file = sandbox.write_file("b", &[0; 801]).unwrap_err();
    let over_disk = sandbox.write_file("b", &[0; 201]).unwrap_err();
    assert_eq!((over_file.code(), over_disk.code()), ("limit.disk", "limit.disk"));
    assert_eq!(paths(&sandbox.list_files()), ["/app/a"], "nothing half-written");
}

#[test]
fn a_fork_of_the_files_goes_its_own_way() {
    let mut parent = sandbox(ExecutionPolicy::default());
    parent.execute("open('f', 'w').write('parent')").unwrap();
    let mut child = builder(ExecutionPolicy::default()).files(parent.files()).build().unwrap();
    child.execute("open('f', 'a').write(' and child')").unwrap();
    assert_eq!(child.read_file("f").unwrap(), b"parent and child");
    assert_eq!(parent.read_file("f").unwrap(), b"parent");
}

#[test]
fn large_files_wait_outside_of_memory_and_read_the_same() {
    let mut sandbox = sandbox(ExecutionPolicy::default());
    let wrote = sandbox.execute("open('big', 'wb').write(bytes(range(256)) * (80 << 10))").unwrap();
    assert!(wrote.success, "{}", wrote.stderr);
    let result = sandbox.execute(
        "f = open('big', 'r+b')\nf.seek(1 << 20)\nf.write(b'changed')\nf.seek(0, 2)\nprint(f.tell())\n\
         f.seek((1 << 20) - 2)\nprint(f.read(11))",
    );
    assert_eq!(result.unwrap().stdout, "20971520\nb'\\xfe\\xffchanged\\x07\\x08'\n");
}

#[test]
fn logs_are_kept_where_the_policy_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let policy = ExecutionPolicy::from_toml("preserve_logs = true").unwrap();
    let mut sandbox = builder(policy).log_dir(folder.path()).build().unwrap();
    let result = sandbox.execute("import sys\nprint('out')\nprint('err', file=sys.stderr)").unwrap();
    let logs = std::path::Path::new(result.metadata.get("logs").unwrap());
    assert!(logs.starts_with(folder.path()));
    assert_eq!(std::fs::read_to_string(logs.join("stdout.log")).unwrap(), "out\n");
    assert_eq!(std::fs::read_to_string(logs.join("stderr.log")).unwrap(), "err\n");
}

#[test]
fn code_is_checked_by_the_guest_and_not_run() {
    let sandbox = sandbox(ExecutionPolicy::default());
    assert!(sandbox.validate_code("open('x', 'w')\nawait f()").unwrap());
    assert!(!sandbox.validate_code("def f(:\n  pass").unwrap());
    let error = sandbox.check_code("x = 1\ny = = 2").unwrap().unwrap();
    assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(2)));
    assert!(sandbox.list_files().is_empty(), "nothing ran");
    // Deep enough to end a recursive parser on the host.
    assert!(!sandbox.validate_code(&"(".repeat(100_000)).unwrap());
}

#[test]
fn what_a_program_registers_for_its_exit_runs() {
    let mut sandbox = sandbox(ExecutionPolicy::default());
    let result = sandbox.execute("import atexit\natexit.register(print, 'bye')\nprint('hi')").unwrap();
    assert_eq!(result.stdout, "hi\nbye\n");
}

#[test]
fn bad_input_is_one_clear_error() {
    let unknown = builder(ExecutionPolicy::default()).image("nosuch").build().unwrap_err();
    assert_eq!(unknown.to_string(), "there is no image `nosuch`; there are: python, python-data");
    let zero = builder(ExecutionPolicy::default().with_fuel_budget(0)).build().unwrap_err();
    assert_eq!(
        (zero.code(), zero.to_string().as_str()),
        ("policy.bad_value", "policy key `fuel_budget` must be greater than 0")
    );
    let mut sandbox = sandbox(ExecutionPolicy::default());
    let nul = sandbox.execute(Program::new("print(1)\0")).unwrap();
    assert_eq!((nul.ending, nul.error.unwrap().kind.as_str()), (Ending::Exception, "SyntaxError"));
    assert_eq!(sandbox.execute("").unwrap().ending, Ending::Ok);
}

#[test]
fn async_callers_run_many_at_once_on_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(many_at_once());
}

async fn many_at_once() {
    let policy = ExecutionPolicy::default();
    let run = |n: usize| {
        let mut sandbox = sandbox(policy.clone());
        async move { sandbox.execute_async(format!("import time\ntime.sleep(0.2)\nprint({n})").as_str()).await }
    };
    let started = std::time::Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        tasks.spawn(run(n));
    }
    let mut seen: Vec<String> =
        tasks.join_all().await.into_iter().map(|result| result.unwrap().stdout).collect();
    seen.sort_by_key(|text| text.trim().parse::<usize>().unwrap());
    assert_eq!(seen, (0..20).map(|n| format!("{n}\n")).collect::<Vec<_>>());
    assert!(started.elapsed().as_secs_f64() < 2.0, "they wait together, not one after another");
    // The blocking call works inside a runtime too: it blocks its thread and nothing else.
    assert_eq!(sandbox(ExecutionPolicy::default()).execute("print(1)").unwrap().stdout, "1\n");
}
