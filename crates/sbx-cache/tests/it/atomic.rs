//! Writers that are killed, that fail, that race: a reader sees a whole file or none.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::time::{Duration, Instant};

use sbx_cache::{Cache, Error};

use crate::child::Helper;
use crate::mount::Mount;
use crate::{fresh, temp_files};

#[test]
fn a_writer_that_fails_leaves_nothing_and_the_old_entry_stays() {
    let (_folder, cache) = fresh();
    let failing = |file: &mut fs::File| {
        file.write_all(&[0; 100_000])?;
        Err(io::Error::other("out of ideas"))
    };
    let error = cache.put("a/b", "c", failing).unwrap_err();
    assert_eq!(error.code(), "cache.io");
    assert!(cache.get("a/b", "c").unwrap().is_none());
    cache.put("a/b", "c", |file| file.write_all(b"old")).unwrap();
    cache.put("a/b", "c", failing).unwrap_err();
    assert_eq!(cache.get("a/b", "c").unwrap().unwrap().bytes, 3);
    assert!(temp_files(cache.root()).is_empty());
}

#[test]
fn a_full_disk_is_a_clear_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::tmpfs(&folder.path().join("small"), "size=256k,mode=700") else { return };
    let cache = Cache::open(mount.path()).unwrap();
    cache.put("a/b", "c", |file| file.write_all(b"old")).unwrap();
    let error = cache.put("a/b", "c", |file| file.write_all(&[1; 1 << 20])).unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
    assert!(error.to_string().contains("no space left to write"), "{error}");
    assert_eq!(cache.get("a/b", "c").unwrap().unwrap().bytes, 3);
    assert!(temp_files(cache.root()).is_empty());
    cache.put("a/b", "c", |file| file.write_all(&[1; 100 << 10])).unwrap();
}

#[test]
fn a_disk_with_any_little_room_keeps_the_old_entry_and_takes_the_new_one_once_there_is_more() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::tmpfs(&folder.path().join("small"), "size=1m,mode=700") else { return };
    let cache = Cache::open(mount.path()).unwrap();
    let value = |round: u8| vec![round; 100 << 10];
    cache.put("a/b", "c", |file| file.write_all(&value(0))).unwrap();
    let mut n_refused = 0;
    for round in 1..80_u8 {
        let room = u64::from(round) * 4096;
        let ballast = mount.fill(room);
        if let Err(error) = cache.put("a/b", "c", |file| file.write_all(&value(round))) {
            assert!(matches!(error, Error::DiskFull { .. }), "{room} bytes: {error:?}");
            let mut kept = Vec::new();
            cache.get("a/b", "c").unwrap().unwrap().file.read_to_end(&mut kept).unwrap();
            assert!(kept == value(round - 1), "{room} bytes");
            assert!(temp_files(cache.root()).is_empty());
            n_refused += 1;
        }
        mount.clear(&ballast);
        cache.put("a/b", "c", |file| file.write_all(&value(round))).unwrap();
    }
    assert!(n_refused > 20);
    println!(
        "chaos: cache on a full disk: {n_refused} writes refused, none lost, all done once there was room"
    );
}

#[test]
fn a_living_writer_is_not_swept_and_a_killed_one_is() {
    let (_folder, cache) = fresh();
    let mut writer = Helper::start("write half", cache.root());
    assert_eq!(writer.line(), "half");
    assert_eq!(temp_files(cache.root()).len(), 1);
    assert_eq!(cache.sweep().unwrap().n_removed, 0);
    assert!(cache.get("made/slowly", "c").unwrap().is_none(), "a reader sees nothing of it");
    writer.go_on();
    writer.finish();
    assert_eq!(cache.get("made/slowly", "c").unwrap().unwrap().bytes, 2000);

    let mut writer = Helper::start("write half", cache.root());
    assert_eq!(writer.line(), "half");
    writer.kill();
    assert_eq!(temp_files(cache.root()).len(), 1);
    assert_eq!(cache.get("made/slowly", "c").unwrap().unwrap().bytes, 2000, "the old one stays");
    let swept = cache.sweep().unwrap();
    assert_eq!((swept.n_removed, swept.bytes), (1, 1000));
    assert!(temp_files(cache.root()).is_empty());
    assert_eq!(cache.sweep().unwrap().n_removed, 0);
}

