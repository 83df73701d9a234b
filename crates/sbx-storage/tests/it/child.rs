//! Other processes: this test binary, started again to do one thing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use pollster::block_on;
use sbx_storage::{DiskStorage, Error, Expect, Key, StorageAdapter as _, StorageAdapterExt as _};

const TASK: &str = "SBX_STORAGE_TEST_TASK";
const ROOT: &str = "SBX_STORAGE_TEST_ROOT";
const TEST: &str = "child::works_for_another_test";

/// A process at work; killed when dropped.
pub(crate) struct Helper {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Helper {
    pub(crate) fn start(task: &str, root: &Path) -> Self {
        Self::start_by(Command::new(std::env::current_exe().unwrap()), task, root).unwrap()
    }

    /// Runs a shell script first, which ends in `exec "$@"` and finds the folder in `$ROOT`.
    pub(crate) fn start_in(program: &[&str], script: &str, task: &str, root: &Path) -> std::io::Result<Self> {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .args(["sh", "-c", script, "sh"])
            .arg(std::env::current_exe()?)
            .env("ROOT", root);
        Self::start_by(command, task, root)
    }

    fn start_by(mut command: Command, task: &str, root: &Path) -> std::io::Result<Self> {
        let mut child = command
            .args([TEST, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(TASK, task)
            .env(ROOT, root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().unwrap());
        Ok(Self { child, output })
    }

    /// What it says next, or `None` once it has ended. The harness's own text is skipped.
    pub(crate) fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // A line cut by a kill has no end and does not count.
            if let Some((_, said)) = line.split_once("> ").filter(|_| line.ends_with('\n')) {
                return Some(said.trim_end().to_owned());
            }
        }
    }

    /// Waits for its end; whether it went well.
    pub(crate) fn finish(mut self) -> bool {
        while self.line().is_some() {}
        self.child.wait().unwrap().success()
    }

    /// Kills it without a warning, and gives what it has said and nobody has read.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.line()).collect()
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
    std::io::stdout().flush().unwrap();
}

/// What the other process does.
#[test]
#[ignore = "started by other tests"]
fn works_for_another_test() {
    let Ok(task) = std::env::var(TASK) else { return };
    let storage = DiskStorage::open(PathBuf::from(std::env::var_os(ROOT).unwrap())).unwrap();
    match task.as_str() {
        "count" => (0..COUNTS).for_each(|_| increment(&storage)),
        "write for ever" => write_for_ever(&storage),
        "write too much" => write_too_much(&storage),
        "write to read-only" => write_to_read_only(&storage),
        other => panic!("unknown task {other}"),
    }
}

/// How often the task `count` adds one.
pub(crate) const COUNTS: usize = 25;

pub(crate) fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn increment(storage: &DiskStorage) {
    loop {
        let object = block_on(storage.read(&key("count"))).unwrap().unwrap();
        let count: usize = std::str::from_utf8(&object.bytes).unwrap().parse().unwrap();
        let next = (count + 1).to_string().into();
        match block_on(storage.write(&key("count"), next, Expect::Version(object.version))) {
            Ok(_) => return,
            Err(Error::Conflict { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The value of a write: its number, then that number's last byte often, as many times as the number says.
pub(crate) fn value(number: u64) -> Vec<u8> {
    let mut bytes = number.to_le_bytes().to_vec();
    let n = usize::try_from(number * 7919 % 200_000).unwrap();
    bytes.resize(8 + n, number.to_le_bytes()[0]);
    bytes
}

/// The number of a value that is whole.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    let number = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert!(bytes == value(number), "the value of write {number} is torn: {} bytes", bytes.len());
    number
}

fn write_for_ever(storage: &DiskStorage) {
    let head = block_on(storage.read(&key("sessions/x/head"))).unwrap();
    let (mut next, mut version) = match head {
        Some(object) => (number(&object.bytes) + 1, Some(object.version)),
        None => (1, None),
    };
    loop {
        let expect = version.take().map_or(Expect::Absent, Expect::Version);
        let written = block_on(storage.write(&key("sessions/x/head"), value(next).into(), expect)).unwrap();
        say(&format!("{next}"));
        version = Some(written);
        block_on(storage.write(&key(&format!("objects/{}/o", next % 7)), value(next).into(), Expect::Any))
            .unwrap();
        block_on(storage.delete(&key(&format!("objects/{}/o", (next + 3) % 7)))).unwrap();
        next += 1;
    }
}

fn write_too_much(storage: &DiskStorage) {
    let small = || block_on(storage.write(&key("x"), "small".into(), Expect::Any));
    small().unwrap();
    let large = vec![7; 4 << 20];
    let error = block_on(storage.write(&key("x"), large.clone().into(), Expect::Any)).unwrap_err();
    assert_eq!(error.code(), "storage.full", "{error:?}");
    assert!(error.to_string().contains("write x"), "{error}");
    assert_eq!(block_on(storage.get(&key("x"))).unwrap(), b"small"[..]);
    let error = block_on(storage.write(&key("new"), large.into(), Expect::Absent)).unwrap_err();
    assert_eq!(error.code(), "storage.full");
    assert!(block_on(storage.read(&key("new"))).unwrap().is_none());
    let n_left = std::fs::read_dir(storage.path().join(".tmp")).unwrap().count();
    assert_eq!(n_left, 0, "what did not fit is removed");
    small().unwrap();
    say("full as expected");
}

fn write_to_read_only(storage: &DiskStorage) {
    assert_eq!(block_on(storage.get(&key("x"))).unwrap(), b"there"[..]);
    for error in [
        block_on(storage.write(&key("x"), "new".into(), Expect::Any)).unwrap_err(),
        block_on(storage.write(&key("y/z"), "new".into(), Expect::Absent)).unwrap_err(),
        block_on(storage.delete(&key("x"))).unwrap_err(),
    ] {
        assert_eq!(error.code(), "storage.refused", "{error:?}");
        assert!(!error.is_transient());
    }
    assert_eq!(block_on(storage.get(&key("x"))).unwrap(), b"there"[..]);
    say("refused as expected");
}
