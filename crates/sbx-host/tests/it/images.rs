//! Images and artifacts in the cache: kept, found again, and refused or rebuilt when they are not what was sealed.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use sbx_cache::Cache;
use sbx_host::{Host, HostConfig, Image, Outcome};

use crate::lab::{guest, host, limits, open, run};

const COUNTER: &str = r#"(module (memory (export "memory") 1) (data (i32.const 0) "\28")
    (func (export "count") (result i32)
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (i32.load (i32.const 0))))"#;

fn wasm() -> Vec<u8> {
    wat::parse_str(COUNTER).unwrap()
}

struct TempCache {
    cache: Cache,
    _folder: tempfile::TempDir,
}

fn temp_cache() -> TempCache {
    let folder = tempfile::tempdir().unwrap();
    TempCache { cache: Cache::open(&folder.path().join("cache")).unwrap(), _folder: folder }
}

#[test]
fn an_image_goes_on_where_it_was_captured() {
    let temp = temp_cache();
    let (guest, base) = guest(COUNTER);
    let mut instance = open(&guest, &base);
    assert_eq!(run(&mut instance, "count", &[], limits()).outcome, Outcome::Returned(41));
    let image = instance.capture("later").unwrap();
    image.save(&temp.cache, "images/later.img").unwrap();
    let loaded = Image::load(&temp.cache, "images/later.img", guest.hash()).unwrap().expect("it was saved");
    assert_eq!(
        (loaded.name(), loaded.memory_bytes(), loaded.reference()),
        ("later", 0x1_0000, image.reference())
    );
    for image in [&image, &loaded] {
        // Two forks of each: what one does the other does not see.
        for _ in 0..2 {
            assert_eq!(run(&mut open(&guest, image), "count", &[], limits()).outcome, Outcome::Returned(42));
        }
    }
    assert_eq!(run(&mut open(&guest, &base), "count", &[], limits()).outcome, Outcome::Returned(41));
}

