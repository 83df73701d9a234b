//! What counts as sealed: every edit is found, touching is not an edit, and seals do not travel.

use std::fs;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sbx_cache::{Cache, Digest, Error};

use crate::fresh;

const CONTENT: &[u8] = b"forty-two bytes that are then put to a test";

fn put(cache: &Cache) -> PathBuf {
    cache.put("a/b", "context", |file| file.write_all(CONTENT)).unwrap()
}

fn seal_of(path: &Path) -> PathBuf {
    path.with_file_name("b.seal")
}

/// The problem of a corrupt entry.
fn problem(cache: &Cache) -> String {
    match cache.get("a/b", "context") {
        Err(Error::Corrupt { problem, .. }) => problem,
        other => panic!("{other:?} is not corrupt"),
    }
}

#[test]
fn what_was_put_comes_back_open_at_its_start() {
    let (_folder, cache) = fresh();
    assert!(cache.get("a/b", "context").unwrap().is_none());
    let path = put(&cache);
    let sealed = cache.get("a/b", "context").unwrap().unwrap();
    assert_eq!((sealed.path, sealed.bytes), (path, CONTENT.len() as u64));
    assert_eq!(sealed.digest, Digest::of(CONTENT));
    assert_eq!(io::read_to_string(sealed.file).unwrap().as_bytes(), CONTENT);
}

#[test]
fn a_writer_may_seek_and_the_digest_is_of_what_is_there() {
    let (_folder, cache) = fresh();
    let write = |file: &mut fs::File| {
        file.write_all(b"....tail")?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(b"head")
    };
    cache.put("a/b", "context", write).unwrap();
    assert_eq!(cache.get("a/b", "context").unwrap().unwrap().digest, Digest::of(b"headtail"));
}

#[test]
fn an_edit_of_the_same_length_is_found_at_once() {
    // Many times, because the file system's clock only ticks every few milliseconds.
    for round in 0..20 {
        let (_folder, cache) = fresh();
        let path = put(&cache);
        let mut edited = CONTENT.to_vec();
        edited[round] ^= 1;
        // In place: the inode stays.
        fs::OpenOptions::new().write(true).open(&path).unwrap().write_all(&edited).unwrap();
        assert_eq!(problem(&cache), "its content was changed");
    }
}

#[test]
fn an_edit_with_the_old_times_put_back_is_found() {
    let (_folder, cache) = fresh();
    let path = put(&cache);
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut edited = CONTENT.to_vec();
    edited[5] ^= 1;
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all(&edited).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(problem(&cache), "its content was changed");
}

#[test]
fn truncated_grown_and_emptied_files_are_corrupt() {
    for len in [0, 1, CONTENT.len() as u64 - 1, CONTENT.len() as u64 + 1] {
        let (_folder, cache) = fresh();
        let path = put(&cache);
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(len).unwrap();
        assert_eq!(problem(&cache), format!("it is {len} bytes long, not 43"));
    }
}

#[test]
fn a_seal_with_any_bit_turned_is_corrupt() {
    let (_folder, cache) = fresh();
    let path = put(&cache);
    let seal = fs::read(seal_of(&path)).unwrap();
    // The last byte is the end of the line, which is not part of what the seal says.
    for idx in 0..seal.len() - 1 {
        let mut edited = seal.clone();
        edited[idx] ^= 1;
        fs::write(seal_of(&path), &edited).unwrap();
        let error = cache.get("a/b", "context").unwrap_err();
        assert_eq!(error.code(), "cache.corrupt", "byte {idx}");
    }
    for len in 0..seal.len() - 1 {
        fs::write(seal_of(&path), &seal[..len]).unwrap();
        assert_eq!(cache.get("a/b", "context").unwrap_err().code(), "cache.corrupt", "{len} bytes");
    }
    fs::write(seal_of(&path), &seal).unwrap();
    cache.get("a/b", "context").unwrap().unwrap();
}

#[test]
fn a_file_without_a_seal_was_never_finished() {
    let (_folder, cache) = fresh();
    let path = put(&cache);
    fs::remove_file(seal_of(&path)).unwrap();
    assert!(cache.get("a/b", "context").unwrap().is_none());
    put(&cache);
    fs::remove_file(path).unwrap();
    assert!(cache.get("a/b", "context").unwrap().is_none());
}

