//! What programs rely on besides bounds: streams and descriptors, listings, times, sparse files.

use sbx_vfs::{
    Access, DescriptorTable, Errno, FdFlags, FileType, Quota, ROOT_FD, SetTimes, Stream, TimeUpdate, Tree,
    Vfs, Whence,
};

use crate::common::{create, get, names, open, put, read_only, read_write, vfs};

#[test]
fn streams_and_the_root_can_never_be_lost() {
    let mut vfs = vfs(Quota::default());
    for (fd, stream) in [(0, Stream::Stdin), (1, Stream::Stdout), (2, Stream::Stderr)] {
        assert_eq!(vfs.stream(fd), Some(stream));
        assert_eq!(vfs.close(fd), Ok(()));
        assert_eq!(vfs.stream(fd), Some(stream));
        assert_eq!(vfs.descriptor(fd).unwrap().file_type, FileType::Stream);
        assert_eq!(vfs.seek(fd, Whence::Set, 0), Err(Errno::Spipe));
        assert_eq!(vfs.tell(fd), Err(Errno::Spipe));
        assert_eq!(vfs.pread(fd, 0, &mut [0]), Err(Errno::Spipe));
        assert_eq!(vfs.stat(fd).unwrap().file_type, FileType::Stream);
    }
    assert_eq!(vfs.descriptor(ROOT_FD).unwrap().preopen, Some("/"));
    assert_eq!(vfs.close(ROOT_FD), Ok(()));
    assert!(vfs.stat_at(ROOT_FD, ".", true).is_ok());
    assert_eq!(vfs.close(4), Err(Errno::Badf));
}

#[test]
fn renumber_moves_and_closes() {
    let mut vfs = vfs(Quota::default());
    let a = open(&mut vfs, "a", create()).unwrap();
    let b = open(&mut vfs, "b", create()).unwrap();
    vfs.unlink(ROOT_FD, "b").unwrap();
    vfs.write(b, b"gone").unwrap();
    vfs.write(a, b"kept").unwrap();
    assert_eq!(vfs.renumber(a, a), Ok(()));
    assert_eq!(vfs.renumber(a, b), Ok(()));
    assert_eq!((vfs.tell(b), vfs.tell(a)), (Ok(4), Err(Errno::Badf)));
    assert_eq!(vfs.usage().bytes, 4, "what `b` held is freed");
    assert_eq!(vfs.renumber(b, 1), Err(Errno::Notsup));
    assert_eq!(vfs.renumber(b, ROOT_FD), Err(Errno::Notsup));
    assert_eq!(vfs.renumber(ROOT_FD, b), Err(Errno::Notsup));
    assert_eq!(vfs.renumber(b, 1000), Err(Errno::Badf));
    assert_eq!(vfs.renumber(1000, b), Err(Errno::Badf));
    // A stream gets one more name.
    assert_eq!(vfs.renumber(1, b), Ok(()));
    assert_eq!((vfs.stream(1), vfs.stream(b)), (Some(Stream::Stdout), Some(Stream::Stdout)));
    assert_eq!(vfs.close(b), Ok(()));
    assert_eq!(open(&mut vfs, "a", read_only()), Ok(a));

    // Two descriptors of one file without a name: it lives as long as either.
    let c = open(&mut vfs, "a", read_only()).unwrap();
    vfs.unlink(ROOT_FD, "a").unwrap();
    vfs.renumber(a, c).unwrap();
    assert_eq!((vfs.usage().bytes, vfs.read(c, &mut [0; 8])), (4, Ok(4)));
    vfs.close(c).unwrap();
    assert_eq!(vfs.usage().bytes, 0);
}

#[test]
fn access_is_what_was_asked_and_only_narrows() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "a", b"abc").unwrap();
    let reader = open(&mut vfs, "a", read_only()).unwrap();
    assert_eq!(vfs.write(reader, b"x"), Err(Errno::Badf));
    assert_eq!(vfs.set_size(reader, 0), Err(Errno::Inval));
    let both = open(&mut vfs, "a", read_write()).unwrap();
    vfs.restrict(both, Access::READ).unwrap();
    assert_eq!(vfs.write(both, b"x"), Err(Errno::Badf));
    vfs.restrict(both, Access::BOTH).unwrap();
    assert_eq!(vfs.write(both, b"x"), Err(Errno::Badf));
    let writer = open(&mut vfs, "a", sbx_vfs::OpenOptions::new().write(true)).unwrap();
    assert_eq!(vfs.read(writer, &mut [0]), Err(Errno::Badf));
    let dir = open(&mut vfs, ".", read_only()).unwrap();
    assert_eq!(vfs.read(dir, &mut [0]), Err(Errno::Isdir));
    assert_eq!(open(&mut vfs, ".", read_write()), Err(Errno::Isdir));
    assert_eq!(open(&mut vfs, "a", read_only().directory(true)), Err(Errno::Notdir));
    assert_eq!(open(&mut vfs, "new", create().directory(true)), Err(Errno::Inval));
}

