//! A process that may open 256 descriptors: what needs more is an error that says so, and everything goes on afterwards.
//!
//! The limit is that of a process, so this binary is started again under one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use sbx::{DiskStorage, ExecutionPolicy, GuestPath, Mount, MountMode, Sandbox, SessionsBuilder};

use super::resources;
use crate::lab::{builder, runtimes};

const TASK: &str = "SBX_TEST_FEW_DESCRIPTORS";

#[test]
fn a_process_with_256_descriptors_runs_into_errors_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 256; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["chaos::descriptors::works_with_few_descriptors", "--exact", "--nocapture"])
        .env(TASK, folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let line = said.lines().find_map(|line| line.split_once("chaos: ")).expect(&said).1;
    println!("chaos: {line}");
}

/// In the process that has the limit; elsewhere it has nothing to do.
#[test]
fn works_with_few_descriptors() {
    let Some(folder) = std::env::vars_os().find_map(|(name, value)| (name == TASK).then_some(value)) else {
        return;
    };
    let folder = Path::new(&folder);
    let mut first = builder().build().unwrap();
    assert!(first.execute("print(1)").unwrap().success);
    let before = resources().0;
    let n_sandboxes = many_sandboxes(folder);
    let n_files = many_files_of_the_host(folder);
    deep_folder_of_the_host(folder);
    let n_sessions = many_sessions(folder);
    assert!(first.execute("print(1)").unwrap().success);
    let after = resources().0;
    assert!(after <= before + 8, "{before} descriptors became {after}");
    println!(
        "chaos: with 256 descriptors: {n_sandboxes} sandboxes with a folder at once, {n_files} files of the host open \
         in one guest, {n_sessions} sessions; then an error that says so; {before} descriptors before, {after} after"
    );
}

fn with_folder(folder: &Path) -> Result<Sandbox, sbx::Error> {
    let mount = Mount::read_only(folder, GuestPath::parse("/data").unwrap()).with_mode(MountMode::ReadWrite);
    builder().policy(ExecutionPolicy::default().with_mount(mount)).auto_persist_globals(true).build()
}

/// Live interpreters, each with a folder of the host, until there is no descriptor left.
fn many_sandboxes(folder: &Path) -> usize {
    let mut sandboxes: Vec<Sandbox> = Vec::new();
    for _ in 0..600 {
        let result = with_folder(folder).and_then(|mut sandbox| {
            let result = sandbox.execute("x = 1")?;
            Ok((sandbox, result))
        });
        match result {
            Ok((sandbox, result)) => {
                assert!(result.success, "{}", result.stderr);
                sandboxes.push(sandbox);
            }
            Err(error) => {
                assert!(!error.to_string().is_empty() && error.code() != "host.guest", "{error}");
                break;
            }
        }
    }
    // Those that are there go on.
    for sandbox in &mut sandboxes {
        assert_eq!(sandbox.execute("x").unwrap().value(), Some("1"));
    }
    let n = sandboxes.len();
    assert!(n > 50, "{n}");
    n
}

/// A guest opens files of the host until it is told that there are too many: an error that it can catch.
fn many_files_of_the_host(folder: &Path) -> usize {
    for n in 0..250 {
        std::fs::write(folder.join(format!("f{n}")), "x").unwrap();
    }
    let mut sandbox = with_folder(folder).unwrap();
    let code = "import errno\nfiles = []\ntry:\n    for n in range(250): files.append(open(f'/data/f{n}'))\n\
                except OSError as error: print(errno.errorcode[error.errno])\nprint(len(files))\n\
                for file in files: file.close()\nprint(open('/data/f0').read())";
    let result = sandbox.execute(code).unwrap();
    assert!(result.success, "{}", result.stderr);
    let lines: Vec<&str> = result.stdout.lines().collect();
    let [name @ .., n, read] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(name, ["ENFILE"], "the host is short, not the guest");
    assert_eq!(*read, "x");
    n.parse().unwrap()
}

/// Deeper than there are descriptors, and deeper than a guest may go.
fn deep_folder_of_the_host(folder: &Path) {
    let deep = folder.join("deep");
    std::fs::create_dir_all(deep.join(["d"; 400].join("/"))).unwrap();
    let mut sandbox = with_folder(&deep).unwrap();
    let code = "import os\nprint(sum(1 for _ in os.walk('/data')))\nimport shutil\n\
                try: shutil.rmtree('/data/d')\nexcept OSError as error: print(type(error).__name__)";
    let result = sandbox.execute(code).unwrap();
    let lines: Vec<&str> = result.stdout.lines().collect();
    assert!(result.success && lines.len() == 2, "{} {}", result.stdout, result.stderr);
    // The folder itself, and as many levels below it as a guest can have.
    assert!(lines[0].parse::<usize>().unwrap() <= 65, "{lines:?}");
}

/// Sessions on disk, more than there are descriptors.
fn many_sessions(folder: &Path) -> usize {
    let storage = Arc::new(DiskStorage::open(folder.join("storage")).unwrap());
    let sessions =
        SessionsBuilder::new(storage).runtimes(runtimes()).image("python").max_live(300).build().unwrap();
    let mut live = Vec::new();
    for n in 0..super::times(20).min(300) {
        let made = sessions.create().and_then(|session| {
            session.execute(format!("n = {n}"))?;
            Ok(session)
        });
        match made {
            Ok(session) => live.push((n, session)),
            Err(error) => {
                assert!(!error.to_string().is_empty(), "{error:?}");
                break;
            }
        }
    }
    for (n, session) in &live {
        assert_eq!(session.execute("print(n)").unwrap().stdout, format!("{n}\n"));
    }
    live.len()
}
