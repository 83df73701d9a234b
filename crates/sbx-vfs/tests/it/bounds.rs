//! Every bound with its exact error number, and what gives back what was taken.

use sbx_vfs::{
    Errno, MAX_DEPTH, MAX_DIR_ENTRIES, MAX_LINKS, MAX_NAME, MAX_PATH, MAX_SYMLINKS, Quota, QuotaKind,
    ROOT_FD, Vfs, Whence,
};

use crate::common::{create, get, open, put, read_only, read_write, vfs};

const KIB: u64 = 1 << 10;

fn hits(vfs: &Vfs) -> Vec<QuotaKind> {
    vfs.hits().iter().collect()
}

#[test]
fn disk_bytes_are_exact_and_given_back() {
    let mut vfs = vfs(Quota::default().with_disk_bytes(10 * KIB));
    put(&mut vfs, "a", &[1; 6 << 10]).unwrap();
    // A write that does not fit is cut short, as on a full disk, and the next one says why.
    let fd = open(&mut vfs, "b", create()).unwrap();
    assert_eq!(vfs.write(fd, &[2; 5 << 10]), Ok(4 << 10));
    assert_eq!(vfs.write(fd, &[2]), Err(Errno::Nospc));
    assert_eq!((vfs.usage().bytes, hits(&vfs)), (10 * KIB, vec![QuotaKind::Disk]));
    // Writing over what is there takes nothing.
    assert_eq!(vfs.pwrite(fd, 0, &[3; 4 << 10]), Ok(4 << 10));

    // Truncating gives back.
    vfs.set_size(fd, KIB).unwrap();
    assert_eq!(vfs.usage().bytes, 7 * KIB);
    assert_eq!(vfs.set_size(fd, 4 * KIB + 1), Err(Errno::Nospc));
    // So does opening with O_TRUNC,
    let again = open(&mut vfs, "b", read_write().truncate(true)).unwrap();
    vfs.close(again).unwrap();
    assert_eq!(vfs.usage().bytes, 6 * KIB);
    // renaming over,
    put(&mut vfs, "c", &[4; 1 << 10]).unwrap();
    vfs.rename(ROOT_FD, "c", ROOT_FD, "a").unwrap();
    assert_eq!(vfs.usage().bytes, KIB);
    // and the last unlink, not the first of two names.
    vfs.link(ROOT_FD, "a", false, ROOT_FD, "a2").unwrap();
    vfs.unlink(ROOT_FD, "a").unwrap();
    assert_eq!(vfs.usage().bytes, KIB);
    vfs.unlink(ROOT_FD, "a2").unwrap();
    assert_eq!(vfs.usage().bytes, 0);
}

#[test]
fn unlinked_but_open_counts_until_the_last_close() {
    let mut vfs = vfs(Quota::default().with_disk_bytes(4 * KIB));
    let first = open(&mut vfs, "a", create()).unwrap();
    let second = open(&mut vfs, "a", read_only()).unwrap();
    vfs.write(first, &[1; 4 << 10]).unwrap();
    vfs.unlink(ROOT_FD, "a").unwrap();
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (4 * KIB, 1));
    assert_eq!(put(&mut vfs, "b", b"x"), Err(Errno::Nospc));
    assert_eq!(vfs.stat(first).unwrap().nlink, 0);
    vfs.close(first).unwrap();
    let mut buf = [0; 2];
    assert_eq!((vfs.read(second, &mut buf), buf), (Ok(2), [1, 1]));
    assert_eq!(vfs.usage().bytes, 4 * KIB);
    vfs.close(second).unwrap();
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (0, 1));
    put(&mut vfs, "b", b"x").unwrap();

    // The same for a file that another one is renamed over.
    let held = open(&mut vfs, "b", read_only()).unwrap();
    put(&mut vfs, "c", b"yy").unwrap();
    vfs.rename(ROOT_FD, "c", ROOT_FD, "b").unwrap();
    assert_eq!(vfs.usage().bytes, 3);
    vfs.close(held).unwrap();
    assert_eq!(vfs.usage().bytes, 2);
}

#[test]
fn a_sparse_terabyte_is_refused() {
    let mut vfs = vfs(Quota::default());
    let fd = open(&mut vfs, "a", create()).unwrap();
    assert_eq!(vfs.set_size(fd, 1 << 40), Err(Errno::Fbig));
    assert_eq!(vfs.allocate(fd, 0, 1 << 40), Err(Errno::Fbig));
    assert_eq!(vfs.pwrite(fd, 1 << 40, b"x"), Err(Errno::Fbig));
    assert_eq!(vfs.seek(fd, Whence::Set, 1 << 40), Ok(1 << 40));
    assert_eq!(vfs.write(fd, b"x"), Err(Errno::Fbig));
    assert_eq!((vfs.usage().bytes, hits(&vfs)), (0, vec![QuotaKind::FileSize]));
}

