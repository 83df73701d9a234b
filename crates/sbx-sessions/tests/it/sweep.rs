//! What goes, what stays, and when.

use std::time::Duration;

use sbx_sessions::{PruneOptions, SessionState};
use sbx_storage::{Expect, Key, StorageAdapter};

use crate::common::*;

const HOUR: Duration = Duration::from_secs(3600);

fn names(ids: &[sbx_sessions::SessionId]) -> Vec<&str> {
    ids.iter().map(sbx_sessions::SessionId::as_str).collect()
}

fn plant(storage: &Storage, key: &str, bytes: &'static [u8]) {
    block_on(storage.write(&Key::parse(key).unwrap(), bytes.into(), Expect::Any)).unwrap();
}

#[test]
fn objects_go_with_the_second_sweep_after_the_grace_period() {
    let (store, storage, clock) = store();
    make(&store, "gone");
    make(&store, "stays");
    let all = objects(&storage);
    block_on(store.delete(&id("gone"))).unwrap();
    clock.advance(2 * HOUR);
    let first = block_on(store.sweep(HOUR, false)).unwrap();
    assert_eq!((first.objects, first.pending, first.tombstones), (0, 3, 1));
    clock.advance(HOUR / 2);
    let early = block_on(store.sweep(HOUR, false)).unwrap();
    assert_eq!((early.objects, early.pending), (0, 3));
    clock.advance(HOUR / 2);
    let dry = block_on(store.sweep(HOUR, true)).unwrap();
    assert_eq!((dry.objects, dry.dry_run, objects(&storage)), (3, true, all));
    let second = block_on(store.sweep(HOUR, false)).unwrap();
    assert_eq!((second.objects, second.bytes_freed, second.pending), (3, dry.bytes_freed, 0));
    assert_eq!(objects(&storage), all - 3);
    assert!(second.errors.is_empty());
    block_on(store.open(&id("stays"), &base())).unwrap();
}

#[test]
fn what_is_needed_again_is_not_swept() {
    let (store, storage, clock) = store();
    make(&store, "s");
    let head = dump(&storage)["sessions/s/head"].clone();
    block_on(store.delete(&id("s"))).unwrap();
    clock.advance(2 * HOUR);
    assert_eq!(block_on(store.sweep(HOUR, false)).unwrap().pending, 3);
    // As if a fork had been on its way all the time.
    block_on(storage.write(&Key::parse("sessions/s/head").unwrap(), head.into(), Expect::Any)).unwrap();
    clock.advance(2 * HOUR);
    let swept = block_on(store.sweep(HOUR, false)).unwrap();
    assert_eq!((swept.objects, swept.pending), (0, 0));
    block_on(store.open(&id("s"), &base())).unwrap();
}

#[test]
fn while_a_head_cannot_be_read_nothing_goes() {
    let (store, storage, clock) = store();
    make(&store, "s");
    make(&store, "broken");
    block_on(store.delete(&id("s"))).unwrap();
    plant(&storage, "sessions/broken/head", b"{\"format\": 1, \"id\"");
    plant(&storage, "sessions/later/head", b"{\"format\": 2}");
    let before = dump(&storage);
    for grace in [HOUR, Duration::ZERO] {
        clock.advance(2 * HOUR);
        let swept = block_on(store.sweep(grace, false)).unwrap();
        assert_eq!((swept.objects, swept.tombstones, swept.pending), (0, 0, 0));
        let codes: Vec<_> = swept.unreadable.iter().map(|it| (it.key_part.as_str(), it.code)).collect();
        assert_eq!(codes, [("broken", "session.corrupt"), ("later", "session.newer_format")]);
    }
    let pruned =
        block_on(store.prune(&PruneOptions::new().with_max_sessions(0).with_grace(Duration::ZERO))).unwrap();
    assert_eq!((pruned.deleted_count, pruned.errors.len()), (0, 2));
    assert_eq!(dump(&storage), before);
    let list = block_on(store.list()).unwrap();
    assert_eq!((list.sessions.len(), list.unreadable.len()), (0, 2));
}

#[test]
fn what_is_nobodys_object_stays() {
    let (store, storage, clock) = store();
    make(&store, "s");
    plant(&storage, "objects/readme", b"mine");
    plant(&storage, "objects/ab/abcd", b"mine");
    plant(&storage, "sessions/s/notes", b"mine");
    plant(&storage, "elsewhere", b"mine");
    // A damaged note of an earlier sweep only means to wait once more.
    plant(&storage, "gc/pending", b"nonsense");
    clock.advance(2 * HOUR);
    let swept = block_on(store.sweep(HOUR, false)).unwrap();
    assert_eq!((swept.objects, swept.pending, swept.errors.len()), (0, 0, 1));
    block_on(store.delete(&id("s"))).unwrap();
    for _ in 0..3 {
        clock.advance(2 * HOUR);
        block_on(store.sweep(HOUR, false)).unwrap();
    }
    let left: Vec<String> = dump(&storage).into_keys().filter(|key| !key.starts_with("gc/")).collect();
    assert_eq!(left, ["elsewhere", "objects/ab/abcd", "objects/readme", "sessions/s/notes"]);
}

#[test]
fn a_name_is_free_at_once_and_waits_only_while_its_mark_is_removed() {
    let (store, storage, clock) = store();
    make(&store, "s");
    block_on(store.delete(&id("s"))).unwrap();
    // A sweep that died between condemning the mark and removing it.
    let key = Key::parse("sessions/s/head").unwrap();
    let mut head: serde_json::Value = serde_json::from_slice(&dump(&storage)["sessions/s/head"]).unwrap();
    head["deleted"]["condemned_ms"] = sbx_sessions::Clock::now_ms(&clock).into();
    block_on(storage.write(&key, serde_json::to_vec(&head).unwrap().into(), Expect::Any)).unwrap();
    let create = || block_on(store.create(&id("s"), Default::default(), SessionState::new(base())));
    assert_eq!(create().unwrap_err().code(), "session.busy");
    assert_eq!(block_on(store.sweep(Duration::ZERO, false)).unwrap().tombstones, 0, "it is another sweep's");
    clock.advance(Duration::from_secs(601));
    create().unwrap();
}

