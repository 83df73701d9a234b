//! What only a disk can do wrong.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use pollster::block_on;
use sbx_storage::{DiskStorage, Error, Expect, StorageAdapter as _, StorageAdapterExt as _};
use tempfile::tempdir;

use crate::child::{COUNTS, Helper, key, number};

fn write(storage: &DiskStorage, name: &str, text: &'static str) {
    block_on(storage.write(&key(name), text.into(), Expect::Any)).unwrap();
}

fn names(storage: &DiskStorage) -> Vec<String> {
    block_on(storage.list_all("")).unwrap().iter().map(|meta| meta.key.to_string()).collect()
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), "storage.refused", "{error:?}");
}

#[test]
fn processes_do_not_overwrite_each_other() {
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    write(&storage, "count", "0");
    let helpers: Vec<Helper> = (0..4).map(|_| Helper::start("count", folder.path())).collect();
    for helper in helpers {
        assert!(helper.finish());
    }
    assert_eq!(block_on(storage.get(&key("count"))).unwrap(), (4 * COUNTS).to_string());
}

#[test]
fn kills_leave_the_old_value_or_the_new_one() {
    let n_rounds = std::env::var("SBX_CRASH_ROUNDS").map_or(30, |n| n.parse::<u64>().unwrap());
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    let mut last = 0;
    let mut n_left = 0;
    for round in 0..n_rounds {
        let mut helper = Helper::start("write for ever", folder.path());
        // It has begun; the time to the kill is spread over some writes.
        let mut said = vec![helper.line().expect("the helper writes")];
        std::thread::sleep(Duration::from_micros(round * 7919 % 20_000));
        said.extend(helper.kill());
        let returned: u64 = said.last().unwrap().parse().unwrap();
        let object = block_on(storage.read(&key("sessions/x/head"))).unwrap().unwrap();
        let there = number(&object.bytes);
        assert!(
            there == returned || there == returned + 1,
            "write {returned} has returned, {there} is there"
        );
        assert!(there > last, "round {round} went back from {last} to {there}");
        last = there;
        for meta in block_on(storage.list_all("objects/")).unwrap() {
            number(&block_on(storage.get(&meta.key)).unwrap());
        }
        n_left = fs::read_dir(folder.path().join(".tmp")).unwrap().count();
    }
    eprintln!("{n_rounds} kills, {last} writes, {n_left} leftovers");
}

#[test]
fn leftovers_are_swept_once_they_are_old() {
    let folder = tempdir().unwrap();
    drop(DiskStorage::open(folder.path()).unwrap());
    let plant = |name: &str, minutes: u64| {
        let file = fs::File::create(folder.path().join(".tmp").join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(minutes * 60)).unwrap();
    };
    plant("old", 61);
    plant("young", 30);
    let storage = DiskStorage::open(folder.path()).unwrap();
    let left: Vec<_> =
        fs::read_dir(folder.path().join(".tmp")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["young"]);
    assert_eq!(names(&storage), [""; 0], "leftovers are no keys");
}

#[test]
fn planted_links_are_not_followed() {
    let folder = tempdir().unwrap();
    let outside = tempdir().unwrap();
    let root = folder.path();
    let storage = DiskStorage::open(root).unwrap();
    let secret = outside.path().join("secret=");
    fs::write(&secret, "secret").unwrap();
    write(&storage, "real/x", "x");

    symlink(&secret, root.join("leaf=")).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink("real", root.join("inside")).unwrap();
    symlink(root.join("nowhere"), root.join("dangling=")).unwrap();

    for name in ["leaf", "folder/secret", "inside/x", "dangling"] {
        assert_refused(block_on(storage.read(&key(name))));
        assert_refused(block_on(storage.read_range(&key(name), 0..1)));
        assert_refused(block_on(storage.write(&key(name), "new".into(), Expect::Absent)));
    }
    for name in ["folder/secret", "folder/new", "inside/x"] {
        assert_refused(block_on(storage.write(&key(name), "new".into(), Expect::Any)));
        assert_refused(block_on(storage.delete(&key(name))));
    }
    assert_eq!(names(&storage), ["real/x"]);
    assert_eq!(block_on(storage.list_all("folder/")).unwrap(), []);
    assert_eq!(block_on(storage.list_all("inside/")).unwrap(), []);

    // A link in a value's place is replaced or removed itself.
    write(&storage, "leaf", "new");
    block_on(storage.delete(&key("dangling"))).unwrap();
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    assert!(!root.join("nowhere").exists());
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    assert_eq!(names(&storage), ["leaf", "real/x"]);
}

#[test]
fn links_in_place_of_the_inner_folders_are_refused() {
    for inner in [".tmp", ".locks"] {
        let (folder, outside) = (tempdir().unwrap(), tempdir().unwrap());
        drop(DiskStorage::open(folder.path()).unwrap());
        fs::remove_dir_all(folder.path().join(inner)).unwrap();
        symlink(outside.path(), folder.path().join(inner)).unwrap();
        DiskStorage::open(folder.path()).unwrap_err();
    }
    let (folder, outside) = (tempdir().unwrap(), tempdir().unwrap());
    let storage = DiskStorage::open(folder.path()).unwrap();
    for bucket in 0..=255 {
        let link = folder.path().join(format!(".locks/{bucket:02x}"));
        symlink(outside.path().join("lock"), link).unwrap();
    }
    block_on(storage.write(&key("x"), "x".into(), Expect::Any)).unwrap_err();
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn a_pipe_does_not_hold_a_reader() {
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("x=")).status().unwrap().success());
    assert_refused(block_on(storage.read(&key("x"))));
    assert_eq!(names(&storage), [""; 0]);
}

