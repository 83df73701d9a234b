//! Sessions over several processes: killed, at once, in parallel.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Child, Command, Output},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{need_guests, run_with, stderr, stdout};

/// A turn that keeps a frame, a generator, an instance of a class of its own, an open file and a file.
const KEEP: &str = r#"
import pandas as pd
frame = pd.DataFrame({"city": ["Oslo", "Rome"], "n": [3, 4]})
def count():
    n = 0
    while True:
        n += 1
        yield n
counter = count(); next(counter)
class Cart:
    def __init__(self): self.items = []
    def add(self, item): self.items.append(item); return self
cart = Cart().add("tea")
log = open("log.txt", "w"); n_written = log.write("one,")
with open("notes.txt", "w") as notes: n_written = notes.write("kept")
"#;

const USE: &str = r#"
n_written = log.write("two"); log.flush()
print(frame.n.sum(), next(counter), cart.add("milk").items, open("log.txt").read(), open("notes.txt").read())
"#;

const USED: &str = "7 2 ['tea', 'milk'] one,two kept\n";

/// A program that says `on` and goes on for a minute.
const LONG: &str = "frame = counter = cart = None; import os, time; os.remove('notes.txt'); print('on', flush=True); time.sleep(60)";

/// An empty storage in a folder of its own.
struct Storage(TempDir);

impl Storage {
    fn new() -> Self {
        need_guests();
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = super::sbx(args);
        command.env("SBX_STORAGE", self.0.path());
        command
    }