#[test]
fn an_image_of_another_guest_is_refused() {
    let temp = temp_cache();
    let (first, image) = guest(COUNTER);
    let (second, _) = guest(r#"(module (memory (export "memory") 1) (func (export "other")))"#);
    let opened = host().block_on(host().open(&second, &image, crate::lab::setup()));
    assert_eq!(opened.unwrap_err().code(), "host.bad_image");
    image.save(&temp.cache, "images/x.img").unwrap();
    let loaded = Image::load(&temp.cache, "images/x.img", second.hash());
    assert_eq!(loaded.unwrap_err().code(), "cache.corrupt", "it was sealed for the first one");
    assert!(Image::load(&temp.cache, "images/x.img", first.hash()).unwrap().is_some());
    assert!(Image::load(&temp.cache, "images/y.img", first.hash()).unwrap().is_none());
}

/// Changes of a file that leave no doubt, each by what it is called.
fn damage(path: &PathBuf, way: &str) {
    let bytes = fs::read(path).unwrap();
    match way {
        "cut" => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        "emptied" => fs::write(path, b"").unwrap(),
        "edited" | "edited with its old time" => {
            let modified = fs::metadata(path).unwrap().modified().unwrap();
            let mut edited = bytes;
            let middle = edited.len() / 2;
            edited[middle] ^= 1;
            fs::write(path, &edited).unwrap();
            if way != "edited" {
                fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
            }
        }
        "a folder" => {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }
        _ => unreachable!("{way}"),
    }
}

const WAYS: [&str; 5] = ["cut", "emptied", "edited", "edited with its old time", "a folder"];

#[test]
fn a_damaged_image_is_an_error_that_names_it() {
    let (guest, image) = guest(COUNTER);
    for way in WAYS {
        for file in ["x.img", "x.img.seal"] {
            let temp = temp_cache();
            image.save(&temp.cache, "images/x.img").unwrap();
            damage(&temp.cache.root().join("images").join(file), way);
            let error = Image::load(&temp.cache, "images/x.img", guest.hash()).unwrap_err();
            assert_eq!(error.code(), "cache.corrupt", "{file} {way}");
            assert!(error.to_string().contains("x.img"), "{error}");
        }
    }
}

#[test]
fn a_sealed_image_that_is_none_is_refused_too() {
    // Whoever has the key can seal anything, so what is inside is checked all the same.
    let (guest, image) = guest(COUNTER);
    let header = |format: u32, hash: &str, bytes: u64| {
        let json = format!(
            concat!(
                r#"{{"format":{},"identity":{{"name":"x","guest":"{}","digest":"d"}},"#,
                r#""memory_bytes":{},"monotonic_ns":0}}"#
            ),
            format, hash, bytes
        );
        let mut header = json.into_bytes();
        header.resize(0x1_0000, b' ');
        header
    };
    for (what, content) in [
        ("an empty file", Vec::new()),
        ("noise", vec![0xA5; 0x2_0000]),
        ("another format", [header(1, guest.hash(), 0x1_0000), vec![0; 0x1_0000]].concat()),
        ("another guest's header", [header(2, "00", 0x1_0000), vec![0; 0x1_0000]].concat()),
        ("more memory than there is", [header(2, guest.hash(), 0x10_0000), vec![0; 0x1_0000]].concat()),
        ("memory without end", [header(2, guest.hash(), u64::MAX - 0xffff), vec![0; 0x1_0000]].concat()),
        ("half a page", [header(2, guest.hash(), 100), vec![0; 0x1_0000]].concat()),
    ] {
        let temp = temp_cache();
        let context = format!("image 2; guest {}", guest.hash());
        temp.cache.put("images/x.img", &context, |file| file.write_all(&content)).unwrap();
        let error = Image::load(&temp.cache, "images/x.img", guest.hash()).expect_err(what);
        assert_eq!(error.code(), "host.bad_image", "{what}");
        assert!(error.to_string().contains("sbx setup"), "{error}");
    }
    drop(image);
}

#[test]
fn a_compiled_guest_is_found_again() {
    let temp = temp_cache();
    let mut n_compiled = 0;
    let (guest, _) = host().build_guest(&temp.cache, &wasm(), || n_compiled += 1).unwrap();
    let (again, image) = host().build_guest(&temp.cache, &wasm(), || n_compiled += 1).unwrap();
    assert_eq!((n_compiled, guest.hash()), (1, again.hash()));
    let loaded = host().load_guest(&temp.cache, guest.hash()).unwrap().expect("it was kept");
    assert_eq!(run(&mut open(&loaded, &image), "count", &[], limits()).outcome, Outcome::Returned(41));
    assert!(host().load_guest(&temp.cache, "0000").unwrap().is_none());
}

#[test]
fn of_many_that_want_a_guest_at_once_one_compiles_it_and_all_have_it() {
    for _ in 0..5 {
        let (temp, n_compiled) = (temp_cache(), AtomicU32::new(0));
        let build = || {
            let count = || {
                n_compiled.fetch_add(1, Ordering::Relaxed);
            };
            host().build_guest(&temp.cache, &wasm(), count).map(drop)
        };
        thread::scope(|scope| {
            let builds: Vec<_> = (0..8).map(|_| scope.spawn(build)).collect();
            builds.into_iter().for_each(|build| build.join().unwrap().unwrap());
        });
        assert_eq!(n_compiled.load(Ordering::Relaxed), 1);
    }
}

fn artifact(cache: &Cache, hash: &str) -> PathBuf {
    cache.root().join("artifacts").join(format!("{hash}-2.cwasm"))
}

#[test]
fn a_damaged_artifact_is_never_loaded_and_compiled_again() {
    let _held = crate::lab::busy();
    for way in WAYS {
        for suffix in ["", ".seal"] {
            let temp = temp_cache();
            let (guest, _) = host().build_guest(&temp.cache, &wasm(), || {}).unwrap();
            let path = artifact(&temp.cache, guest.hash()).with_added_extension("seal");
            damage(&if suffix.is_empty() { path.with_extension("") } else { path }, way);
            // A host of its own: nothing of the first one is remembered.
            let host = Host::new(&HostConfig::default()).unwrap();
            assert!(host.load_guest(&temp.cache, guest.hash()).unwrap().is_none(), "{suffix} {way}");
            let mut compiled = false;
            let (again, image) = host.build_guest(&temp.cache, &wasm(), || compiled = true).unwrap();
            assert!(compiled, "{suffix} {way}");
            assert_eq!(run(&mut open(&again, &image), "count", &[], limits()).outcome, Outcome::Returned(41));
        }
    }
}

#[test]
fn an_artifact_of_another_guest_or_another_cache_is_not_loaded() {
    let (ours, theirs) = (temp_cache(), temp_cache());
    let other =
        wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "count") unreachable))"#)
            .unwrap();
    let (guest, _) = host().build_guest(&ours.cache, &wasm(), || {}).unwrap();
    let (evil, _) = host().build_guest(&ours.cache, &other, || {}).unwrap();
    let (elsewhere, _) = host().build_guest(&theirs.cache, &wasm(), || {}).unwrap();
    assert_eq!(guest.hash(), elsewhere.hash());
    let path = artifact(&ours.cache, guest.hash());
    for source in [artifact(&ours.cache, evil.hash()), artifact(&theirs.cache, guest.hash())] {
        // With its seal, which was made for another name, or with another key.
        for suffix in ["", ".seal"] {
            let suffixed = |path: &PathBuf| PathBuf::from(format!("{}{suffix}", path.display()));
            fs::copy(suffixed(&source), suffixed(&path)).unwrap();
        }
        assert!(host().load_guest(&ours.cache, guest.hash()).unwrap().is_none(), "{}", source.display());
        host().build_guest(&ours.cache, &wasm(), || {}).unwrap();
    }
}

#[test]
fn modules_that_ask_for_more_are_refused() {
    let refuse = |wat: &str| {
        let temp = temp_cache();
        let refused = host().build_guest(&temp.cache, &wat::parse_str(wat).unwrap(), || {});
        refused.map(drop).unwrap_err().code().to_owned()
    };
    for wat in [
        r#"(module (import "env" "f" (func)) (memory (export "memory") 1))"#,
        r#"(module (import "wasi_snapshot_preview1" "x" (memory 1)) (memory (export "memory") 1))"#,
        r#"(module (import "host" "other" (func)) (memory (export "memory") 1))"#,
        r#"(module (memory (export "memory") 1) (func $s) (start $s))"#,
        r#"(module)"#,
    ] {
        assert_eq!(refuse(wat), "host.guest_refused", "{wat}");
    }
    for wat in [
        r#"(module (import "wasi_snapshot_preview1" "unknown" (func)) (memory (export "memory") 1))"#,
        r#"(module (import "wasi_snapshot_preview1" "fd_close" (func)) (memory (export "memory") 1))"#,
        r#"(module (memory (export "memory") i64 1))"#,
    ] {
        assert_eq!(refuse(wat), "host.engine", "{wat}");
    }
}
