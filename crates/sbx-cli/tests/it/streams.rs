//! Standard streams to the byte, pipes that close, signals, and the shape of the JSON.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    time::{Duration, Instant},
};

use super::{need_guests, run, run_with, sbx, stderr, stdout};

#[test]
fn output_is_passed_on_to_the_byte() {
    need_guests();
    let code =
        "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 300)\nsys.stderr.buffer.write(b'\\xff\\0')";
    let output = run(&["run", "-c", code]);
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(output.stdout, all.repeat(300));
    assert_eq!(output.stderr, b"\xff\0");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn output_comes_while_it_is_produced() {
    need_guests();
    let code = "import time\nprint('first')\ntime.sleep(60)";
    let mut child = sbx(&["run", "-c", code]).spawn().unwrap();
    let mut line = String::new();
    let started = Instant::now();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "first\n");
    assert!(started.elapsed() < Duration::from_secs(20));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn standard_input_reaches_the_program_to_the_byte() {
    need_guests();
    let all: Vec<u8> = (0..=255).collect::<Vec<u8>>().repeat(1000);
    let code = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())";
    assert_eq!(run_with(&["run", "-c", code], &all).stdout, all);
    assert_eq!(run_with(&["run", "--no-stdin", "-c", code], &all).stdout, b"");
}