#[test]
fn append_goes_to_the_end_and_can_be_switched() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "a", b"abc").unwrap();
    let fd = open(&mut vfs, "a", read_write().append(true)).unwrap();
    vfs.write(fd, b"d").unwrap();
    assert_eq!(vfs.tell(fd), Ok(4));
    vfs.seek(fd, Whence::Set, 0).unwrap();
    vfs.write(fd, b"e").unwrap();
    vfs.set_flags(fd, FdFlags::default()).unwrap();
    vfs.seek(fd, Whence::Set, 0).unwrap();
    vfs.write(fd, b"A").unwrap();
    assert_eq!(get(&mut vfs, "a").unwrap(), b"Abcde");
    assert!(!vfs.descriptor(fd).unwrap().flags.append);
}

#[test]
fn cookies_neither_repeat_nor_skip() {
    let mut vfs = vfs(Quota::default());
    for idx in 0..100 {
        put(&mut vfs, &format!("keep{idx}"), b"").unwrap();
        put(&mut vfs, &format!("drop{idx}"), b"").unwrap();
    }
    let mut seen = Vec::new();
    let mut cookie = 0;
    for step in 0.. {
        let before = seen.len();
        vfs.readdir(ROOT_FD, cookie, &mut |entry| {
            seen.push(entry.name.to_owned());
            cookie = entry.next;
            seen.len() < before + 3
        })
        .unwrap();
        if seen.len() == before {
            break;
        }
        // Meanwhile some go, some come, and what was just seen goes too.
        let last = seen.last().unwrap().clone();
        if last.starts_with("drop") {
            vfs.unlink(ROOT_FD, &last).unwrap();
        }
        let gone = format!("drop{}", 99 - step.min(99));
        if vfs.stat_at(ROOT_FD, &gone, false).is_ok() {
            vfs.unlink(ROOT_FD, &gone).unwrap();
        }
        if step < 50 {
            put(&mut vfs, &format!("new{step}"), b"").unwrap();
        }
    }
    let keep = |names: &[String]| names.iter().filter(|name| name.starts_with("keep")).count();
    assert_eq!(keep(&seen), 100);
    assert_eq!(seen.iter().filter(|name| *name == "." || *name == "..").count(), 2);
    let len = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), len, "an entry came twice");
    assert_eq!(keep(&names(&mut vfs, ".").unwrap()), 100);
}

#[test]
fn a_removed_directory_is_empty_and_takes_nothing() {
    let mut vfs = vfs(Quota::default());
    vfs.mkdir(ROOT_FD, "d").unwrap();
    let dir = open(&mut vfs, "d", read_only()).unwrap();
    vfs.rmdir(ROOT_FD, "d").unwrap();
    assert_eq!(vfs.stat(dir).unwrap().nlink, 0);
    assert_eq!(vfs.readdir(dir, 0, &mut |_entry| true), Err(Errno::Noent));
    assert_eq!(vfs.open(dir, "x", true, create()), Err(Errno::Noent));
    assert_eq!(vfs.mkdir(dir, "x"), Err(Errno::Noent));
    assert_eq!(vfs.stat_at(dir, "..", true), Err(Errno::Noent));
    assert!(vfs.stat_at(dir, ".", true).is_ok());
    assert_eq!(vfs.usage().inodes, 1);
    vfs.close(dir).unwrap();
    assert_eq!(vfs.usage().inodes, 0);
}

#[test]
fn times_are_the_hosts() {
    let mut vfs = vfs(Quota::default());
    vfs.set_now(100);
    let fd = open(&mut vfs, "a", create()).unwrap();
    let times = |vfs: &mut Vfs, path: &str| {
        let times = vfs.stat_at(ROOT_FD, path, false).unwrap().times;
        (times.atime_ns, times.mtime_ns, times.ctime_ns)
    };
    assert_eq!((times(&mut vfs, "a"), times(&mut vfs, ".")), ((100, 100, 100), (0, 100, 100)));
    vfs.set_now(200);
    vfs.read(fd, &mut [0]).unwrap();
    assert_eq!(times(&mut vfs, "a"), (100, 100, 100));
    vfs.write(fd, b"x").unwrap();
    assert_eq!(times(&mut vfs, "a"), (100, 200, 200));
    vfs.set_now(300);
    vfs.set_times(fd, SetTimes { atime: TimeUpdate::At(7), mtime: TimeUpdate::Keep }).unwrap();
    assert_eq!(times(&mut vfs, "a"), (7, 200, 300));
    vfs.set_now(400);
    vfs.rename(ROOT_FD, "a", ROOT_FD, "b").unwrap();
    assert_eq!((times(&mut vfs, "b"), times(&mut vfs, ".")), ((7, 200, 400), (0, 400, 400)));
    // A link has times of its own.
    vfs.symlink("b", ROOT_FD, "l").unwrap();
    vfs.set_now(500);
    let now = SetTimes { atime: TimeUpdate::Now, mtime: TimeUpdate::At(5) };
    vfs.set_times_at(ROOT_FD, "l", false, now).unwrap();
    assert_eq!((times(&mut vfs, "l"), times(&mut vfs, "b")), ((500, 5, 500), (7, 200, 400)));
    vfs.set_times_at(ROOT_FD, "l", true, now).unwrap();
    assert_eq!(times(&mut vfs, "b"), (500, 5, 500));
}