#[test]
fn another_context_is_refused_with_both_named() {
    let (_folder, cache) = fresh();
    put(&cache);
    let error = cache.get("a/b", "other").unwrap_err();
    let text = error.to_string();
    assert!(text.contains(r#"it was made for "context", not for "other""#), "{text}");
}

#[test]
fn seals_of_another_cache_or_of_another_entry_do_not_count() {
    let (_folder, cache) = fresh();
    let (_other_folder, other) = fresh();
    let path = put(&cache);
    let foreign = put(&other);
    fs::copy(seal_of(&foreign), seal_of(&path)).unwrap();
    assert_eq!(problem(&cache), "its seal was not made here or was edited");

    let elsewhere = cache.put("a/c", "context", |file| file.write_all(CONTENT)).unwrap();
    fs::copy(elsewhere.with_file_name("c.seal"), seal_of(&path)).unwrap();
    assert_eq!(problem(&cache), "its seal was not made here or was edited");
}

#[test]
fn a_copied_file_is_hashed_and_its_seal_renewed() {
    let (_folder, cache) = fresh();
    let path = put(&cache);
    let before = fs::read(seal_of(&path)).unwrap();
    // As a restored backup: same content, other inode and times.
    let copy = path.with_file_name("copy");
    fs::copy(&path, &copy).unwrap();
    fs::rename(&copy, &path).unwrap();
    let sealed = cache.get("a/b", "context").unwrap().unwrap();
    assert_eq!(io::read_to_string(sealed.file).unwrap().as_bytes(), CONTENT, "rewound after hashing");
    if cfg!(unix) {
        let renewed = fs::read(seal_of(&path)).unwrap();
        assert_ne!(renewed, before);
        cache.get("a/b", "context").unwrap().unwrap();
        assert_eq!(fs::read(seal_of(&path)).unwrap(), renewed, "now the stamp fits");
    }
}

#[test]
fn a_replaced_entry_is_the_new_one_and_a_removed_one_is_gone() {
    let (_folder, cache) = fresh();
    let path = put(&cache);
    cache.put("a/b", "newer", |file| file.write_all(b"new")).unwrap();
    assert_eq!(cache.get("a/b", "newer").unwrap().unwrap().bytes, 3);
    cache.remove("a/b").unwrap();
    cache.remove("a/b").unwrap();
    assert!(cache.get("a/b", "newer").unwrap().is_none());
    assert!(!path.exists() && !seal_of(&path).exists());
}

#[test]
fn a_truncated_key_is_corrupt_and_a_new_key_distrusts_everything() {
    let (_folder, cache) = fresh();
    put(&cache);
    let key = cache.root().join("key");
    fs::write(&key, [1; 31]).unwrap();
    let error = Cache::open(cache.root()).unwrap_err();
    assert!(error.to_string().contains("it is 31 bytes long, not 32"), "{error}");
    fs::remove_file(&key).unwrap();
    let reopened = Cache::open(cache.root()).unwrap();
    assert_eq!(problem(&reopened), "its seal was not made here or was edited");
}

#[cfg(unix)]
#[test]
fn links_and_folders_in_place_of_files_are_corrupt() {
    use std::os::unix::fs::symlink;

    let (folder, cache) = fresh();
    let path = put(&cache);
    let outside = folder.path().join("outside");
    fs::rename(&path, &outside).unwrap();
    symlink(&outside, &path).unwrap();
    assert_eq!(problem(&cache), "it is not a regular file");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(problem(&cache), "it is not a regular file");
    cache.remove("a/b").unwrap();

    // A folder on the way that leads elsewhere, with a good file in it.
    put(&cache);
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(cache.root().join("a"), &elsewhere).unwrap();
    symlink(&elsewhere, cache.root().join("a")).unwrap();
    assert_eq!(problem(&cache), "it is not a folder");
    assert!(cache.put("a/b", "context", |_| Ok(())).is_err());
    assert!(cache.remove("a/b").is_err());
    assert!(elsewhere.join("b").exists());
}

#[cfg(unix)]
#[test]
fn a_large_file_that_was_not_touched_is_not_read() {
    let (_folder, cache) = fresh();
    cache.put("a/b", "context", |file| file.write_all(&vec![1; 64 << 20])).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..200 {
        cache.get("a/b", "context").unwrap().unwrap();
    }
    let elapsed = start.elapsed();
    println!("200 opens of a sealed file of 64 MiB: {elapsed:?}");
    // Hashing 13 GB takes longer on any machine.
    assert!(elapsed.as_millis() < 1000, "{elapsed:?}");
}
