//! Host folders on a kernel without `openat2`, which resolves a path below a folder in one call.
//!
//! cap-std walks name by name where it is missing (before Linux 5.6, and in many container sandboxes). This binary is
//! started again under a filter that makes the call fail as if it did not exist, and runs every test about folders of the
//! host and about getting out of them.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};

/// The number of `openat2`, the same on every architecture (`include/uapi/asm-generic/unistd.h`).
const OPENAT2: i64 = 437;
/// Says to this binary that it runs under the filter.
const FILTERED: &str = "SBX_VFS_TEST_WITHOUT_OPENAT2";

fn without_openat2() -> BpfProgram {
    let missing = SeccompAction::Errno(Errno::NOSYS.raw_os_error().unsigned_abs());
    let rules = BTreeMap::from([(OPENAT2, Vec::new())]);
    let arch = std::env::consts::ARCH.try_into().unwrap();
    SeccompFilter::new(rules, SeccompAction::Allow, missing, arch).unwrap().try_into().unwrap()
}

fn openat2() -> Result<(), Errno> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    rustix::fs::openat2(CWD, ".", flags, Mode::empty(), ResolveFlags::BENEATH).map(drop)
}

#[test]
fn openat2_is_there_exactly_if_nothing_forbids_it() {
    if std::env::var_os(FILTERED).is_some() {
        assert_eq!(openat2(), Err(Errno::NOSYS));
    } else if let Err(error) = openat2() {
        assert_eq!(error, Errno::NOSYS);
        eprintln!("this kernel has no openat2: the tests beside this one run without it anyway");
    }
}

#[test]
fn folders_of_the_host_are_as_closed_without_openat2() {
    // The filter holds for the thread that asks for it and for what that thread starts.
    let output = std::thread::spawn(|| {
        apply_filter(&without_openat2()).unwrap();
        Command::new(std::env::current_exe().unwrap())
            .args(["mounts::", "escape::", "huge::", "old_kernel::openat2"])
            .env(FILTERED, "1")
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .unwrap()
    })
    .join()
    .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let ran = said.lines().find(|line| line.starts_with("test result: ok. ")).expect(&said);
    let n_passed: u32 = ran.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!(n_passed >= 20, "{ran}");
    println!("chaos: {n_passed} tests about folders of the host pass without openat2, as with it");
}