#[test]
fn foreign_files_are_not_listed() {
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    write(&storage, "a/b", "x");
    for name in ["plain", "with space=", ".hidden=", "a/UPPER=", "a/x%1=", "a/b"] {
        fs::write(folder.path().join(name), "foreign").unwrap();
    }
    fs::create_dir(folder.path().join("lost+found")).unwrap();
    assert_eq!(names(&storage), ["a/b"]);
    // A file where a folder should be.
    assert_refused(block_on(storage.write(&key("plain/x"), "x".into(), Expect::Any)));
}

#[test]
fn empty_folders_go_with_their_last_key() {
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    write(&storage, "a/b/c", "x");
    write(&storage, "a/d", "x");
    block_on(storage.delete(&key("a/b/c"))).unwrap();
    assert!(!folder.path().join("a/b").exists() && folder.path().join("a").exists());
    block_on(storage.delete(&key("a/d"))).unwrap();
    assert!(!folder.path().join("a").exists());
    write(&storage, "a/b/c", "y");
    assert_eq!(names(&storage), ["a/b/c"]);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_folder_is_closed_to_others() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("new/storage");
    drop(DiskStorage::open(&path).unwrap());
    assert_eq!(mode(&path), 0o700);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    drop(DiskStorage::open(&path).unwrap());
    assert_eq!(mode(&path), 0o700, "an own folder is closed again");
}

#[test]
fn many_may_open_a_new_one_at_once() {
    for _ in 0..20 {
        let folder = tempdir().unwrap();
        let path = folder.path().join("new");
        let open = |at: usize| {
            let storage = DiskStorage::open(&path).unwrap();
            block_on(storage.write(&key(&format!("k/{at}")), "x".into(), Expect::Absent)).unwrap();
        };
        std::thread::scope(|scope| (0..8).for_each(|at| drop(scope.spawn(move || open(at)))));
        assert_eq!(names(&DiskStorage::open(&path).unwrap()).len(), 8);
    }
}

#[test]
fn folders_of_others_are_left_alone() {
    let folder = tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("letter"), "dear").unwrap();
    assert_refused(DiskStorage::open(folder.path()));
    assert_eq!(mode(folder.path()), 0o755);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let newer = tempdir().unwrap();
    fs::write(newer.path().join(".sbx-storage-2"), "").unwrap();
    assert_refused(DiskStorage::open(newer.path()));
    fs::write(folder.path().join("file"), "").unwrap();
    assert!(DiskStorage::open(folder.path().join("file")).is_err());
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let folder = tempdir().unwrap();
    // The largest file this process may write, as a disk that has room for no more.
    let limited = "trap '' XFSZ; ulimit -f 128; exec \"$@\"";
    let mut helper = Helper::start_in(&["env"], limited, "write too much", folder.path()).unwrap();
    assert_eq!(helper.line().as_deref(), Some("full as expected"));
    assert!(helper.finish());
}

#[test]
fn a_really_full_disk_is_told_and_survived() {
    if !can_mount() {
        return;
    }
    let folder = tempdir().unwrap();
    let small = "mount -t tmpfs -o size=512k none \"$ROOT\" && exec \"$@\"";
    let mut helper = Helper::start_in(&["unshare", "-rm"], small, "write too much", folder.path()).unwrap();
    assert_eq!(helper.line().as_deref(), Some("full as expected"));
    assert!(helper.finish());
}

#[test]
fn a_read_only_disk_can_be_read() {
    if !can_mount() {
        return;
    }
    let folder = tempdir().unwrap();
    write(&DiskStorage::open(folder.path()).unwrap(), "x", "there");
    let script = "mount --bind \"$ROOT\" \"$ROOT\" && mount -o remount,bind,ro \"$ROOT\" && exec \"$@\"";
    let mut helper =
        Helper::start_in(&["unshare", "-rm"], script, "write to read-only", folder.path()).unwrap();
    assert_eq!(helper.line().as_deref(), Some("refused as expected"));
    assert!(helper.finish());
}

#[test]
fn a_closed_folder_refuses() {
    let folder = tempdir().unwrap();
    let storage = DiskStorage::open(folder.path()).unwrap();
    let temps = folder.path().join(".tmp");
    fs::set_permissions(&temps, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(temps.join("probe"), "").is_ok() {
        eprintln!("permissions do not bind this user (root): not tested here, the read-only disk is");
    } else {
        assert_refused(block_on(storage.write(&key("x"), "x".into(), Expect::Any)));
    }
    fs::set_permissions(&temps, fs::Permissions::from_mode(0o700)).unwrap();
    write(&storage, "x", "recovered without a new start");
}

/// Whether this user may mount in a namespace of its own.
fn can_mount() -> bool {
    let folder = tempdir().unwrap();
    let script = "mount -t tmpfs none \"$0\"";
    let tried = Command::new("unshare").args(["-rm", "sh", "-c", script]).arg(folder.path()).status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        eprintln!("not tested: this user may not mount in a namespace of its own (`unshare -rm`)");
    }
    can
}
