//! Attempts to get out of the tree, or to change what is read-only.

use std::sync::Arc;

use sbx_vfs::{Errno, OpenOptions, Quota, ROOT_FD, SetTimes, TimeUpdate, Tree, TreeBuilder, Vfs};

use crate::common::{create, get, open, path, put, read_only, read_write, vfs};

#[test]
fn links_and_dots_end_at_the_root() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "passwd", b"mine").unwrap();
    vfs.mkdir(ROOT_FD, "d").unwrap();
    for (link, target) in [
        ("up", "../../../../../../passwd"),
        ("abs", "/passwd"),
        ("d/up", "../../passwd"),
        ("slashes", "////passwd"),
        ("root", "/"),
        ("dots", ".."),
    ] {
        vfs.symlink(target, ROOT_FD, link).unwrap();
    }
    for through in
        ["up", "abs", "d/up", "slashes", "root/passwd", "dots/dots/passwd", "../../passwd", "d/../../passwd"]
    {
        assert_eq!(get(&mut vfs, through).as_deref(), Ok(b"mine".as_slice()), "{through}");
    }
    let root = vfs.stat(ROOT_FD).unwrap().ino;
    for through in ["root", "dots", "dots/..", "../..", "d/../..", "root/"] {
        assert_eq!(vfs.stat_at(ROOT_FD, through, true).unwrap().ino, root, "{through}");
    }
    // From a descriptor further down there is no other root.
    let dir = open(&mut vfs, "d", read_only()).unwrap();
    assert_eq!(vfs.stat_at(dir, "../..", true).unwrap().ino, root);
    assert_eq!(vfs.stat_at(ROOT_FD, "/etc/passwd", true), Err(Errno::Perm));
    for missing in ["etc/passwd", "../etc/passwd", "root/etc/passwd"] {
        assert_eq!(get(&mut vfs, missing), Err(Errno::Noent), "{missing}");
    }
}

#[test]
fn links_in_the_last_place_are_followed_only_on_request() {
    let mut vfs = vfs(Quota::default());
    vfs.symlink("new", ROOT_FD, "link").unwrap();
    assert_eq!(vfs.open(ROOT_FD, "link", false, read_only()), Err(Errno::Loop));
    assert_eq!(vfs.open(ROOT_FD, "link", false, create()), Err(Errno::Loop));
    assert_eq!(vfs.open(ROOT_FD, "link", true, create().exclusive(true)), Err(Errno::Exist));
    // Followed, it makes what it points to.
    let fd = vfs.open(ROOT_FD, "link", true, create()).unwrap();
    assert_eq!(vfs.stat(fd).unwrap().ino, vfs.stat_at(ROOT_FD, "new", false).unwrap().ino);
    assert_eq!(vfs.readlink(ROOT_FD, "link").as_deref(), Ok("new"));
    assert_eq!(vfs.readlink(ROOT_FD, "new"), Err(Errno::Inval));
    assert_eq!(vfs.symlink("", ROOT_FD, "empty"), Err(Errno::Noent));
    assert_eq!(vfs.symlink("a\0b", ROOT_FD, "nul"), Err(Errno::Inval));
}

#[test]
fn names_that_the_host_cannot_say_are_refused() {
    let mut vfs = vfs(Quota::default());
    for bad in ["a\nb", "a\\b", "a\u{7f}", "a\u{9b}b"] {
        assert_eq!(vfs.mkdir(ROOT_FD, bad), Err(Errno::Inval), "{bad:?}");
        assert_eq!(open(&mut vfs, bad, create()), Err(Errno::Inval), "{bad:?}");
        // Looking for one is no mistake: it is not there.
        assert_eq!(vfs.stat_at(ROOT_FD, bad, true), Err(Errno::Noent), "{bad:?}");
    }
    assert_eq!(vfs.stat_at(ROOT_FD, "a\0", true), Err(Errno::Inval));
    assert_eq!(vfs.stat_at(ROOT_FD, "", true), Err(Errno::Noent));
    vfs.mkdir(ROOT_FD, "grüße 世界 ..x").unwrap();
    assert!(vfs.tree().exists(&path("/grüße 世界 ..x")));
}

/// `/usr/lib/std.zip` is the runtime's; `/app` and `/tmp` are the guest's, and one more file of the runtime's lies in
/// `/app/vendor`.
fn runtime() -> Tree {
    let mut builder = TreeBuilder::new();
    builder.dir(&path("/app")).unwrap().dir(&path("/tmp")).unwrap();
    builder.read_only_file(&path("/usr/lib/std.zip"), Arc::new(b"PK")).unwrap();
    builder.dir(&path("/app/vendor")).unwrap();
    builder.read_only_file(&path("/app/vendor/pkg.py"), Arc::new(b"x = 1")).unwrap();
    builder.build()
}

