//! Who may enter: the folder is closed to others, or it is refused.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use sbx_cache::{Cache, Error};

use crate::fresh;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn everything_made_is_for_us_alone() {
    let (folder, cache) = fresh();
    let path = cache.put("a/b/c", "x", |file| file.write_all(b"x")).unwrap();
    drop(cache.lock("l", || {}).unwrap());
    for dir in ["", "a", "a/b", "locks"] {
        assert_eq!(mode(&cache.root().join(dir)), 0o700, "{dir}");
    }
    for file in ["key", "a/b/c", "a/b/c.seal", "locks/l.lock"] {
        assert_eq!(mode(&cache.root().join(file)), 0o600, "{file}");
    }
    assert_eq!(fs::read(cache.root().join("key")).unwrap().len(), 32);
    assert!(path.starts_with(folder.path().canonicalize().unwrap()));
}

#[test]
fn a_folder_open_to_others_is_refused_and_left_alone() {
    for open in [0o755, 0o750, 0o701, 0o710, 0o704, 0o1777] {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("sbx");
        fs::create_dir(&root).unwrap();
        set_mode(&root, open);
        let error = Cache::open(&root).unwrap_err();
        assert_eq!(error.code(), "cache.not_private");
        let text = error.to_string();
        let root = root.canonicalize().unwrap();
        assert!(text.contains(&format!("is open to other users (mode {open:04o})")), "{text}");
        assert!(text.contains(&format!("`chmod 700 {}`", root.display())), "{text}");
        assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
        set_mode(&root, 0o700);
        Cache::open(&root).unwrap();
    }
}

#[test]
fn a_cache_opened_up_later_is_refused() {
    let (_folder, cache) = fresh();
    set_mode(cache.root(), 0o755);
    assert_eq!(Cache::open(cache.root()).unwrap_err().code(), "cache.not_private");
    set_mode(cache.root(), 0o700);
    set_mode(&cache.root().join("key"), 0o640);
    let error = Cache::open(cache.root()).unwrap_err();
    assert_eq!(error.code(), "cache.not_private");
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_folder_of_another_user_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("sbx");
    fs::create_dir(&root).unwrap();
    set_mode(&root, 0o700);
    let other = rustix::process::geteuid().as_raw() + 1;
    if std::os::unix::fs::chown(&root, Some(other), None).is_err() {
        eprintln!("skipped: only root can give a folder away");
        return;
    }
    let error = Cache::open(&root).unwrap_err();
    assert!(error.to_string().contains(&format!("belongs to user {other}, not to you")), "{error}");
}

#[test]
fn a_file_or_a_key_that_is_a_link_is_refused_and_a_linked_root_is_followed() {
    let (folder, cache) = fresh();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    set_mode(&file, 0o600);
    assert_eq!(Cache::open(&file).unwrap_err().code(), "cache.not_private");

    let link = folder.path().join("link");
    symlink(cache.root(), &link).unwrap();
    assert_eq!(Cache::open(&link).unwrap().root(), cache.root());

    let key = cache.root().join("key");
    fs::rename(&key, folder.path().join("key")).unwrap();
    symlink(folder.path().join("key"), &key).unwrap();
    assert_eq!(Cache::open(cache.root()).unwrap_err().code(), "cache.io");
}

#[test]
fn a_read_only_cache_can_be_read_but_says_that_it_cannot_be_written() {
    let (folder, cache) = fresh();
    cache.put("a", "x", |file| file.write_all(b"x")).unwrap();
    let reopen = |root: &Path| {
        let cache = Cache::open(root).unwrap();
        assert_eq!(cache.get("a", "x").unwrap().unwrap().bytes, 1);
        for error in [
            cache.put("b", "x", |_| Ok(())).unwrap_err(),
            cache.put("c/b", "x", |_| Ok(())).unwrap_err(),
            cache.remove("a").unwrap_err(),
            cache.lock("l", || {}).map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
            assert!(error.to_string().contains("cannot be written: make it writable"), "{error}");
        }
    };
    if !rustix::process::geteuid().is_root() {
        for dir in ["locks", ""] {
            set_mode(&cache.root().join(dir), 0o500);
        }
        set_mode(&cache.root().join("locks/cache-commit.lock"), 0o400);
        set_mode(&cache.root().join("locks/cache-create.lock"), 0o400);
        reopen(cache.root());
        for dir in ["", "locks"] {
            set_mode(&cache.root().join(dir), 0o700);
        }
        return;
    }
    // Modes do not bind root; a read-only mount does.
    let Some(mount) = crate::mount::Mount::tmpfs(&folder.path().join("mount"), "size=1m,mode=700") else {
        return;
    };
    let inside = Cache::open(mount.path()).unwrap();
    inside.put("a", "x", |file| file.write_all(b"x")).unwrap();
    mount.remount("ro");
    reopen(mount.path());
}