#[test]
fn descriptors_survive_with_the_tree() {
    let mut vfs = vfs(Quota::default());
    vfs.mkdir(ROOT_FD, "d").unwrap();
    let named = open(&mut vfs, "d/a", create()).unwrap();
    let orphan = open(&mut vfs, "b", create().append(true)).unwrap();
    let dir = open(&mut vfs, "d", read_only()).unwrap();
    let closed = open(&mut vfs, "c", create()).unwrap();
    vfs.write(named, b"0123456789").unwrap();
    vfs.seek(named, Whence::Set, 3).unwrap();
    vfs.write(orphan, b"temporary").unwrap();
    vfs.unlink(ROOT_FD, "b").unwrap();
    vfs.close(closed).unwrap();
    let text = serde_json::to_string(&vfs.descriptors()).unwrap();

    let mut later = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
    later.restore_descriptors(serde_json::from_str(&text).unwrap()).unwrap();
    let mut buf = [0; 4];
    assert_eq!((later.read(named, &mut buf), &buf), (Ok(4), b"3456"));
    later.write(orphan, b"!").unwrap();
    later.seek(orphan, Whence::Set, 0).unwrap();
    let mut buf = [0; 16];
    assert_eq!((later.read(orphan, &mut buf), &buf[..10]), (Ok(10), b"temporary!".as_slice()));
    assert_eq!(later.stat_at(dir, "a", true).unwrap().size, 10);
    assert_eq!(open(&mut later, "c", read_only()), Ok(closed));
    later.close(orphan).unwrap();
    assert_eq!(later.usage().bytes, 10);

    // Without its descriptors nothing keeps the orphan.
    let mut none = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
    none.restore_descriptors(DescriptorTable::default()).unwrap();
    assert_eq!((none.usage().bytes, none.usage().inodes), (10, 3));
}

#[test]
fn tampered_descriptor_tables_are_refused() {
    let mut vfs = vfs(Quota::default().with_max_open_files(2));
    open(&mut vfs, "a", create()).unwrap();
    let good = serde_json::to_string(&vfs.descriptors()).unwrap();
    for (from, to) in [
        (r#""fd":4"#, r#""fd":3"#),
        (r#""fd":4"#, r#""fd":6"#),
        (r#""fd":4"#, r#""fd":4294967295"#),
        (r#""stream":"stdin""#, r#""stream":"stdout""#),
        (r#"{"path":["/","dir"]}"#, r#"{"path":["/a","file"]}"#),
        (r#""offset":0}]"#, r#""offset":18446744073709551615}]"#),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good, "{from}");
        let table = serde_json::from_str(&bad).unwrap();
        assert_eq!(vfs.restore_descriptors(table).unwrap_err().code(), "vfs.bad_descriptor", "{to}");
        assert_eq!(serde_json::to_string(&vfs.descriptors()).unwrap(), good);
    }
    // What is gone, or is something else by now, is closed.
    for (from, to) in [
        ("/a", "/missing"),
        (r#"["/a","file"]"#, r#"["/a","dir"]"#),
        (r#"{"path":["/a","file"]}"#, r#"{"orphan":[77,"file"]}"#),
    ] {
        let mut fresh = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
        fresh.restore_descriptors(serde_json::from_str(&good.replace(from, to)).unwrap()).unwrap();
        assert_eq!(fresh.descriptor(4), Err(Errno::Badf), "{to}");
    }
    // An inode with a name cannot be claimed as one without, past whatever guards its path.
    let root_as_orphan = good.replace(r#"{"path":["/a","file"]}"#, r#"{"orphan":[1,"dir"]}"#);
    let mut fresh = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
    fresh.restore_descriptors(serde_json::from_str(&root_as_orphan).unwrap()).unwrap();
    assert_eq!(fresh.descriptor(4), Err(Errno::Badf));
}

#[test]
fn without_mounts_nothing_touches_the_host() {
    let mut vfs = Vfs::new(Tree::new(), Quota::default(), Vec::new()).unwrap();
    let fd = open(&mut vfs, "a", create()).unwrap();
    assert!(!vfs.touches_host_fd(fd) && !vfs.touches_host_fd(ROOT_FD) && !vfs.touches_host_fd(99));
    assert!(!vfs.touches_host_path(ROOT_FD, "a") && !vfs.touches_host_path(99, "a"));
}
