//! Folders of the host that are granted to a guest.

use std::os::unix::fs::symlink;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use sbx_vfs::{
    Errno, FileType, HostMount, MountMode, Quota, QuotaKind, ROOT_FD, SetTimes, TimeUpdate, Tree,
    TreeBuilder, Vfs,
};

use crate::common::{create, get, names, open, path, put, read_only, read_write, with_mount};

/// A folder with a file, a subfolder, links out of it, and a FIFO; beside it a secret.
struct Host {
    temp: tempfile::TempDir,
}

impl Host {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let at = temp.path();
        std::fs::create_dir_all(at.join("granted/sub/deep")).unwrap();
        std::fs::write(at.join("secret"), "secret").unwrap();
        std::fs::write(at.join("granted/file"), "0123456789").unwrap();
        std::fs::write(at.join("granted/sub/deep/leaf"), "leaf").unwrap();
        symlink("../secret", at.join("granted/out")).unwrap();
        symlink("..", at.join("granted/up")).unwrap();
        symlink("file", at.join("granted/inside")).unwrap();
        symlink("sub", at.join("granted/subdir")).unwrap();
        let fifo = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, at.join("granted/fifo"), fifo, 0o600.into(), 0).unwrap();
        Self { temp }
    }

    fn folder(&self) -> std::path::PathBuf {
        self.temp.path().join("granted")
    }

    fn mount(&self, mode: MountMode) -> HostMount {
        let dir = Dir::open_ambient_dir(self.folder(), ambient_authority()).unwrap();
        HostMount::read_only(path("/data"), dir).with_mode(mode)
    }

    fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder().join(name)).ok()
    }
}

const MODES: [MountMode; 3] = [MountMode::ReadOnly, MountMode::ReadWrite, MountMode::Overlay];

#[test]
fn every_mode_reads() {
    let host = Host::new();
    for mode in MODES {
        let mut vfs = with_mount(host.mount(mode));
        assert_eq!(names(&mut vfs, ".").unwrap(), ["data"], "{mode:?}");
        assert_eq!(get(&mut vfs, "data/file").unwrap(), b"0123456789", "{mode:?}");
        assert_eq!(get(&mut vfs, "data/sub/deep/leaf").unwrap(), b"leaf", "{mode:?}");
        assert_eq!(get(&mut vfs, "data/sub/../sub/./deep/../../file").unwrap(), b"0123456789");
        assert_eq!(vfs.stat_at(ROOT_FD, "data/file", true).unwrap().size, 10);
        assert_eq!(vfs.stat_at(ROOT_FD, "data", true).unwrap().file_type, FileType::Dir);
        assert_eq!(get(&mut vfs, "data/missing"), Err(Errno::Noent));
        assert_eq!(get(&mut vfs, "data/file/x"), Err(Errno::Notdir));
        assert_eq!(get(&mut vfs, "data/file/"), Err(Errno::Notdir));
        let fd = open(&mut vfs, "data/file", read_only()).unwrap();
        let mut buf = [0; 4];
        assert_eq!((vfs.pread(fd, 8, &mut buf), &buf[..2]), (Ok(2), b"89".as_slice()));
        assert!(vfs.touches_host_fd(fd) && vfs.touches_host_path(ROOT_FD, "data/file"));
        assert!(!vfs.touches_host_path(ROOT_FD, "elsewhere"));
        // `..` above the folder is the guest's tree, never the host's.
        assert_eq!(get(&mut vfs, "data/../secret"), Err(Errno::Noent));
        assert_eq!(vfs.stat_at(ROOT_FD, "data/..", true).unwrap().ino, vfs.stat(ROOT_FD).unwrap().ino);
        let sub = open(&mut vfs, "data/sub", read_only()).unwrap();
        assert_eq!(vfs.stat_at(sub, "../file", true).unwrap().size, 10);
        assert_eq!(vfs.stat_at(sub, "../../..", true).unwrap().ino, vfs.stat(ROOT_FD).unwrap().ino);
    }
}

