//! Devices: read and written without content, and as fixed in place as anything of the host's.

use sbx_vfs::{
    Device, Errno, FdFlags, FileType, Quota, ROOT_FD, SetTimes, TimeUpdate, Tree, TreeBuilder, Vfs, Whence,
};

use crate::common::{create, open, path, put, read_only, read_write};

fn tree() -> Tree {
    let mut builder = TreeBuilder::new();
    for (name, device) in [("null", Device::Null), ("zero", Device::Zero), ("urandom", Device::Random)] {
        builder.device(&path(&format!("/dev/{name}")), device).unwrap();
    }
    builder.dir(&path("/tmp")).unwrap();
    builder.build()
}

fn vfs() -> Vfs {
    Vfs::new(tree(), Quota::default(), Vec::new()).unwrap()
}

#[test]
fn null_is_empty_and_zero_is_endless() {
    let mut vfs = vfs();
    let mut buf = [7; 100];
    let null = open(&mut vfs, "dev/null", read_write()).unwrap();
    assert_eq!(vfs.read(null, &mut buf), Ok(0));
    assert_eq!(vfs.pread(null, 1 << 40, &mut buf), Ok(0));
    assert_eq!(buf, [7; 100]);
    let zero = open(&mut vfs, "dev/zero", read_write()).unwrap();
    assert_eq!((vfs.read(zero, &mut buf), buf), (Ok(100), [0; 100]));
    assert_eq!(vfs.pread(zero, i64::MAX.unsigned_abs(), &mut buf), Ok(100));
    for fd in [null, zero] {
        assert_eq!(vfs.write(fd, &[1; 50]), Ok(50));
        assert_eq!(vfs.pwrite(fd, 1 << 40, &[1; 50]), Ok(50));
        assert_eq!(vfs.stat(fd).unwrap().size, 0);
        assert_eq!(vfs.tell(fd), Ok(0));
    }
    assert_eq!(vfs.usage().bytes, 0);
}

#[test]
fn random_bytes_are_for_the_layer_above() {
    let mut vfs = vfs();
    let random = open(&mut vfs, "dev/urandom", read_write()).unwrap();
    assert_eq!(vfs.device(random), Some(Device::Random));
    assert_eq!(vfs.read(random, &mut [0; 4]), Err(Errno::Badf));
    assert_eq!(vfs.write(random, b"entropy"), Ok(7));
    let null = open(&mut vfs, "dev/null", read_only()).unwrap();
    assert_eq!(vfs.device(null), Some(Device::Null));
    let file = open(&mut vfs, "tmp/file", create()).unwrap();
    for other in [0, ROOT_FD, file, 99] {
        assert_eq!(vfs.device(other), None);
    }
}

#[test]
fn a_device_opens_as_on_linux() {
    let mut vfs = vfs();
    // As a shell's `>` and `>>` and Python's modes have it.
    for options in [read_write(), create().truncate(true), create(), create().append(true)] {
        let fd = open(&mut vfs, "dev/null", options).unwrap();
        assert_eq!(vfs.write(fd, b"gone"), Ok(4));
        vfs.close(fd).unwrap();
    }
    assert_eq!(open(&mut vfs, "dev/null", create().exclusive(true)), Err(Errno::Exist));
    assert_eq!(open(&mut vfs, "dev/null", read_only().directory(true)), Err(Errno::Notdir));
    assert_eq!(open(&mut vfs, "dev/null/", read_only()), Err(Errno::Notdir));
    assert_eq!(open(&mut vfs, "dev/null/x", create()), Err(Errno::Notdir));
    assert_eq!(open(&mut vfs, "dev/other", create()), Err(Errno::Rofs));
    assert_eq!(vfs.readlink(ROOT_FD, "dev/null"), Err(Errno::Inval));

    let reader = open(&mut vfs, "dev/zero", read_only()).unwrap();
    assert_eq!(vfs.write(reader, b"x"), Err(Errno::Badf));
    let writer = open(&mut vfs, "dev/zero", create().read(false)).unwrap();
    assert_eq!(vfs.read(writer, &mut [0]), Err(Errno::Badf));
    for whence in [Whence::Set, Whence::Current, Whence::End] {
        assert_eq!(vfs.seek(reader, whence, 1000), Ok(0));
    }
    assert_eq!(vfs.set_size(writer, 0), Err(Errno::Inval));
    assert_eq!(vfs.allocate(writer, 0, 10), Err(Errno::Inval));
    assert_eq!(vfs.sync(writer), Err(Errno::Inval));
    assert_eq!(vfs.readdir(reader, 0, &mut |_entry| true), Err(Errno::Notdir));
}

