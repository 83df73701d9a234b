//! Records that no tree ever had: each is refused, or gives a tree on which everything holds.

use std::sync::LazyLock;

use proptest::prelude::*;
use sbx_vfs::{FileType, Quota, ROOT_FD, Tree, TreeRecord, Vfs};
use serde_json::{Value, json};

use super::{Store, busy, runtime};
use crate::common::{open, path, put, read_only};

/// Restores, and looks at all that can be seen of a tree that comes of it.
fn restore(base: &Tree, records: &[TreeRecord]) -> Result<Tree, String> {
    let store = Store::default();
    let tree = match store.restore(base, records) {
        Ok(tree) => tree,
        Err(error) => {
            assert_eq!(error.code(), "vfs.bad_record");
            return Err(error.to_string());
        }
    };
    assert_eq!(tree.usage(), tree.recount());
    let n_items = tree.walk(&path("/")).count();
    let again = tree.record(base).unwrap().record;
    let twin = store.restore(base, &[again]).unwrap();
    assert!(twin.record_since(&tree, base).unwrap().record.is_empty());
    assert_eq!(twin.walk(&path("/")).count(), n_items);
    let mut vfs = Vfs::new(tree.clone(), Quota::unlimited(), Vec::new()).unwrap();
    for item in tree.walk(&path("/")) {
        let at = &item.path.as_str()[1..];
        assert_eq!(vfs.stat_at(ROOT_FD, at, false).unwrap(), item.stat);
        if item.file_type() == FileType::Dir {
            let fd = open(&mut vfs, at, read_only().directory(true)).unwrap();
            let mut n_entries = 0;
            vfs.readdir(fd, 0, &mut |_| {
                n_entries += 1;
                true
            })
            .unwrap();
            assert_eq!(n_entries, tree.list(&item.path).unwrap().count() + 2);
            vfs.close(fd).unwrap();
        }
    }
    // Guests work on, and hosts remove.
    for at in ["app/new", "app/b/new", "tmp/new"] {
        if put(&mut vfs, at, b"new").is_ok() {
            vfs.rename(ROOT_FD, at, ROOT_FD, "app/moved").unwrap_or_default();
        }
        assert_eq!(vfs.tree().usage(), vfs.tree().recount());
    }
    let mut tree = vfs.into_tree();
    for at in ["/app/b", "/app/z", "/tmp/a"] {
        drop(tree.edit(Quota::unlimited(), 0).remove(&path(at), true));
        assert_eq!(tree.usage(), tree.recount());
    }
    Ok(tree)
}

/// A record of everything that a guest can leave behind, and its base.
fn valid() -> (Tree, Value) {
    static VALID: LazyLock<(Tree, Value)> = LazyLock::new(|| {
        let base = runtime(2);
        let record = busy(&base).tree().record(&base).unwrap().record;
        (base, serde_json::to_value(record).unwrap())
    });
    VALID.clone()
}

/// The node of which `pointer` in its JSON is `value`.
fn node_with<'a>(record: &'a mut Value, pointer: &str, value: &Value) -> &'a mut Value {
    let nodes = record["nodes"].as_array_mut().unwrap();
    nodes.iter_mut().find(|node| node.pointer(pointer) == Some(value)).unwrap()
}

/// Checks what is said to a record that was valid before `change`.
fn check(problem: &str, change: &dyn Fn(&mut Value)) {
    let (base, mut record) = valid();
    change(&mut record);
    let record: TreeRecord = serde_json::from_value(record).unwrap();
    let expected = format!("the record of a tree is not usable: {problem}");
    assert_eq!(restore(&base, &[record]).map(drop), Err(expected));
}

