//! Folders of the host that are deeper or larger than any guest may see: error numbers, and a host that does not run out of
//! descriptors, memory or time.

use std::os::fd::OwnedFd;
use std::process::Command;
use std::time::Instant;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
use sbx_vfs::{Errno, HostMount, MAX_DEPTH, MountMode, Quota, ROOT_FD, Tree, Vfs};

use crate::common::{create, get, names, open, path, put, read_only};

const MODES: [MountMode; 3] = [MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay];
const LEVELS: usize = 6_000;
const ENTRIES: usize = 50_000;

/// A folder that is removed by a tool that holds no descriptor a level.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn mount(&self, mode: MountMode) -> Vfs {
        let dir = Dir::open_ambient_dir(self.0.path(), ambient_authority()).unwrap();
        let mount = HostMount::read_only(path("/data"), dir).with_mode(mode);
        Vfs::new(Tree::new(), Quota::default(), vec![mount]).unwrap()
    }

    /// Folders named `d` in one another, with a file at the bottom.
    fn deep() -> Self {
        let folder = Self::new();
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let mut dir: OwnedFd = openat(CWD, folder.0.path(), flags, Mode::empty()).unwrap();
        for _ in 0..LEVELS {
            mkdirat(&dir, "d", Mode::RWXU).unwrap();
            dir = openat(&dir, "d", flags, Mode::empty()).unwrap();
        }
        drop(openat(&dir, "bottom", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap());
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let removed = Command::new("rm").arg("-rf").arg(self.0.path()).status();
        assert!(std::thread::panicking() || removed.unwrap().success());
    }
}

/// Descriptors of this process that lead into `folder`.
fn n_open(folder: &Folder) -> usize {
    let targets = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().read_link().ok());
    targets.filter(|target| target.starts_with(folder.0.path())).count()
}

#[test]
fn a_tree_of_the_host_is_seen_down_to_the_bound_and_no_deeper() {
    let folder = Folder::deep();
    for mode in MODES {
        let mut vfs = folder.mount(mode);
        // Step by step, until there is a level that a guest cannot have.
        let mut dir = open(&mut vfs, "data", read_only()).unwrap();
        let mut depth = 0;
        let refused = loop {
            match vfs.open(dir, "d", true, read_only()) {
                Ok(next) => vfs.close(std::mem::replace(&mut dir, next)).unwrap(),
                Err(errno) => break errno,
            }
            depth += 1;
        };
        // Over a host folder lies a tree of the guest's own, which has no room for what is deeper: it is not there.
        let too_deep = if mode == MountMode::Overlay { Errno::Noent } else { Errno::Nametoolong };
        assert_eq!(refused, too_deep, "{mode:?}");
        assert!((MAX_DEPTH - 1..=MAX_DEPTH).contains(&depth), "{mode:?}: {depth} levels");
        // Neither further down, nor up and down again, nor by one long path.
        for further in ["d/d", "../d/d", "./d/."] {
            assert_eq!(vfs.open(dir, further, true, read_only()), Err(too_deep), "{mode:?}: {further}");
        }
        let long = ["d"; 500].join("/");
        assert_eq!(vfs.open(dir, &long, true, read_only()), Err(too_deep), "{mode:?}");
        assert_eq!(vfs.stat_at(ROOT_FD, &format!("data/{long}"), true), Err(too_deep), "{mode:?}");
        if mode == MountMode::ReadWrite {
            assert_eq!(vfs.rename(ROOT_FD, "data/d/d", ROOT_FD, "data/e"), Ok(()), "a tree moves as it is");
            assert_eq!(vfs.rename(ROOT_FD, "data/e", ROOT_FD, "data/d/d"), Ok(()));
            assert_eq!(vfs.rmdir(ROOT_FD, "data/d"), Err(Errno::Notempty));
        }
        assert!(n_open(&folder) < 20, "{mode:?}: {} descriptors", n_open(&folder));
        drop(vfs);
        assert_eq!(n_open(&folder), 0, "{mode:?}");
    }
}

#[test]
fn a_folder_of_fifty_thousand_entries_is_listed_and_used() {
    let folder = Folder::new();
    for n in 0..ENTRIES {
        std::fs::write(folder.0.path().join(format!("entry-{n:05}")), b"x").unwrap();
    }
    for mode in MODES {
        let mut vfs = folder.mount(mode);
        let begun = Instant::now();
        assert_eq!(names(&mut vfs, "data").unwrap().len(), ENTRIES, "{mode:?}");
        println!(
            "chaos: {mode}: {ENTRIES} entries of the host listed in {:.0} ms",
            begun.elapsed().as_secs_f64() * 1e3
        );
        assert_eq!(get(&mut vfs, "data/entry-49999").unwrap(), b"x", "{mode:?}");
        assert_eq!(open(&mut vfs, "data/entry-50000", read_only()), Err(Errno::Noent), "{mode:?}");
        let made = put(&mut vfs, "data/new", b"new");
        let expected = match mode {
            MountMode::ReadOnly => Err(Errno::Rofs),
            MountMode::ReadWrite => Ok(()),
            // The guest's own directory that lies over it takes no more than any other of its directories.
            _ => Err(Errno::Nospc),
        };
        assert_eq!(made, expected, "{mode:?}");
        if mode == MountMode::Overlay {
            assert!(!folder.0.path().join("new").exists());
        }
        drop(vfs);
        std::fs::remove_file(folder.0.path().join("new")).ok();
    }
}

#[test]
fn a_guest_at_all_its_bounds_is_told_and_goes_on() {
    let quota = Quota::default().with_max_files(10_000);
    let mut vfs = Vfs::new(Tree::new(), quota, Vec::new()).unwrap();
    let begun = Instant::now();
    let mut n = 0;
    let full = loop {
        let name = format!("{}/f{n}", ["d"; MAX_DEPTH - 1][..n % (MAX_DEPTH - 1)].join("/"));
        let depth = n % (MAX_DEPTH - 1);
        if n < MAX_DEPTH - 1 && depth > 0 {
            vfs.mkdir(ROOT_FD, &["d"; MAX_DEPTH][..depth].join("/")).unwrap();
        }
        match open(&mut vfs, name.trim_start_matches('/'), create()) {
            Ok(fd) => vfs.close(fd).unwrap(),
            Err(errno) => break errno,
        }
        n += 1;
    };
    assert_eq!(full, Errno::Nospc);
    assert_eq!(vfs.usage().inodes, 10_000);
    vfs.unlink(ROOT_FD, "f0").unwrap();
    let fd = open(&mut vfs, "room", create()).unwrap();
    vfs.close(fd).unwrap();
    let (usage, recount) = (vfs.usage(), vfs.tree().recount());
    assert_eq!((usage.bytes, usage.inodes), (recount.bytes, recount.inodes));
    println!(
        "chaos: a guest filled {n} places at all depths in {:.0} ms",
        begun.elapsed().as_secs_f64() * 1e3
    );
}