#[test]
fn a_device_is_a_character_device_that_stays() {
    let mut vfs = vfs();
    let stat = vfs.stat_at(ROOT_FD, "dev/null", true).unwrap();
    assert_eq!((stat.file_type, stat.size, stat.nlink), (FileType::CharacterDevice, 0, 1));
    let fd = open(&mut vfs, "dev/null", read_write()).unwrap();
    assert_eq!(vfs.descriptor(fd).unwrap().file_type, FileType::CharacterDevice);
    assert_eq!(vfs.stat(fd), Ok(stat));

    put(&mut vfs, "tmp/file", b"x").unwrap();
    let now = SetTimes { mtime: TimeUpdate::Now, ..SetTimes::default() };
    let before = vfs.tree();
    assert_eq!(vfs.unlink(ROOT_FD, "dev/null"), Err(Errno::Rofs));
    assert_eq!(vfs.rmdir(ROOT_FD, "dev/null"), Err(Errno::Notdir));
    assert_eq!(vfs.rename(ROOT_FD, "dev/null", ROOT_FD, "tmp/null"), Err(Errno::Rofs));
    assert_eq!(vfs.rename(ROOT_FD, "tmp/file", ROOT_FD, "dev/null"), Err(Errno::Rofs));
    assert_eq!(vfs.link(ROOT_FD, "dev/null", false, ROOT_FD, "tmp/null"), Err(Errno::Rofs));
    assert_eq!(vfs.set_times(fd, now), Err(Errno::Rofs));
    assert_eq!(vfs.set_times_at(ROOT_FD, "dev/null", true, now), Err(Errno::Rofs));
    assert!(before.diff(&vfs.tree()).is_empty());

    // A link of the guest's leads to it as to a file.
    vfs.symlink("/dev/null", ROOT_FD, "tmp/hole").unwrap();
    let through = open(&mut vfs, "tmp/hole", create().truncate(true)).unwrap();
    assert_eq!(vfs.device(through), Some(Device::Null));
}

#[test]
fn the_host_neither_reads_nor_replaces_nor_exports_a_device() {
    let mut tree = tree();
    let null = path("/dev/null");
    assert_eq!(tree.stat(&null).unwrap().file_type(), FileType::CharacterDevice);
    assert!(matches!(tree.read_file(&null), Err(sbx_vfs::Error::NotAFile { .. })));
    let mut editor = tree.edit(Quota::default(), 0);
    assert!(matches!(editor.write_file(&null, b"x", true), Err(sbx_vfs::Error::ReadOnly { .. })));
    assert!(matches!(editor.remove(&null, false), Err(sbx_vfs::Error::ReadOnly { .. })));
    let mut archive = Vec::new();
    let exported = tree.export_tar(&path("/dev"), &mut archive).unwrap();
    assert_eq!((exported.files, exported.skipped.len()), (0, 0));
    assert!(TreeBuilder::from_tree(tree).device(&null, Device::Zero).is_err());
}

#[test]
fn an_open_device_is_restored_with_its_tree() {
    let mut vfs = vfs();
    let fd = open(&mut vfs, "dev/zero", read_write()).unwrap();
    vfs.set_flags(fd, FdFlags { nonblock: true, ..FdFlags::default() }).unwrap();
    vfs.read(fd, &mut [1; 10]).unwrap();
    let saved = vfs.descriptors();
    let mut restored = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
    restored.restore_descriptors(saved.clone()).unwrap();
    assert_eq!(restored.device(fd), Some(Device::Zero));
    assert_eq!(restored.descriptors(), saved);
    let mut buf = [1; 10];
    assert_eq!((restored.read(fd, &mut buf), buf), (Ok(10), [0; 10]));
}