#[test]
fn links_are_never_followed() {
    let host = Host::new();
    for mode in [MountMode::ReadOnly, MountMode::ReadWrite] {
        let mut vfs = with_mount(host.mount(mode));
        for link in ["out", "inside", "up", "subdir"] {
            let link = format!("data/{link}");
            assert_eq!(open(&mut vfs, &link, read_only()), Err(Errno::Loop), "{link}");
            assert_eq!(vfs.stat_at(ROOT_FD, &link, true), Err(Errno::Loop), "{link}");
            assert_eq!(vfs.readlink(ROOT_FD, &link), Err(Errno::Loop), "{link}");
            assert_eq!(vfs.stat_at(ROOT_FD, &link, false).unwrap().file_type, FileType::Symlink, "{link}");
        }
        for through in ["data/up/secret", "data/subdir/deep/leaf", "data/up/.."] {
            assert_eq!(get(&mut vfs, through), Err(Errno::Loop), "{through}");
        }
        // Nor by a link of the guest's: it leads to the same door.
        vfs.symlink("/data/out", ROOT_FD, "mine").unwrap();
        assert_eq!(get(&mut vfs, "mine"), Err(Errno::Loop));
    }
    // An overlay does not show them at all.
    let mut vfs = with_mount(host.mount(MountMode::Overlay));
    assert_eq!(names(&mut vfs, "data").unwrap(), ["file", "sub"]);
    assert_eq!(get(&mut vfs, "data/out"), Err(Errno::Noent));
    assert_eq!(get(&mut vfs, "data/up/secret"), Err(Errno::Noent));
}

#[test]
fn only_regular_files_open_and_a_fifo_does_not_block() {
    let host = Host::new();
    for mode in [MountMode::ReadOnly, MountMode::ReadWrite] {
        let mut vfs = with_mount(host.mount(mode));
        assert_eq!(open(&mut vfs, "data/fifo", read_only()), Err(Errno::Acces), "{mode:?}");
        assert_eq!(vfs.stat_at(ROOT_FD, "data/fifo", true).unwrap().file_type, FileType::Other);
    }
    let mut vfs = with_mount(host.mount(MountMode::ReadWrite));
    assert_eq!(open(&mut vfs, "data/fifo", read_write()), Err(Errno::Acces));
    assert_eq!(open(&mut vfs, "data/fifo", create().truncate(true)), Err(Errno::Acces));
    let mut vfs = with_mount(host.mount(MountMode::Overlay));
    assert_eq!(open(&mut vfs, "data/fifo", read_only()), Err(Errno::Noent));
}

#[test]
fn files_over_the_mounts_limit_do_not_open() {
    let host = Host::new();
    for mode in MODES {
        let mut vfs = with_mount(host.mount(mode).with_max_file_bytes(9));
        assert_eq!(open(&mut vfs, "data/file", read_only()), Err(Errno::Fbig), "{mode:?}");
        assert_eq!(get(&mut vfs, "data/sub/deep/leaf").unwrap(), b"leaf");
    }
    let mut vfs = with_mount(host.mount(MountMode::ReadWrite).with_max_file_bytes(12));
    let fd = open(&mut vfs, "data/file", read_write()).unwrap();
    assert_eq!(vfs.pwrite(fd, 10, b"abcd"), Ok(2));
    assert_eq!(vfs.pwrite(fd, 12, b"x"), Err(Errno::Fbig));
    assert_eq!(vfs.set_size(fd, 13), Err(Errno::Fbig));
}

