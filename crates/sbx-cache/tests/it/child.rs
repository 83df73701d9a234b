//! Other processes: this test binary, started again to do one thing.

use std::env;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use sbx_cache::Cache;

const TASK: &str = "SBX_CACHE_TEST_TASK";
const ROOT: &str = "SBX_CACHE_TEST_ROOT";

/// A process at work; killed when dropped.
pub(crate) struct Helper {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Helper {
    pub(crate) fn start(task: &str, root: &Path) -> Self {
        Self::start_with(task, root, |_| {})
    }

    pub(crate) fn start_with(task: &str, root: &Path, prepare: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(["child::works_for_another_test", "--exact", "--ignored", "--nocapture"])
            .env(TASK, task)
            .env(ROOT, root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        prepare(&mut command);
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// What it said, without the `> ` in front; the harness's own lines are skipped.
    pub(crate) fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the helper ended early");
            // The harness prints `test NAME ... ` without a line's end before the first line of ours.
            if let Some((_, said)) = line.trim_end().split_once("> ") {
                return said.to_owned();
            }
        }
    }

    /// Lets it go on from where it waits.
    pub(crate) fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    pub(crate) fn finish(mut self) {
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn say(text: &str) {
    println!("> {text}");
    io::stdout().flush().unwrap();
}

fn wait_for_parent() {
    io::stdin().read_exact(&mut [0]).unwrap();
}

#[test]
#[ignore = "started by other tests"]
fn works_for_another_test() {
    let task = env::var(TASK).expect("started by another test");
    let root = env::var_os(ROOT).expect("started by another test");
    let root = Path::new(&root);
    match task.as_str() {
        "lock" => {
            let _guard = Cache::open(root).unwrap().lock("shared", || say("waiting")).unwrap();
            say("locked");
            wait_for_parent();
        }
        "write half" => {
            let cache = Cache::open(root).unwrap();
            let write = |file: &mut std::fs::File| {
                file.write_all(&[7; 1000])?;
                say("half");
                wait_for_parent();
                file.write_all(&[7; 1000])
            };
            cache.put("made/slowly", "c", write).unwrap();
        }
        "write many" => {
            let cache = Cache::open(root).unwrap();
            say("started");
            for turn in 0_u8.. {
                let turn = turn % 250;
                cache.put("made/often", "c", |file| file.write_all(&vec![turn; 100_000])).unwrap();
            }
        }
        "open" => {
            Cache::open(root).unwrap();
            say("opened");
        }
        "fetch" => super::fetch::fetch_and_say(root, say),
        other => panic!("no task {other}"),
    }
}