    fn sbx(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it and fails unless it does well.
    fn good(&self, args: &[&str]) -> String {
        let output = self.sbx(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        stdout(&output)
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.good(&[args, &["--json"]].concat());
        assert_eq!(text.lines().count(), 1, "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema_version"], 1);
        value
    }

    fn turn(&self, id: &str, code: &str) -> String {
        self.good(&["run", "--session", id, "-c", code])
    }

    /// Starts a turn that takes long, and waits until it runs.
    fn start_long(&self, id: &str) -> Child {
        let mut child = self.command(&["run", "--session", id, "-c", LONG]).spawn().unwrap();
        let mut first = [0; 3];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(&first, b"on\n");
        child
    }
}

#[test]
fn another_process_goes_on_where_a_killed_one_was() {
    let storage = Storage::new();
    assert_eq!(storage.turn("work", KEEP), "");
    let mut long = storage.start_long("work");
    // `SIGKILL`, with the lease in its hands.
    long.kill().unwrap();
    long.wait().unwrap();
    let started = Instant::now();
    assert_eq!(storage.turn("work", USE), USED);
    assert!(started.elapsed() < Duration::from_secs(15), "the dead do not hold a session");
    let log = storage.json(&["session", "log", "work"]);
    let turns: Vec<u64> =
        log["turns"].as_array().unwrap().iter().map(|turn| turn["turn"].as_u64().unwrap()).collect();
    assert_eq!(turns, [0, 1, 2], "nothing came of the turn that was killed");
}

#[test]
fn forks_run_in_parallel_and_leave_their_parent_alone() {
    let storage = Storage::new();
    storage.turn("parent", KEEP);
    let forks = storage.good(&["session", "fork", "parent", "-n", "8"]);
    let outputs: Vec<String> = thread::scope(|scope| {
        let storage = &storage;
        let run = |(n, id): (usize, &str)| {
            let (id, code) = (id.to_owned(), format!("cart.add({n}); frame.n += {n}\n{USE}"));
            scope.spawn(move || storage.turn(&id, &code))
        };
        let running: Vec<_> = forks.lines().enumerate().map(run).collect();
        running.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let expected = |n: usize| format!("{} 2 ['tea', {n}, 'milk'] one,two kept\n", 7 + 2 * n);
    assert_eq!(outputs, (0..8).map(expected).collect::<Vec<_>>());
    assert_eq!(storage.turn("parent", USE), USED);
    let fork = storage.json(&["session", "show", forks.lines().next().unwrap()]);
    assert_eq!(fork["forked_from"], json!({ "session": "parent", "turn": 1 }));
}

#[test]
fn a_turn_that_is_cut_off_takes_nothing_with_it() {
    let storage = Storage::new();
    storage.turn("work", KEEP);
    let code = "frame = counter = None; log.close(); import os; os.remove('notes.txt')\nwhile True: pass";
    let args = ["run", "--session", "work", "--timeout", "500ms", "--json", "-c", code];
    let output = storage.sbx(&args);
    assert_eq!(output.status.code(), Some(124), "{}", stderr(&output));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&result["session_id"], &result["turn"]), (&json!("work"), &json!(2)));
    assert_eq!(result["metadata"]["rolled_back"], "files and variables");
    assert_eq!(storage.turn("work", USE), USED);
}

#[test]
fn of_two_at_once_one_is_told_that_the_session_is_in_use() {
    let storage = Storage::new();
    storage.turn("work", KEEP);
    let mut long = storage.start_long("work");
    for args in [
        &["run", "--session", "work", "-c", "1"][..],
        &["session", "rewind", "work", "0"],
        &["session", "delete", "work"],
        &["session", "rm", "work", "notes.txt"],
    ] {
        let output = storage.sbx(args);
        assert_eq!(output.status.code(), Some(75), "{args:?}");
        let told = stderr(&output);
        assert!(told.starts_with("sbx: session \"work\" is in use by process "), "{told}");
        assert!(told.ends_with("(--wait 10s waits for it)\n"), "{told}");
    }
    // Who only looks is not kept from it.
    assert_eq!(storage.good(&["session", "cat", "work", "notes.txt"]), "kept");
    assert_eq!(storage.good(&["session", "peek", "work", "-c", "print(frame.n.sum())"]), "7\n");
    assert!(storage.json(&["session", "show", "work"])["in_use"].is_object());
    let waiting = storage.command(&["run", "--session", "work", "--wait", "60s", "-c", USE]).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    long.kill().unwrap();
    long.wait().unwrap();
    assert_eq!(stdout(&waiting.wait_with_output().unwrap()), USED);
}

#[cfg(unix)]
#[test]
fn an_interrupted_turn_is_rolled_back_and_the_session_given_back() {
    let storage = Storage::new();
    storage.turn("work", KEEP);
    let long = storage.start_long("work");
    Command::new("kill").args(["-INT", &long.id().to_string()]).status().unwrap();
    let output = long.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(stderr(&output), "sbx: interrupted.\nsbx: session \"work\" is as it was before this turn\n");
    assert!(storage.json(&["session", "show", "work"])["in_use"].is_null());
    assert_eq!(storage.turn("work", USE), USED);
}

#[test]
fn what_needs_no_interpreter_works_without_one() {
    let storage = Storage::new();
    storage.turn("work", KEEP);
    let (cache, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (cache, archive) = (cache.path().join("none"), folder.path().join("work.session"));
    let (cache, archive) = (cache.to_str().unwrap(), archive.to_str().unwrap());
    for args in [
        &["ls"][..],
        &["show", "work"],
        &["log", "work"],
        &["label", "work", "a=b"],
        &["fork", "work", "--name", "fork"],
        &["branch", "work", "0", "--name", "branch"],
        &["rewind", "work", "0"],
        &["export", "work", archive],
        &["import", archive, "--name", "moved"],
        &["delete", "moved"],
        &["prune", "--max-sessions", "2"],
    ] {
        storage.good(&[&["--cache", cache, "session"], args].concat());
    }
    let output = storage.sbx(&["--cache", cache, "session", "files", "work"]);
    assert_eq!(output.status.code(), Some(125));
    assert!(stderr(&output).contains("run `sbx setup` once"), "{}", stderr(&output));
}

#[test]
fn bytes_pass_unchanged_both_ways() {
    let storage = Storage::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let all: Vec<u8> = (0..=255).collect::<Vec<u8>>().repeat(5000);
    fs::write(path("all"), &all).unwrap();
    storage.turn("work", "");
    assert_eq!(
        storage.json(&["session", "cp", &path("all"), "work:deep/all"]),
        json!({ "schema_version": 1, "files": 1, "bytes": all.len(), "skipped": [] })
    );
    let expected = "print(open('deep/all', 'rb').read() == bytes(range(256)) * 5000)";
    assert_eq!(storage.turn("work", expected), "True\n");
    assert_eq!(storage.sbx(&["session", "cat", "work", "deep/all"]).stdout, all);
    storage.good(&["session", "cp", "work:deep/all", &path("back")]);
    assert_eq!(fs::read(path("back")).unwrap(), all);
    storage.good(&["session", "cp", "work:deep/all", folder.path().to_str().unwrap()]);
    assert_eq!(fs::read(path("all")).unwrap(), all, "into a folder under its own name");

    // An archive through a pipe.
    let archive = storage.sbx(&["session", "export", "work", "-"]).stdout;
    let url = path("elsewhere");
    let imported = run_with(&["session", "--storage", &url, "import", "-", "--json"], &archive);
    assert_eq!(stdout(&imported), "{\"id\":\"work\",\"schema_version\":1}\n", "{}", stderr(&imported));
    assert_eq!(storage.good(&["run", "--storage", &url, "--session", "work", "-c", expected]), "True\n");
}

#[cfg(target_os = "linux")]
#[test]
fn sessions_lie_in_the_data_folder_unless_told_otherwise() {
    need_guests();
    let folder = tempfile::tempdir().unwrap();
    let sbx = |args: &[&str]| {
        let mut command = super::sbx(args);
        command.env_remove("SBX_STORAGE").env("XDG_DATA_HOME", folder.path()).output().unwrap()
    };
    assert_eq!(sbx(&["run", "--session", "work", "-c", "x = 1"]).status.code(), Some(0));
    assert!(folder.path().join("sbx/sessions").is_dir());
    assert_eq!(stdout(&sbx(&["run", "--session", "work", "-c", "print(x)"])), "1\n");
    let output = super::sbx(&["session", "ls"]).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn copies_follow_no_links_on_this_machine() {
    let storage = Storage::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("secret"), "mine").unwrap();
    fs::create_dir(path("folder")).unwrap();
    for link in ["link", "folder/link"] {
        std::os::unix::fs::symlink(path("secret"), path(link)).unwrap();
    }
    storage.turn("work", "import os; n = open('f', 'w').write('theirs'); os.symlink('/etc/passwd', 'there')");
    for args in [
        &["cp", &path("link"), "work:in"][..],
        &["cp", "work:f", &path("link")],
        &["cp", "-r", &path("folder"), "work:in"],
        &["cp", "work:there", &path("out")],
    ] {
        let output = storage.sbx(&[&["session"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
    }
    assert_eq!(fs::read_to_string(path("secret")).unwrap(), "mine");
    assert!(!Path::new(&path("out")).exists());
    let files = storage.json(&["session", "files", "work"]);
    let of = |n: usize| (files["files"][n]["path"].clone(), files["files"][n]["is_link"].clone());
    assert_eq!((of(0), of(1)), ((json!("/app/f"), json!(false)), (json!("/app/there"), json!(true))));
    storage.good(&["session", "cp", "-r", "work:", &path("all")]);
    assert!(Path::new(&path("all")).join("there").symlink_metadata().is_err(), "links stay behind");
}

#[test]
fn what_cannot_be_read_is_listed_and_stays() {
    let storage = Storage::new();
    storage.turn("good", "");
    storage.turn("bad", "");
    let mut damaged = 0;
    let mut pending = vec![storage.0.path().to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.to_string_lossy().contains("/bad/head") {
                fs::write(&path, "{}").unwrap();
                damaged += 1;
            }
        }
    }
    assert_eq!(damaged, 1);
    let list = storage.json(&["session", "ls"]);
    assert_eq!(
        (list["sessions"][0]["id"].clone(), list["unreadable"][0]["key_part"].clone()),
        (json!("good"), json!("bad"))
    );
    assert!(storage.good(&["session", "ls"]).contains("UNREADABLE  WHY\n bad"));
    assert_eq!(storage.sbx(&["session", "show", "bad"]).status.code(), Some(125));
    let pruned = storage.sbx(&["session", "prune", "--max-sessions", "0"]);
    assert_eq!((pruned.status.code(), stdout(&pruned).lines().next()), (Some(1), Some("deleted good")));
    assert!(storage.json(&["session", "ls"])["unreadable"][0].is_object());
}

#[test]
fn the_console_of_a_session_is_a_turn_for_each_input() {
    let storage = Storage::new();
    let url = storage.0.path().to_str().unwrap();
    let console = |input: &str| {
        let output = run_with(&["repl", "--storage", url, "--session", "work"], input.as_bytes());
        (stdout(&output), stderr(&output), output.status.code())
    };
    let (out, err, code) = console(
        "x = [1]\nx.append(2)\n:fork other\n:rewind 1\nx\n:files\n:log\n:rewind z\n:reset\nexit(4)\n",
    );
    assert_eq!(code, Some(4));
    assert!(out.starts_with("other\n[1]\n TURN  WHEN"), "{out}");
    assert!(out.contains("rewound to turn 1"), "{out}");
    let told = "as after turn 1\n/app is empty\nsbx: \"z\" is no turn; :log lists them\n\
                there is no command :reset; :help lists them\n";
    assert_eq!(err, told);
    assert_eq!(storage.turn("other", "print(x)"), "[1, 2]\n");
    let (out, err, _) = console("x.append(3)\nx\n");
    assert_eq!((out.as_str(), err.as_str()), ("[1, 3]\n", ""));
    assert_eq!(storage.turn("work", "print(x)"), "[1, 3]\n");
}