#[test]
fn read_only_refuses_every_change_in_both_directions() {
    let host = Host::new();
    let mut vfs = with_mount(host.mount(MountMode::ReadOnly));
    put(&mut vfs, "mine", b"mine").unwrap();
    assert_eq!(open(&mut vfs, "data/file", read_write()), Err(Errno::Rofs));
    assert_eq!(open(&mut vfs, "data/file", read_only().truncate(true)), Err(Errno::Rofs));
    assert_eq!(open(&mut vfs, "data/new", create()), Err(Errno::Rofs));
    assert_eq!(vfs.mkdir(ROOT_FD, "data/new"), Err(Errno::Rofs));
    assert_eq!(vfs.mkdir(ROOT_FD, "data/sub"), Err(Errno::Exist));
    assert_eq!(vfs.unlink(ROOT_FD, "data/file"), Err(Errno::Rofs));
    assert_eq!(vfs.unlink(ROOT_FD, "data/out"), Err(Errno::Rofs));
    assert_eq!(vfs.rmdir(ROOT_FD, "data/sub/deep"), Err(Errno::Rofs));
    assert_eq!(vfs.symlink("x", ROOT_FD, "data/new"), Err(Errno::Rofs));
    assert_eq!(vfs.rename(ROOT_FD, "data/file", ROOT_FD, "data/other"), Err(Errno::Rofs));
    assert_eq!(vfs.link(ROOT_FD, "data/file", false, ROOT_FD, "data/other"), Err(Errno::Rofs));
    let times = SetTimes { atime: TimeUpdate::Now, mtime: TimeUpdate::Now };
    assert_eq!(vfs.set_times_at(ROOT_FD, "data/file", true, times), Err(Errno::Rofs));
    assert_eq!(vfs.set_times_at(ROOT_FD, "data/sub/.", true, times), Err(Errno::Rofs));
    let fd = open(&mut vfs, "data/file", read_only()).unwrap();
    assert_eq!(vfs.write(fd, b"x"), Err(Errno::Badf));
    assert_eq!(vfs.set_size(fd, 0), Err(Errno::Inval));
    assert_eq!(vfs.set_times(fd, times), Err(Errno::Rofs));
    // Across the boundary, both ways.
    assert_eq!(vfs.rename(ROOT_FD, "data/file", ROOT_FD, "taken"), Err(Errno::Xdev));
    assert_eq!(vfs.rename(ROOT_FD, "mine", ROOT_FD, "data/mine"), Err(Errno::Xdev));
    assert_eq!(vfs.link(ROOT_FD, "data/file", false, ROOT_FD, "alias"), Err(Errno::Xdev));
    assert_eq!(vfs.link(ROOT_FD, "mine", false, ROOT_FD, "data/mine"), Err(Errno::Xdev));
    // The mount point itself.
    assert_eq!(vfs.rmdir(ROOT_FD, "data"), Err(Errno::Rofs));
    assert_eq!(vfs.rename(ROOT_FD, "data", ROOT_FD, "elsewhere"), Err(Errno::Rofs));
    assert_eq!(host.read("file").as_deref(), Some("0123456789"));
    assert_eq!(vfs.usage().bytes, 4);
}

#[test]
fn read_write_passes_through_under_the_quotas() {
    let host = Host::new();
    let quota = Quota::default()
        .with_disk_bytes(100)
        .with_max_files(3)
        .with_max_open_files(2)
        .with_max_file_bytes(60);
    let mut vfs = Vfs::new(Tree::new(), quota, vec![host.mount(MountMode::ReadWrite)]).unwrap();
    put(&mut vfs, "data/new", &[b'x'; 50]).unwrap();
    assert_eq!(host.read("new").map(|text| text.len()), Some(50));
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (50, 1));
    // Growth counts, writing over does not.
    put(&mut vfs, "data/file", b"9876543210").unwrap();
    assert_eq!((host.read("file").as_deref(), vfs.usage().bytes), (Some("9876543210"), 50));
    let fd = open(&mut vfs, "data/new", read_write()).unwrap();
    assert_eq!(vfs.pwrite(fd, 55, b"1234567890"), Ok(5));
    assert_eq!(vfs.pwrite(fd, 60, b"x"), Err(Errno::Fbig));
    assert_eq!(vfs.usage().bytes, 60);
    // One budget for the tree and the folder.
    put(&mut vfs, "mine", &[b'y'; 30]).unwrap();
    let other = open(&mut vfs, "data/other", create()).unwrap();
    assert_eq!(vfs.write(other, &[b'z'; 30]), Ok(10));
    assert_eq!(vfs.write(other, b"z"), Err(Errno::Nospc));
    assert_eq!(open(&mut vfs, "data/file", read_only()), Err(Errno::Mfile));
    vfs.set_size(fd, 0).unwrap();
    assert_eq!(vfs.write(other, b"z"), Ok(1));
    vfs.close(fd).unwrap();
    vfs.close(other).unwrap();
    assert_eq!(open(&mut vfs, "data/third", create()), Err(Errno::Nospc));
    assert_eq!(vfs.hits().iter().count(), 4, "all four quotas: {:?}", vfs.hits());
    vfs.unlink(ROOT_FD, "data/other").unwrap();
    vfs.mkdir(ROOT_FD, "data/dir").unwrap();
    vfs.rename(ROOT_FD, "data/new", ROOT_FD, "data/dir/moved").unwrap();
    assert!(host.folder().join("dir/moved").exists());
    assert_eq!(vfs.rmdir(ROOT_FD, "data/dir"), Err(Errno::Notempty));
    assert_eq!(vfs.unlink(ROOT_FD, "data/dir"), Err(Errno::Isdir));
    assert_eq!(vfs.rmdir(ROOT_FD, "data/file"), Err(Errno::Notdir));
    vfs.unlink(ROOT_FD, "data/dir/moved").unwrap();
    vfs.rmdir(ROOT_FD, "data/dir").unwrap();
    vfs.link(ROOT_FD, "data/file", false, ROOT_FD, "data/again").unwrap();
    assert_eq!(host.read("again").as_deref(), Some("9876543210"));
    // A link in the folder can be removed, which follows nothing, but none can be made.
    vfs.unlink(ROOT_FD, "data/out").unwrap();
    assert!(Path::new(&host.temp.path().join("secret")).exists());
    assert_eq!(vfs.symlink("file", ROOT_FD, "data/link"), Err(Errno::Perm));
    assert_eq!(vfs.link(ROOT_FD, "data/inside", false, ROOT_FD, "data/hard"), Err(Errno::Loop));
    let times = SetTimes { atime: TimeUpdate::At(1_000_000_000), mtime: TimeUpdate::At(2_000_000_000) };
    vfs.set_times_at(ROOT_FD, "data/file", true, times).unwrap();
    assert_eq!(vfs.stat_at(ROOT_FD, "data/file", true).unwrap().times.mtime_ns, 2_000_000_000);
}