#[test]
fn directories_and_numbers_are_checked() {
    let (_, record) = valid();
    let app = || json!("/app");
    // Entries of /app, in the order of their names: a, b, z.
    fn entry<'a>(record: &'a mut Value, at: &Value, idx: usize) -> &'a mut Value {
        &mut node_with(record, "/key/base", at)["body"]["dir"]["added"][idx]
    }
    let set = |at: Value, idx: usize, field: &'static str, value: Value| {
        move |record: &mut Value| entry(record, &at, idx)[field] = value.clone()
    };
    for name in ["", ".", "..", "a/b", "a\\b", "\u{7}", &"x".repeat(256)] {
        check("an entry has an impossible name", &set(app(), 0, "name", json!(name)));
    }
    for seq in [0, 1, 1 << 40, u64::MAX] {
        check("an entry has an impossible sequence number", &set(app(), 0, "seq", json!(seq)));
    }
    let taken = entry(&mut record.clone(), &app(), 1)["seq"].clone();
    check("two entries have one sequence number", &set(app(), 0, "seq", taken));
    check("a directory has a name twice", &set(app(), 0, "name", json!("b")));
    check("an inode number is out of range", &set(app(), 0, "to", json!({"own": 1_u64 << 40})));
    check("an inode number is out of range", &set(app(), 0, "to", json!({"own": u64::MAX})));
    check("an entry leads nowhere", &set(app(), 0, "to", json!({"base": "/"})));
    check("an entry leads nowhere", &set(app(), 0, "to", json!({"base": "/nowhere"})));
    let own_dir = entry(&mut record.clone(), &app(), 1)["to"].clone();
    // The same directory twice, one in itself, one that is open and has entries.
    check("names and entries differ", &set(app(), 0, "to", own_dir.clone()));
    check("something cannot be reached", &{
        let own_dir = own_dir.clone();
        move |record: &mut Value| {
            let to = entry(record, &app(), 1).clone();
            node_with(record, "/key/base", &app())["body"]["dir"]["added"].as_array_mut().unwrap().remove(1);
            let inside = node_with(record, "/key/own", &own_dir["own"]);
            inside["body"]["dir"]["next_seq"] = json!(1000);
            let mut to = to;
            to["seq"] = json!(999);
            inside["body"]["dir"]["added"].as_array_mut().unwrap().push(to);
        }
    });
    check("something cannot be reached", &{
        let own_dir = own_dir.clone();
        move |record: &mut Value| {
            node_with(record, "/key/base", &app())["body"]["dir"]["added"].as_array_mut().unwrap().remove(1);
            node_with(record, "/key/own", &own_dir["own"])["names"] = json!([]);
        }
    });
    check("an inode is recorded twice", &|record| {
        let node = record["nodes"][1].clone();
        record["nodes"].as_array_mut().unwrap().push(node);
    });
    check("something is gone that was not there", &|record| record["gone"] = json!([{"own": 1}]));
    check("something is gone twice", &|record| record["gone"] = json!([{"base": "/tmp"}, {"base": "/tmp"}]));
    check("the root is gone", &|record| record["gone"] = json!([{"base": "/"}]));
    check("an inode number is out of range", &|record| record["next"] = json!(u64::MAX));
    check("an inode number is out of range", &|record| record["next"] = json!(3));
    check("an entry is gone that was not there", &|record| {
        let dir = node_with(record, "/key/own", &own_dir["own"]);
        dir["body"]["dir"]["removed"] = json!(["nothing"]);
    });
}

#[test]
fn files_and_links_are_checked() {
    let file = |change: &'static (dyn Fn(&mut Value) + Sync)| {
        move |record: &mut Value| {
            let nodes = record["nodes"].as_array_mut().unwrap();
            change(nodes.iter_mut().find(|node| node["body"]["file"].is_object()).unwrap());
        }
    };
    let impossible = "a file has an impossible length";
    check(impossible, &file(&|node| node["body"]["file"]["len"] = json!(u64::MAX)));
    check(impossible, &file(&|node| node["body"]["file"]["len"] = json!(0)));
    check("the same bytes have two lengths", &file(&|node| node["body"]["file"]["len"] = json!(7)));
    check("a file is pinned like a directory", &file(&|node| node["pinned"] = json!(true)));
    check("a file is owned like a directory", &file(&|node| node["owner"] = json!("base")));
    check("a device is not the host's", &file(&|node| node["body"] = json!({"device": "zero"})));
    check("a link has an impossible target", &file(&|node| node["body"] = json!({"symlink": ""})));
    check(
        "a link has an impossible target",
        &file(&|node| node["body"] = json!({"symlink": "x".repeat(1025)})),
    );
    check("names and entries differ", &file(&|node| node["names"] = json!(null)));
    check(
        "something has an impossible number of names",
        &file(&|node| node["names"] = json!([{"dir": {"base": "/app"}, "name": "z"}])),
    );
}