#[test]
fn sparse_bytes_count_in_full() {
    let mut vfs = vfs(Quota::default().with_disk_bytes(100 * KIB));
    let fd = open(&mut vfs, "a", create()).unwrap();
    vfs.set_size(fd, 99 * KIB).unwrap();
    assert_eq!(vfs.usage().bytes, 99 * KIB);
    assert_eq!(vfs.pwrite(fd, 101 * KIB, b"x"), Err(Errno::Nospc));
    assert_eq!(vfs.pwrite(fd, 100 * KIB - 1, b"xy"), Ok(1));
    assert_eq!(vfs.usage().bytes, 100 * KIB);
}

#[test]
fn a_file_ends_at_its_limit() {
    let mut vfs = vfs(Quota::default().with_max_file_bytes(10));
    let fd = open(&mut vfs, "a", create()).unwrap();
    assert_eq!(vfs.write(fd, b"12345678"), Ok(8));
    assert_eq!(vfs.write(fd, b"9012"), Ok(2));
    assert_eq!(vfs.write(fd, b"x"), Err(Errno::Fbig));
    assert_eq!(vfs.write(fd, b""), Ok(0));
    assert_eq!(vfs.set_size(fd, 11), Err(Errno::Fbig));
    assert_eq!(get(&mut vfs, "a").unwrap(), b"1234567890");
}

#[test]
fn inodes_are_exact_and_given_back() {
    let mut vfs = vfs(Quota::default().with_max_files(3));
    put(&mut vfs, "file", b"").unwrap();
    vfs.mkdir(ROOT_FD, "dir").unwrap();
    vfs.symlink("file", ROOT_FD, "link").unwrap();
    assert_eq!(open(&mut vfs, "more", create()), Err(Errno::Nospc));
    assert_eq!(vfs.mkdir(ROOT_FD, "more"), Err(Errno::Nospc));
    assert_eq!(vfs.symlink("x", ROOT_FD, "more"), Err(Errno::Nospc));
    assert_eq!(vfs.link(ROOT_FD, "file", false, ROOT_FD, "more"), Err(Errno::Nospc));
    assert_eq!((vfs.usage().inodes, hits(&vfs)), (3, vec![QuotaKind::Files]));
    for (idx, free) in ["rmdir", "unlink", "rename"].into_iter().enumerate() {
        match free {
            "rmdir" => vfs.rmdir(ROOT_FD, "dir").unwrap(),
            "unlink" => vfs.unlink(ROOT_FD, "link").unwrap(),
            _ => vfs.rename(ROOT_FD, "new0", ROOT_FD, "new1").unwrap(),
        }
        assert_eq!(vfs.usage().inodes, 2, "{free}");
        // A hard link takes as much as a file: names are memory too.
        vfs.link(ROOT_FD, "file", false, ROOT_FD, "again").unwrap();
        assert_eq!(vfs.usage().inodes, 3);
        vfs.unlink(ROOT_FD, "again").unwrap();
        put(&mut vfs, &format!("new{idx}"), b"").unwrap();
    }
}

#[test]
fn descriptors_are_exact_and_given_back() {
    let mut vfs = vfs(Quota::default().with_max_open_files(2));
    put(&mut vfs, "a", b"").unwrap();
    let first = open(&mut vfs, "a", read_only()).unwrap();
    let second = open(&mut vfs, ".", read_only()).unwrap();
    assert_eq!((first, second), (4, 5));
    // Before anything else is looked at, as on Linux.
    assert_eq!(open(&mut vfs, "missing", read_only()), Err(Errno::Mfile));
    assert_eq!((vfs.usage().open_files, hits(&vfs)), (2, vec![QuotaKind::OpenFiles]));
    vfs.close(first).unwrap();
    assert_eq!(open(&mut vfs, "a", read_only()), Ok(4));
}