#[test]
fn an_overlay_keeps_changes_in_the_tree() {
    let host = Host::new();
    let before = ["file", "sub/deep/leaf"].map(|name| host.read(name));
    let mut vfs = with_mount(host.mount(MountMode::Overlay));
    // Looking costs no quota.
    assert_eq!(get(&mut vfs, "data/file").unwrap(), b"0123456789");
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (0, 0));
    let snapshot = vfs.tree();
    // A change takes the file over, in full.
    let fd = open(&mut vfs, "data/file", read_write()).unwrap();
    vfs.pwrite(fd, 2, b"--").unwrap();
    assert_eq!(get(&mut vfs, "data/file").unwrap(), b"01--456789");
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (10, 1));
    put(&mut vfs, "data/sub/new", b"new").unwrap();
    vfs.rename(ROOT_FD, "data/sub/deep/leaf", ROOT_FD, "moved").unwrap();
    assert_eq!(get(&mut vfs, "moved").unwrap(), b"leaf");
    vfs.rmdir(ROOT_FD, "data/sub/deep").unwrap();
    assert_eq!(names(&mut vfs, "data/sub").unwrap(), ["new"]);
    assert_eq!(vfs.rmdir(ROOT_FD, "data"), Err(Errno::Busy));
    vfs.symlink("file", ROOT_FD, "data/link").unwrap();
    assert_eq!(get(&mut vfs, "data/link").unwrap(), b"01--456789");
    vfs.unlink(ROOT_FD, "data/file").unwrap();
    vfs.close(fd).unwrap();
    assert_eq!(get(&mut vfs, "data/file"), Err(Errno::Noent));
    assert_eq!(vfs.tree().recount(), vfs.tree().usage());
    // The host has seen nothing, and an older fork neither.
    assert_eq!(["file", "sub/deep/leaf"].map(|name| host.read(name)), before);
    assert!(!host.folder().join("sub/new").exists());
    let mut old = Vfs::new(snapshot.clone(), Quota::default(), vec![host.mount(MountMode::Overlay)]).unwrap();
    assert_eq!(get(&mut old, "data/file").unwrap(), b"0123456789");
    let changes = snapshot.diff_files(&vfs.tree());
    assert_eq!(changes.created, [path("/data/link"), path("/data/sub/new"), path("/moved")]);
    assert_eq!(changes.modified, []);
}