#[test]
fn what_the_base_has_read_only_stays() {
    let (base, mut record) = valid();
    let dir = json!({"dir": {"next_seq": 50, "removed": ["app", "usr", "dev"], "added": []}});
    let times = json!({"atime_ns": 9, "mtime_ns": 9, "ctime_ns": 9});
    let root = json!({"key": {"base": "/"}, "owner": "guest", "pinned": false, "names": null, "times": times, "body": dir});
    record["nodes"].as_array_mut().unwrap().push(root);
    let file = json!({"file": null});
    let module = json!({"key": {"base": "/usr/lib/module0"}, "owner": "guest", "pinned": false, "names": null,
        "times": times, "body": file});
    record["nodes"].as_array_mut().unwrap().push(module);
    record["gone"] = json!([{"base": "/usr/lib/module1"}, {"base": "/usr"}, {"base": "/dev/null"}]);
    let record: TreeRecord = serde_json::from_value(record).unwrap();
    let tree = restore(&base, &[record]).unwrap();
    for item in base.walk(&path("/")).filter(|item| item.read_only) {
        assert_eq!(tree.stat(&item.path).unwrap().stat, item.stat, "{}", item.path);
    }
    assert_eq!(tree.read_file(&path("/usr/lib/module0")).unwrap(), [2]);
    assert!(tree.exists(&path("/app/a")));
    assert_eq!(tree.stat(&path("/")).unwrap().stat.times, base.stat(&path("/")).unwrap().stat.times);
}

#[test]
fn paths_and_sums_are_bounded() {
    let file = |own: u64, digest: u8, len: u64| {
        let digest = format!("{digest:02x}").repeat(32);
        json!({"key": {"own": own}, "owner": "guest", "pinned": false, "names": null,
            "times": {"atime_ns": 0, "mtime_ns": 0, "ctime_ns": 0}, "body": {"file": {"digest": digest, "len": len}}})
    };
    let dir = |key: Value, name: &str, to: &[u64]| {
        let added: Vec<Value> = (2..)
            .zip(to)
            .map(|(seq, own)| json!({"name": format!("{name}{seq}"), "seq": seq, "to": {"own": own}}))
            .collect();
        json!({"key": key, "owner": "guest", "pinned": false, "names": null,
            "times": {"atime_ns": 0, "mtime_ns": 0, "ctime_ns": 0},
            "body": {"dir": {"next_seq": to.len() + 2, "removed": [], "added": added}}})
    };
    let run = |nodes: Vec<Value>| {
        let record = json!({"nodes": nodes, "gone": [], "next": 20_000});
        restore(&Tree::new(), &[serde_json::from_value(record).unwrap()])
    };
    let root = || json!({"base": "/"});
    let most = i64::MAX as u64;
    let huge = |n: u64| {
        let files = (0..n).map(|own| file(own, u8::try_from(own).unwrap(), most));
        run(files.chain([dir(root(), "f", &(0..n).collect::<Vec<_>>())]).collect())
    };
    assert_eq!(huge(2).unwrap().usage().bytes, u64::MAX - 1);
    assert!(huge(3).unwrap_err().ends_with("more than can be counted"));
    let tree = huge(1).unwrap();
    assert_eq!(tree.read_file(&path("/f2")).unwrap_err().code(), "vfs.io");

    let nested = |n: u64, name: &str| {
        let mut nodes: Vec<Value> = (0..n).map(|own| dir(json!({"own": own}), name, &[own + 1])).collect();
        nodes.push(dir(json!({"own": n}), name, &[]));
        nodes.push(dir(root(), name, &[0]));
        run(nodes)
    };
    nested(63, "d").unwrap();
    let too_deep = "a path is too long or too deep";
    assert!(nested(64, "d").unwrap_err().ends_with(too_deep));
    assert!(nested(10_000, "d").unwrap_err().ends_with(too_deep));
    nested(3, &"n".repeat(254)).unwrap();
    assert!(nested(4, &"n".repeat(254)).unwrap_err().ends_with(too_deep));

    let wide = |n: u64| {
        let files = (0..n).map(|own| file(own, 1, 1));
        run(files.chain([dir(root(), "f", &(0..n).collect::<Vec<_>>())]).collect())
    };
    wide(10_000).unwrap();
    assert!(wide(10_001).unwrap_err().ends_with("a directory has too many entries"));
    let names: Vec<Value> = (2..1_003).map(|seq| json!({"dir": root(), "name": format!("f{seq}")})).collect();
    let linked = |n: usize| {
        let mut file = file(0, 1, 1);
        file["names"] = json!(names[..n]);
        run(vec![file, dir(root(), "f", &vec![0; n])])
    };
    assert_eq!(linked(1_000).unwrap().usage().inodes, 1_000);
    assert!(linked(1_001).unwrap_err().ends_with("impossible number of names"));
}