#[test]
fn a_directory_takes_no_more_than_its_bound() {
    let mut vfs = vfs(Quota::default().with_max_files(50_000));
    vfs.mkdir(ROOT_FD, "d").unwrap();
    for idx in 0..MAX_DIR_ENTRIES {
        vfs.symlink("x", ROOT_FD, &format!("d/{idx}")).unwrap();
    }
    put(&mut vfs, "file", b"").unwrap();
    assert_eq!(open(&mut vfs, "d/more", create()), Err(Errno::Nospc));
    assert_eq!(vfs.mkdir(ROOT_FD, "d/more"), Err(Errno::Nospc));
    assert_eq!(vfs.symlink("x", ROOT_FD, "d/more"), Err(Errno::Nospc));
    assert_eq!(vfs.link(ROOT_FD, "file", false, ROOT_FD, "d/more"), Err(Errno::Nospc));
    assert_eq!(vfs.rename(ROOT_FD, "file", ROOT_FD, "d/more"), Err(Errno::Nospc));
    // No quota was hit: there is nothing to raise.
    assert!(vfs.hits().is_empty());
    // Renaming inside, and over an entry, needs no room.
    vfs.rename(ROOT_FD, "d/0", ROOT_FD, "d/zero").unwrap();
    vfs.rename(ROOT_FD, "file", ROOT_FD, "d/zero").unwrap();
    vfs.unlink(ROOT_FD, "d/1").unwrap();
    vfs.mkdir(ROOT_FD, "d/more").unwrap();
}

#[test]
fn names_and_paths_have_bounds() {
    let mut vfs = vfs(Quota::default());
    let name = "n".repeat(MAX_NAME);
    vfs.mkdir(ROOT_FD, &name).unwrap();
    let long = format!("{name}n");
    assert_eq!(vfs.mkdir(ROOT_FD, &long), Err(Errno::Nametoolong));
    assert_eq!(vfs.stat_at(ROOT_FD, &long, true), Err(Errno::Nametoolong));
    assert_eq!(vfs.stat_at(ROOT_FD, &format!("{long}/x"), true), Err(Errno::Nametoolong));
    assert_eq!(vfs.rename(ROOT_FD, &name, ROOT_FD, &long), Err(Errno::Nametoolong));

    // A path as given in a call.
    let path = format!("./{}", "/".repeat(MAX_PATH - 2));
    assert_eq!(path.len(), MAX_PATH);
    assert!(vfs.stat_at(ROOT_FD, &path, true).is_ok());
    assert_eq!(vfs.stat_at(ROOT_FD, &format!("{path}/"), true), Err(Errno::Nametoolong));
    assert_eq!(vfs.symlink(&"t".repeat(MAX_PATH), ROOT_FD, "link"), Ok(()));
    assert_eq!(vfs.symlink(&"t".repeat(MAX_PATH + 1), ROOT_FD, "link2"), Err(Errno::Nametoolong));

    // A path as counted from the root, however it is reached: four directories of 249 bytes, then 24 bytes are left.
    let part = "p".repeat(249);
    let mut dir = ROOT_FD;
    for _ in 0..4 {
        vfs.mkdir(dir, &part).unwrap();
        dir = vfs.open(dir, &part, true, read_only().directory(true)).unwrap();
    }
    assert_eq!(vfs.mkdir(dir, &"q".repeat(MAX_PATH - 4 * 250)), Err(Errno::Nametoolong));
    vfs.mkdir(dir, &"q".repeat(MAX_PATH - 4 * 250 - 1)).unwrap();
}

#[test]
fn trees_are_no_deeper_than_their_bound() {
    let mut vfs = vfs(Quota::default());
    let deep = ["d"; MAX_DEPTH].join("/");
    for depth in 1..=MAX_DEPTH {
        vfs.mkdir(ROOT_FD, &["d"; MAX_DEPTH][..depth].join("/")).unwrap();
    }
    assert_eq!(vfs.mkdir(ROOT_FD, &format!("{deep}/d")), Err(Errno::Nametoolong));
    let dir = open(&mut vfs, &deep, read_only()).unwrap();
    assert_eq!(vfs.open(dir, "file", true, create()), Err(Errno::Nametoolong));
    assert_eq!(vfs.symlink("x", dir, "link"), Err(Errno::Nametoolong));

    // Not by moving a tree below another one either, nor over something.
    vfs.mkdir(ROOT_FD, "e").unwrap();
    vfs.mkdir(ROOT_FD, "e/over").unwrap();
    assert_eq!(vfs.rename(ROOT_FD, "d", ROOT_FD, "e/d"), Err(Errno::Nametoolong));
    assert_eq!(vfs.rename(ROOT_FD, "d", ROOT_FD, "e/over"), Err(Errno::Nametoolong));
    assert!(vfs.stat_at(ROOT_FD, "e/over", true).is_ok());
    vfs.rename(ROOT_FD, "d/d", ROOT_FD, "e/over").unwrap();
    vfs.rename(ROOT_FD, "e", ROOT_FD, "f").unwrap();
    let walked = vfs.tree().walk(&sbx_vfs::GuestPath::root()).map(|item| item.path.parts().count()).max();
    assert_eq!(walked, Some(MAX_DEPTH));
}