#[test]
fn an_overlays_quota_counts_what_was_changed() {
    let host = Host::new();
    let quota = Quota::default().with_disk_bytes(9).with_max_files(1);
    let mut vfs = Vfs::new(Tree::new(), quota, vec![host.mount(MountMode::Overlay)]).unwrap();
    let fd = open(&mut vfs, "data/file", read_write()).unwrap();
    assert_eq!(vfs.pwrite(fd, 0, b"x"), Err(Errno::Nospc));
    assert_eq!(vfs.hits().iter().collect::<Vec<_>>(), [QuotaKind::Disk]);
    let leaf = open(&mut vfs, "data/sub/deep/leaf", read_write()).unwrap();
    assert_eq!(vfs.pwrite(leaf, 4, b"12345678"), Ok(5));
    assert_eq!(put(&mut vfs, "data/other", b""), Err(Errno::Nospc));
    vfs.unlink(ROOT_FD, "data/file").unwrap();
    assert_eq!((vfs.usage().bytes, vfs.usage().inodes), (9, 1));
}

#[test]
fn a_file_that_shrinks_below_an_overlay_is_an_error() {
    let host = Host::new();
    let mut vfs = with_mount(host.mount(MountMode::Overlay));
    let fd = open(&mut vfs, "data/file", read_only()).unwrap();
    std::fs::write(host.folder().join("file"), "short").unwrap();
    assert_eq!(vfs.read(fd, &mut [0; 10]), Err(Errno::Io));
    // Replaced by a link: still not followed.
    std::fs::remove_file(host.folder().join("file")).unwrap();
    symlink("../secret", host.folder().join("file")).unwrap();
    let mut vfs = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
    assert_eq!(get(&mut vfs, "data/file"), Err(Errno::Io));
}

#[test]
fn mount_points_are_made_and_must_not_overlap() {
    let host = Host::new();
    let at = |text: &str| {
        let mut mount = host.mount(MountMode::ReadOnly);
        mount.guest = path(text);
        mount
    };
    let code =
        |tree: Tree, mounts| Vfs::new(tree, Quota::default(), mounts).map(drop).map_err(|error| error.code());
    assert_eq!(code(Tree::new(), vec![at("/")]), Err("vfs.bad_mount"));
    assert_eq!(code(Tree::new(), vec![at("/a"), at("/a/b")]), Err("vfs.bad_mount"));
    assert_eq!(code(Tree::new(), vec![at("/a/b"), at("/a")]), Err("vfs.bad_mount"));
    let mut builder = TreeBuilder::new();
    builder.dir(&path("/app")).unwrap().file(&path("/app/file"), b"").unwrap();
    let tree = builder.build();
    assert_eq!(code(tree.clone(), vec![at("/app/file")]), Err("vfs.bad_mount"));
    assert_eq!(code(tree.clone(), vec![at("/app/file/x")]), Err("vfs.bad_mount"));
    let mut vfs = Vfs::new(tree, Quota::default(), vec![at("/mnt/deep/data"), at("/app/data")]).unwrap();
    assert_eq!(get(&mut vfs, "mnt/deep/data/file").unwrap(), b"0123456789");
    assert_eq!(names(&mut vfs, "app").unwrap(), ["file", "data"]);
    assert_eq!(vfs.usage().inodes, 1);
    // Between two folders is a boundary too.
    assert_eq!(vfs.rename(ROOT_FD, "app/data/file", ROOT_FD, "mnt/deep/data/x"), Err(Errno::Xdev));
}

#[test]
fn listings_go_on_where_they_stopped() {
    let host = Host::new();
    for idx in 0..50 {
        std::fs::write(host.folder().join(format!("n{idx:02}")), "").unwrap();
    }
    std::fs::write(host.folder().join("bad\nname"), "").unwrap();
    for mode in MODES {
        let mut vfs = with_mount(host.mount(mode));
        let fd = open(&mut vfs, "data", read_only()).unwrap();
        let mut seen = Vec::new();
        let mut cookie = 0;
        loop {
            let before = seen.len();
            vfs.readdir(fd, cookie, &mut |entry| {
                seen.push(entry.name.to_owned());
                cookie = entry.next;
                seen.len() < before + 7
            })
            .unwrap();
            if seen.len() == before {
                break;
            }
        }
        assert_eq!(seen.iter().filter(|name| name.starts_with('n')).count(), 50, "{mode:?}");
        assert!(!seen.contains(&"bad\nname".to_owned()));
        assert_eq!(vfs.stat_at(ROOT_FD, "data/bad\nname", true), Err(Errno::Noent));
        assert_eq!(vfs.descriptors().descriptors.len(), if mode == MountMode::Overlay { 5 } else { 4 });
    }
}