/// All places in a JSON value.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    found.push(at.clone());
    match value {
        Value::Array(items) => {
            (0..).zip(items).for_each(|(idx, item)| places(item, format!("{at}/{idx}"), found));
        }
        Value::Object(items) => {
            items.iter().for_each(|(key, item)| places(item, format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

/// What somebody could put at a place of a record.
fn replacement() -> impl Strategy<Value = Option<Value>> {
    let numbers =
        prop_oneof![0..20_u64, Just(u64::MAX), Just((1 << 62) + 1), Just(i64::MAX as u64), any::<u64>()];
    let texts = prop_oneof![
        "[abz]",
        Just("/app".to_owned()),
        Just("/usr/lib/module0".to_owned()),
        Just(String::new()),
        Just("/".to_owned()),
        ".*"
    ];
    prop_oneof![
        2 => Just(None),
        4 => numbers.prop_map(|n| Some(json!(n))),
        2 => texts.prop_map(|text| Some(json!(text))),
        1 => any::<bool>().prop_map(|flag| Some(json!(flag))),
        1 => Just(Some(json!([]))),
        1 => prop_oneof![Just("guest"), Just("base"), Just("read_only")].prop_map(|owner| Some(json!(owner))),
        2 => (0..20_u64).prop_map(|own| Some(json!({"own": own}))),
        2 => prop_oneof![Just("/app"), Just("/tmp"), Just("/"), Just("/usr/lib/module0"), Just("/none/at/all")]
            .prop_map(|base| Some(json!({"base": base}))),
    ]
}

proptest! {
    #[test]
    fn damaged_records_are_refused_or_give_a_tree(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), replacement()), 1..4),
        twice in any::<bool>(),
    ) {
        let (base, mut record) = valid();
        for (from, to, change) in changes {
            let mut all = Vec::new();
            places(&record, String::new(), &mut all);
            // Without a value of its own, one place gets what another has.
            let value = change.unwrap_or_else(|| record.pointer(&all[from.index(all.len())]).unwrap().clone());
            let mut damaged = record.clone();
            *damaged.pointer_mut(&all[to.index(all.len())]).unwrap() = value;
            if serde_json::from_value::<TreeRecord>(damaged.clone()).is_ok() {
                record = damaged;
            }
        }
        let record: TreeRecord = serde_json::from_value(record).unwrap();
        let whole: TreeRecord = serde_json::from_value(valid().1).unwrap();
        let records = if twice { vec![whole, record] } else { vec![record] };
        drop(restore(&base, &records));
        drop(restore(&runtime(4), &records));
        drop(restore(&Tree::new(), &records));
    }

    #[test]
    fn arbitrary_bytes_are_refused_or_give_a_tree(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
    ) {
        let (base, record) = valid();
        let record: TreeRecord = serde_json::from_value(record).unwrap();
        let mut good = postcard::to_stdvec(&record).unwrap();
        for (at, byte) in flips {
            let at = at.index(good.len());
            good[at] = byte;
        }
        for bytes in [bytes, good] {
            if let Ok(record) = postcard::from_bytes::<TreeRecord>(&bytes) {
                drop(restore(&base, &[record]));
            }
        }
    }
}