#[test]
fn read_only_refuses_every_change_in_both_directions() {
    let mut vfs = Vfs::new(runtime(), Quota::default(), Vec::new()).unwrap();
    put(&mut vfs, "app/mine", b"mine").unwrap();
    vfs.mkdir(ROOT_FD, "app/dir").unwrap();
    let before = vfs.usage();
    for fixed in ["usr/lib/std.zip", "app/vendor/pkg.py"] {
        assert_eq!(open(&mut vfs, fixed, read_write()), Err(Errno::Rofs));
        assert_eq!(open(&mut vfs, fixed, OpenOptions::new().write(true)), Err(Errno::Rofs));
        assert_eq!(open(&mut vfs, fixed, read_only().truncate(true)), Err(Errno::Rofs));
        assert_eq!(open(&mut vfs, fixed, create()), Err(Errno::Rofs));
        assert_eq!(open(&mut vfs, fixed, create().exclusive(true)), Err(Errno::Exist));
        assert_eq!(vfs.unlink(ROOT_FD, fixed), Err(Errno::Rofs));
        // Out of, into, and over.
        assert_eq!(vfs.rename(ROOT_FD, fixed, ROOT_FD, "app/taken"), Err(Errno::Rofs));
        assert_eq!(vfs.rename(ROOT_FD, "app/mine", ROOT_FD, fixed), Err(Errno::Rofs));
        assert_eq!(vfs.link(ROOT_FD, fixed, true, ROOT_FD, "app/alias"), Err(Errno::Rofs));
        let times = SetTimes { mtime: TimeUpdate::Now, ..SetTimes::default() };
        assert_eq!(vfs.set_times_at(ROOT_FD, fixed, true, times), Err(Errno::Rofs));
        let fd = open(&mut vfs, fixed, read_only()).unwrap();
        assert_eq!(vfs.write(fd, b"x"), Err(Errno::Badf));
        assert_eq!(vfs.pwrite(fd, 0, b"x"), Err(Errno::Badf));
        assert_eq!(vfs.set_size(fd, 0), Err(Errno::Inval));
        assert_eq!(vfs.allocate(fd, 0, 100), Err(Errno::Badf));
        assert_eq!(vfs.set_times(fd, times), Err(Errno::Rofs));
    }
    for dir in ["", "usr/", "usr/lib/"] {
        assert_eq!(open(&mut vfs, &format!("{dir}new"), create()), Err(Errno::Rofs), "{dir}");
        assert_eq!(vfs.mkdir(ROOT_FD, &format!("{dir}new")), Err(Errno::Rofs), "{dir}");
        assert_eq!(vfs.symlink("x", ROOT_FD, &format!("{dir}new")), Err(Errno::Rofs), "{dir}");
        assert_eq!(
            vfs.link(ROOT_FD, "app/mine", false, ROOT_FD, &format!("{dir}new")),
            Err(Errno::Rofs),
            "{dir}"
        );
        assert_eq!(vfs.rename(ROOT_FD, "app/mine", ROOT_FD, &format!("{dir}new")), Err(Errno::Rofs), "{dir}");
    }
    assert_eq!(vfs.rmdir(ROOT_FD, "usr/lib"), Err(Errno::Rofs));
    assert_eq!(vfs.rename(ROOT_FD, "usr", ROOT_FD, "app/usr"), Err(Errno::Rofs));
    assert_eq!(vfs.rename(ROOT_FD, "app", ROOT_FD, "tmp/app"), Err(Errno::Rofs));
    // A writable directory above something read-only stays where it is: its path is what the runtime relies on.
    assert_eq!(vfs.rename(ROOT_FD, "app/vendor", ROOT_FD, "app/gone"), Err(Errno::Busy));
    assert_eq!(vfs.rename(ROOT_FD, "app/dir", ROOT_FD, "app/vendor"), Err(Errno::Busy));
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (before.bytes, before.inodes));
    assert_eq!(get(&mut vfs, "app/vendor/pkg.py").unwrap(), b"x = 1");
    // What is no change still works.
    assert_eq!(vfs.mkdir(ROOT_FD, "usr/lib"), Err(Errno::Exist));
    put(&mut vfs, "app/vendor/own.py", b"").unwrap();
}

#[test]
fn a_path_below_a_file_is_enotdir() {
    let mut vfs = Vfs::new(runtime(), Quota::default(), Vec::new()).unwrap();
    for below in ["usr/lib/std.zip/numpy", "usr/lib/std.zip/", "usr/lib/std.zip/.", "usr/lib/std.zip/.."] {
        assert_eq!(vfs.stat_at(ROOT_FD, below, true), Err(Errno::Notdir), "{below}");
        assert_eq!(open(&mut vfs, below, read_only()), Err(Errno::Notdir), "{below}");
    }
    assert_eq!(vfs.stat_at(ROOT_FD, "usr/lib/other.zip", true), Err(Errno::Noent));
    let file = open(&mut vfs, "usr/lib/std.zip", read_only()).unwrap();
    assert_eq!(vfs.stat_at(file, ".", true), Err(Errno::Notdir));
    assert_eq!(vfs.stat_at(99, ".", true), Err(Errno::Badf));
}