#[test]
fn scratch_folders_of_the_dead_are_swept_and_those_of_lock_holders_are_not() {
    let (_folder, cache) = fresh();
    let work = cache.root().join("work");
    for name in ["shared", "dead", "not a lock's name"] {
        fs::create_dir_all(work.join(name).join("deep")).unwrap();
        fs::write(work.join(name).join("deep/file"), [0; 10]).unwrap();
    }
    let mut holder = Helper::start("lock", cache.root());
    assert_eq!(holder.line(), "locked");
    let swept = cache.sweep().unwrap();
    assert_eq!((swept.n_removed, swept.bytes), (2, 20));
    assert!(work.join("shared/deep/file").exists());
    holder.kill();
    assert_eq!(cache.sweep().unwrap().n_removed, 1);
}

#[test]
fn a_lock_keeps_another_process_out_and_a_killed_holder_lets_go() {
    let (_folder, cache) = fresh();
    let mut first = Helper::start("lock", cache.root());
    assert_eq!(first.line(), "locked");
    let mut second = Helper::start("lock", cache.root());
    assert_eq!(second.line(), "waiting");
    first.kill();
    assert_eq!(second.line(), "locked");
    second.go_on();
    second.finish();
    let mut waited = false;
    drop(cache.lock("shared", || waited = true).unwrap());
    assert!(!waited);
}

#[test]
fn the_caches_own_locks_cannot_be_taken_from_outside() {
    let (_folder, cache) = fresh();
    for name in ["cache-create", "cache-commit", "a/b", "..", ""] {
        assert_eq!(cache.lock(name, || {}).map(drop).unwrap_err().code(), "cache.name", "{name}");
    }
}

#[test]
fn readers_see_whole_files_while_two_processes_replace_them() {
    let (_folder, cache) = fresh();
    let mut writers = [0, 1].map(|_| Helper::start("write many", cache.root()));
    for writer in &mut writers {
        assert_eq!(writer.line(), "started");
    }
    let (mut n_seen, mut values) = (0, std::collections::BTreeSet::new());
    let deadline = Instant::now() + Duration::from_secs(20);
    while (n_seen < 200 || values.len() < 5) && Instant::now() < deadline {
        let Some(mut sealed) = cache.get("made/often", "c").unwrap() else { continue };
        let mut content = Vec::new();
        sealed.file.read_to_end(&mut content).unwrap();
        assert_eq!(content.len(), 100_000);
        assert!(content.iter().all(|byte| *byte == content[0]), "a torn file");
        values.insert(content[0]);
        n_seen += 1;
    }
    assert!(n_seen >= 200 && values.len() >= 5, "saw {n_seen} files with {} contents", values.len());
    writers.into_iter().for_each(Helper::kill);
    // Whatever the kill hit: the entry is whole or absent, and nothing else stays.
    if let Some(sealed) = cache.get("made/often", "c").unwrap() {
        assert_eq!(sealed.bytes, 100_000);
    }
    cache.sweep().unwrap();
    assert!(temp_files(cache.root()).is_empty());
}

#[test]
fn kills_at_random_moments_leave_a_whole_entry_or_none() {
    let (_folder, cache) = fresh();
    let mut pause = Duration::from_micros(300);
    for _ in 0..25 {
        let mut writer = Helper::start("write many", cache.root());
        assert_eq!(writer.line(), "started");
        let start = Instant::now();
        while start.elapsed() < pause {
            std::hint::spin_loop();
        }
        writer.kill();
        pause += Duration::from_micros(777);
        if let Some(mut sealed) = cache.get("made/often", "c").unwrap() {
            let mut content = Vec::new();
            sealed.file.read_to_end(&mut content).unwrap();
            assert!(content.len() == 100_000 && content.iter().all(|byte| *byte == content[0]));
        }
    }
    cache.sweep().unwrap();
    assert!(temp_files(cache.root()).is_empty());
}

#[test]
fn processes_that_open_a_new_cache_at_once_agree_on_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("sbx");
    let mut openers: Vec<Helper> = (0..6).map(|_| Helper::start("open", &root)).collect();
    for opener in &mut openers {
        assert_eq!(opener.line(), "opened");
    }
    let cache = Cache::open(&root).unwrap();
    cache.put("a", "c", |_| Ok(())).unwrap();
    assert!(Cache::open(&root).unwrap().get("a", "c").unwrap().is_some());
    assert_eq!(fs::read_dir(&root).unwrap().count(), 4, "key, locks, a, a.seal");
}