#[test]
fn pruning_by_age_takes_what_is_old_and_idle() {
    let (store, storage, clock) = store();
    make(&store, "old");
    make(&store, "old-but-in-use");
    make(&store, "old-but-touched");
    clock.advance(48 * HOUR);
    make(&store, "young");
    let mut touched = block_on(store.open(&id("old-but-touched"), &base())).unwrap();
    write(&mut touched, "x", b"y");
    block_on(touched.release()).unwrap();
    let held = block_on(store.open(&id("old-but-in-use"), &base())).unwrap();
    let options = PruneOptions::new().with_older_than(24 * HOUR);
    let dry = block_on(store.prune(&options.clone().with_dry_run(true))).unwrap();
    let before = objects(&storage);
    let pruned = block_on(store.prune(&options)).unwrap();
    for result in [&dry, &pruned] {
        assert_eq!(names(&result.deleted), ["old"]);
        assert_eq!(names(&result.skipped), ["old-but-in-use"]);
        assert_eq!((result.deleted_count, result.errors.len()), (1, 0));
    }
    assert_eq!(dry.bytes_freed, pruned.bytes_freed);
    assert!(dry.dry_run && pruned.bytes_freed > 0);
    assert_eq!(objects(&storage), before, "they go after the grace period");
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 3);
    block_on(held.release()).unwrap();
    let none = block_on(store.prune(&PruneOptions::new())).unwrap();
    assert_eq!(none.deleted_count, 0, "without a bound nothing goes");
}

#[test]
fn pruning_by_number_and_size_takes_the_oldest_first() {
    let (store, storage, clock) = store();
    for name in ["a", "b", "c", "d"] {
        make(&store, name);
        clock.advance(HOUR);
    }
    block_on(store.set_labels(&id("a"), [("keep".to_owned(), "yes".to_owned())].into())).unwrap();
    block_on(store.set_labels(&id("b"), [("user".to_owned(), "ann".to_owned())].into())).unwrap();
    let size = block_on(store.info(&id("d"))).unwrap().size_bytes;
    let mine = PruneOptions::new().with_label("user", "ann").with_max_sessions(0).with_dry_run(true);
    assert_eq!(names(&block_on(store.prune(&mine)).unwrap().deleted), ["b"]);
    let by_number = PruneOptions::new().with_max_sessions(3);
    assert_eq!(names(&block_on(store.prune(&by_number)).unwrap().deleted), ["a"]);
    let by_size = PruneOptions::new().with_max_bytes(size * 3 / 2).with_grace(Duration::ZERO);
    let pruned = block_on(store.prune(&by_size)).unwrap();
    assert_eq!(names(&pruned.deleted), ["b", "c"]);
    assert!(pruned.bytes_freed >= size && pruned.swept.objects >= 6);
    assert_eq!(objects(&storage), 3);
}

#[test]
fn what_forks_share_is_freed_with_the_last_of_them() {
    let (store, _, clock) = store();
    make(&store, "a");
    clock.advance(HOUR);
    block_on(store.fork(&id("a"), None, &[id("b")])).unwrap();
    clock.advance(HOUR);
    let mut c = create(&store, "c", SessionState::new(base()));
    write(&mut c, "x", b"y");
    block_on(c.release()).unwrap();
    let size = block_on(store.info(&id("a"))).unwrap().size_bytes;
    let one = block_on(store.prune(&PruneOptions::new().with_max_sessions(2))).unwrap();
    assert_eq!((names(&one.deleted), one.bytes_freed), (vec!["a"], 0));
    let other = block_on(store.prune(&PruneOptions::new().with_max_sessions(1))).unwrap();
    assert_eq!((names(&other.deleted), other.bytes_freed), (vec!["b"], size));
}

#[test]
fn sweeps_race_with_forks_and_turns_and_take_nothing_from_them() {
    let (store, storage, _) = store();
    let stored = make(&store, "s");
    std::thread::scope(|scope| {
        let sweeper = scope.spawn(|| {
            for _ in 0..150 {
                // Nothing that is being written is an hour old.
                let swept = block_on(store.sweep(HOUR, false)).unwrap();
                assert_eq!((swept.objects, swept.unreadable.len()), (0, 0));
            }
        });
        for worker in 0..2 {
            let (store, stored) = (store.clone(), stored.clone());
            scope.spawn(move || {
                for n in 0..40 {
                    let name = id(&format!("w{worker}-{n}"));
                    block_on(store.fork(&id("s"), None, std::slice::from_ref(&name))).unwrap();
                    let mut held = block_on(store.open(&name, &base())).unwrap();
                    assert_eq!(facts(held.state()), facts(&stored));
                    write(&mut held, "x", name.as_str().as_bytes());
                    block_on(held.release()).unwrap();
                    if n % 2 == 0 {
                        block_on(store.delete(&name)).unwrap();
                    }
                }
            });
        }
        sweeper.join().unwrap();
    });
    let list = block_on(store.list()).unwrap();
    assert_eq!(list.sessions.len(), 41);
    for info in &list.sessions {
        block_on(store.state(&info.id, None, &base())).unwrap();
    }
    assert_eq!(objects(&storage), 3 + 80);
}