#[test]
fn a_program_on_standard_input_runs() {
    need_guests();
    for args in [&["run"][..], &["run", "-"], &["run", "-", "arg"]] {
        let output = run_with(args, b"import sys\nprint(sys.argv)\n1/0");
        let expected = if args.len() == 3 { "['-', 'arg']\n" } else { "['-']\n" };
        assert_eq!((stdout(&output).as_str(), output.status.code()), (expected, Some(1)), "{args:?}");
        assert!(
            stderr(&output).contains("File \"<stdin>\", line 3, in <module>\n    1/0"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn input_without_end_is_refused() {
    let output = run_with(&["run"], &vec![b'#'; (64 << 20) + 1]);
    assert_eq!(stderr(&output), "sbx: standard input has more than 64 MiB, which is the most that is read\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_closed_pipe_is_success_and_ends_the_program() {
    need_guests();
    let started = Instant::now();
    let mut child =
        sbx(&["run", "-c", "while True: print('y' * 70_000)", "--stdout-max", "1GB"]).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(15));
}

#[cfg(unix)]
#[test]
fn an_interrupt_cancels_the_program() {
    need_guests();
    for (args, shows) in [(&["run"][..], "sbx: interrupted.\n"), (&["run", "--json"], "")] {
        let code = "import time\nopen('x', 'w').close()\nprint('on', flush=True)\ntime.sleep(60)";
        let mut child = sbx(args).args(["-c", code]).spawn().unwrap();
        if shows.is_empty() {
            // Nothing is streamed, so give it time to start.
            std::thread::sleep(Duration::from_millis(700));
        } else {
            let mut first = [0; 1];
            std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
        }
        let pid = child.id().to_string();
        std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(130), shows), "{args:?}");
        if shows.is_empty() {
            assert_eq!(result(&output.stdout)["ending"], "cancelled");
        }
    }
}

#[test]
fn json_is_one_object_with_all_fields() {
    need_guests();
    let args =
        ["run", "--json", "-c", "import sys\nprint(sys.stdin.read())\nopen('a.txt', 'w').write('x')\n[1, 2]"];
    let output = run_with(&args, b"hi");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    assert_eq!(stdout(&output).lines().count(), 1);
    let result = result(&output.stdout);
    let fields: Vec<&str> = result.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "advice duration_ms duration_seconds ending error exit_code files_created files_deleted \
         files_modified fuel_budget fuel_consumed fuel_status mem_pages memory_used_bytes metadata results runtime \
         schema_version session_id stderr stderr_truncated stdout stdout_truncated success turn";
    assert_eq!(fields, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(result["schema_version"], 1);
    assert_eq!(result["ending"], "ok");
    assert_eq!(result["stdout"], "hi\n");
    assert_eq!(result["results"], serde_json::json!([{ "text/plain": "[1, 2]" }]));
    assert_eq!(result["files_created"], serde_json::json!(["/app/a.txt"]));
}

#[test]
fn json_has_the_failure_and_stderr_stays_empty() {
    need_guests();
    let output = run(&["run", "--json", "-c", "import polars"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(1), ""));
    let result = result(&output.stdout);
    assert_eq!(result["error"]["kind"], "ModuleNotFoundError");
    assert_eq!(result["error"]["line"], 1);
    assert_eq!(result["advice"][0]["kind"], "missing_package");
}

#[test]
fn the_same_program_uses_the_same_fuel() {
    need_guests();
    let fuel = || {
        let output =
            run(&["run", "--json", "--deterministic=7", "-c", "import random; print(random.random())"]);
        let result = result(&output.stdout);
        (result["fuel_consumed"].as_u64().unwrap(), result["stdout"].clone())
    };
    assert_eq!(fuel(), fuel());
}

#[test]
fn the_workspace_is_copied_in_and_only_changes_come_back() {
    need_guests();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("sub")).unwrap();
    for (name, text) in [("keep.txt", "k"), ("edit.txt", "old"), ("sub/gone.txt", "g")] {
        fs::write(path(name), text).unwrap();
    }
    let before = fs::metadata(path("keep.txt")).unwrap().modified().unwrap();
    let code = "import os\nopen('edit.txt', 'a').write(' new')\nos.remove('sub/gone.txt')\nos.makedirs('new/deep')\n\
                open('new/deep/made.txt', 'w').write('m')\nprint(*sorted(os.listdir()))";
    let args = ["run", "--workspace", folder.path().to_str().unwrap(), "-c", code];
    assert_eq!(stdout(&run(&args)), "edit.txt keep.txt new site-packages sub\n");
    assert_eq!(fs::read_to_string(path("edit.txt")).unwrap(), "old new");
    assert_eq!(fs::read_to_string(path("new/deep/made.txt")).unwrap(), "m");
    assert!(!path("sub/gone.txt").exists());
    assert_eq!(fs::metadata(path("keep.txt")).unwrap().modified().unwrap(), before);

    let args = ["run", "--timeout", "300ms", "--workspace", folder.path().to_str().unwrap(), "-c"];
    let cut_off = run(&[&args[..], &["open('late.txt', 'w').write('x')\nwhile True: pass"]].concat());
    assert_eq!(cut_off.status.code(), Some(124));
    assert!(!path("late.txt").exists(), "what is cut off changes nothing");
}

#[cfg(unix)]
#[test]
fn links_never_leave_the_workspace() {
    need_guests();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("target"), "mine").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().to_str().unwrap();
    // A link of the guest's is left behind; a link in the folder is refused on the way in.
    let output =
        run(&["run", "--workspace", workspace, "-c", "import os; os.symlink('/etc/passwd', 'link')"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.path().join("link").symlink_metadata().is_err());
    std::os::unix::fs::symlink(outside.path().join("target"), folder.path().join("target")).unwrap();
    let output = run(&["run", "--workspace", workspace, "-c", "open('target', 'w').write('theirs')"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("a symbolic link"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(outside.path().join("target")).unwrap(), "mine");
}

#[test]
fn a_mount_shows_a_folder_of_this_machine() {
    need_guests();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.txt"), "x").unwrap();
    let host = folder.path().to_str().unwrap();
    let code = "open('/data/in.txt', 'a').write('y')";
    for (mode, content, exit) in [("", "x", 1), (":ro", "x", 1), (":overlay", "x", 0), (":rw", "xy", 0)] {
        let output = run(&["run", "--mount", &format!("{host}:/data{mode}"), "-c", code]);
        assert_eq!(output.status.code(), Some(exit), "{mode}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(folder.path().join("in.txt")).unwrap(), content, "{mode}");
    }
}

#[test]
fn without_setup_it_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let cache = empty.path().join("cache");
    let cache = cache.to_str().unwrap();
    let output = run(&["run", "--cache", cache, "-c", "1"]);
    let expected = "sbx: Python is not set up here (the guest is missing); run `sbx setup` once (`cargo xtask setup` in \
                    the repository)\n";
    assert_eq!((stderr(&output).as_str(), output.status.code()), (expected, Some(125)));
    let output = run(&["doctor", "--cache", cache]);
    assert!(stdout(&output).contains("to do: run `sbx setup`"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn doctor_finds_nothing_wrong_where_tests_run() {
    need_guests();
    let output = run(&["doctor"]);
    assert!(stdout(&output).ends_with("everything works\n"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_second_setup_has_nothing_to_do() {
    need_guests();
    let started = Instant::now();
    let output = run(&["setup"]);
    assert!(stderr(&output).starts_with("already set up, in "), "{}", stderr(&output));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn code_that_is_not_utf8_and_other_bad_input_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin1.py");
    fs::write(&file, b"# caf\xe9\n").unwrap();
    let file = file.to_str().unwrap();
    let output = run(&["run", file]);
    let expected = format!("sbx: {file} is not UTF-8: byte 5, in line 1, cannot be part of it\n");
    assert_eq!((stderr(&output), output.status.code()), (expected, Some(2)));
    let output = run(&["run", folder.path().to_str().unwrap()]);
    assert!(stderr(&output).starts_with("sbx: cannot read "), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

fn result(json: &[u8]) -> serde_json::Value {
    serde_json::from_slice(json).unwrap()
}