#[test]
fn moving_a_tree_is_charged_by_its_size() {
    let mut vfs = vfs(Quota::default());
    vfs.mkdir(ROOT_FD, "d").unwrap();
    for idx in 0..100 {
        vfs.mkdir(ROOT_FD, &format!("d/{idx}")).unwrap();
    }
    vfs.take_work();
    vfs.rename(ROOT_FD, "d", ROOT_FD, "e").unwrap();
    assert!(vfs.take_work() < 10);
    vfs.rename(ROOT_FD, "e", ROOT_FD, "longer").unwrap();
    assert!(vfs.take_work() >= 100);
}

#[test]
fn links_are_followed_only_so_often() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "l0", b"end").unwrap();
    for n in 0..=MAX_SYMLINKS {
        vfs.symlink(&format!("l{n}"), ROOT_FD, &format!("l{}", n + 1)).unwrap();
    }
    assert_eq!(get(&mut vfs, &format!("l{MAX_SYMLINKS}")).unwrap(), b"end");
    assert_eq!(get(&mut vfs, &format!("l{}", MAX_SYMLINKS + 1)), Err(Errno::Loop));
    vfs.symlink("loop", ROOT_FD, "loop").unwrap();
    assert_eq!(vfs.stat_at(ROOT_FD, "loop/x", true), Err(Errno::Loop));
    assert_eq!(vfs.stat_at(ROOT_FD, "loop", false).unwrap().size, 4);
}

#[test]
fn a_file_has_only_so_many_names() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "0", b"x").unwrap();
    for idx in 1..MAX_LINKS {
        vfs.link(ROOT_FD, "0", false, ROOT_FD, &idx.to_string()).unwrap();
    }
    assert_eq!(vfs.link(ROOT_FD, "0", false, ROOT_FD, "more"), Err(Errno::Mlink));
    assert_eq!(vfs.stat_at(ROOT_FD, "0", true).unwrap().nlink, MAX_LINKS as u64);
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (1, MAX_LINKS as u64));
}

#[test]
fn absurd_numbers_are_refused() {
    let mut vfs = vfs(Quota::unlimited());
    let fd = open(&mut vfs, "a", create()).unwrap();
    let max = i64::MAX.unsigned_abs();
    assert_eq!(vfs.seek(fd, Whence::Set, -1), Err(Errno::Inval));
    assert_eq!(vfs.seek(fd, Whence::Current, i64::MIN), Err(Errno::Inval));
    assert_eq!(vfs.seek(fd, Whence::Set, i64::MAX), Ok(max));
    assert_eq!(vfs.seek(fd, Whence::Current, 1), Err(Errno::Inval));
    assert_eq!(vfs.write(fd, b"x"), Err(Errno::Fbig));
    assert_eq!(vfs.pwrite(fd, u64::MAX, b"x"), Err(Errno::Inval));
    assert_eq!(vfs.pread(fd, u64::MAX, &mut [0]), Err(Errno::Inval));
    assert_eq!(vfs.set_size(fd, u64::MAX), Err(Errno::Inval));
    assert_eq!(vfs.allocate(fd, max, max), Err(Errno::Fbig));
    assert_eq!(vfs.allocate(fd, u64::MAX, u64::MAX), Err(Errno::Inval));
    assert_eq!(vfs.allocate(fd, 0, 0), Err(Errno::Inval));
    // The largest file there can be: reading it costs nothing but the buffer.
    vfs.set_size(fd, max).unwrap();
    assert_eq!(vfs.pread(fd, max - 1, &mut [1; 8]), Ok(1));
    assert_eq!(vfs.readdir(ROOT_FD, u64::MAX, &mut |_entry| true), Ok(()));
    for fd in [0, 1, 2, 6, u32::MAX] {
        assert!(vfs.seek(fd, Whence::Set, 0).is_err());
        assert!(vfs.readdir(fd, 0, &mut |_entry| true).is_err());
        assert!(vfs.open(fd, "a", true, read_only()).is_err());
    }
}
