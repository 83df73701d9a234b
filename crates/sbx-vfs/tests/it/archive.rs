//! Trees to and from folders and tar archives.

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use sbx_vfs::{Error, GuestPath, Quota, ROOT_FD, Tree};
use tar::{Builder, EntryType, Header};

use crate::common::{path, put, vfs};

/// Three files, an empty directory, a link, and a path of more than a hundred bytes.
fn sample() -> Tree {
    let mut vfs = vfs(Quota::default());
    let long = "long".repeat(40);
    for dir in ["app", "app/empty", "app/d", &format!("app/d/{long}")] {
        vfs.mkdir(ROOT_FD, dir).unwrap();
    }
    put(&mut vfs, "app/a", b"alpha").unwrap();
    put(&mut vfs, "app/d/big", &[7; 200_000]).unwrap();
    put(&mut vfs, &format!("app/d/{long}/file"), b"deep").unwrap();
    vfs.symlink("../../../../etc/passwd", ROOT_FD, "app/link").unwrap();
    vfs.into_tree()
}

fn paths(tree: &Tree) -> Vec<String> {
    tree.walk(&path("/app")).filter(|item| item.target.is_none()).map(|item| item.path.to_string()).collect()
}

fn check_same(old: &Tree, new: &Tree) {
    assert_eq!(paths(old), paths(new));
    for at in ["/app/a", "/app/d/big"] {
        assert_eq!(old.read_file(&path(at)).unwrap(), new.read_file(&path(at)).unwrap());
    }
    assert_eq!(new.recount(), new.usage());
}

#[test]
fn a_tar_round_trip_keeps_files_and_leaves_links_out() {
    let tree = sample();
    let mut bytes = Vec::new();
    let done = tree.export_tar(&path("/app"), &mut bytes).unwrap();
    assert_eq!((done.files, done.bytes, done.skipped), (3, 200_009, vec![path("/app/link")]));
    let mut again = Vec::new();
    tree.export_tar(&path("/app"), &mut again).unwrap();
    assert!(bytes == again, "the same tree gives the same archive");

    let mut copy = Tree::new();
    let done = copy.edit(Quota::default(), 0).import_tar(&path("/app"), bytes.as_slice()).unwrap();
    assert_eq!((done.files, done.bytes), (3, 200_009));
    check_same(&tree, &copy);
    assert_eq!(tree.export_tar(&path("/nowhere"), Vec::new()).unwrap_err().code(), "vfs.not_found");
}

#[test]
fn a_folder_round_trip_keeps_files_and_leaves_links_out() {
    let tree = sample();
    let temp = tempfile::tempdir().unwrap();
    let dir = Dir::open_ambient_dir(temp.path(), ambient_authority()).unwrap();
    for _ in 0..2 {
        // Over what is there, the second time.
        let done = tree.export_dir(&path("/app"), &dir).unwrap();
        assert_eq!((done.files, done.skipped.len()), (3, 1));
    }
    assert!(temp.path().join("link").symlink_metadata().is_err());
    let mut copy = Tree::new();
    copy.edit(Quota::default(), 0).import_dir(&path("/app"), &dir).unwrap();
    check_same(&tree, &copy);
}

#[cfg(unix)]
#[test]
fn folders_with_links_and_fifos_are_refused() {
    let tree = sample();
    let temp = tempfile::tempdir().unwrap();
    let outside = temp.path().join("outside");
    let inside = temp.path().join("inside");
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("victim"), "safe").unwrap();
    let dir = Dir::open_ambient_dir(&inside, ambient_authority()).unwrap();
    // Export: a link in the way, for a file and for a directory.
    std::os::unix::fs::symlink("../outside/victim", inside.join("a")).unwrap();
    assert_eq!(tree.export_dir(&path("/app"), &dir).unwrap_err().code(), "vfs.io");
    std::fs::remove_file(inside.join("a")).unwrap();
    std::os::unix::fs::symlink("../outside", inside.join("d")).unwrap();
    assert_eq!(tree.export_dir(&path("/app"), &dir).unwrap_err().code(), "vfs.io");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(outside.join("victim")).unwrap(), "safe");
    // Import: not even looked through.
    let mut copy = Tree::new();
    let error = copy.edit(Quota::default(), 0).import_dir(&path("/app"), &dir).unwrap_err();
    assert_eq!(error.to_string(), r#"entry "d" is not taken in: it is a symbolic link"#);
    std::fs::remove_file(inside.join("d")).unwrap();
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, inside.join("fifo"), fifo, 0o600.into(), 0).unwrap();
    let error = copy.edit(Quota::default(), 0).import_dir(&path("/app"), &dir).unwrap_err();
    assert_eq!(error.code(), "vfs.refused_entry");
    assert_eq!(copy.walk(&GuestPath::root()).count(), 0, "half an import is never seen");
}

/// An archive of one entry whose name is written raw, so that nothing checks it first.
fn archive(name: &[u8], entry_type: EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(entry_type);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&header, bytes).unwrap();
    builder.into_inner().unwrap()
}

fn import(bytes: &[u8], quota: Quota) -> Result<Tree, Error> {
    let mut tree = Tree::new();
    tree.edit(quota, 0).write_file(&path("/app/before"), b"", false)?;
    let result = tree.edit(quota, 0).import_tar(&path("/app"), bytes);
    if result.is_err() {
        assert_eq!(paths(&tree), ["/app/before"], "half an import is never seen");
    }
    result.map(|_done| tree)
}

#[test]
fn archives_with_anything_but_files_are_refused() {
    let cases: [(&[u8], EntryType, &str); 15] = [
        (b"../up", EntryType::Regular, "vfs.bad_name"),
        (b"a/../../up", EntryType::Regular, "vfs.bad_name"),
        (b"/etc/passwd", EntryType::Regular, "vfs.refused_entry"),
        (b"a\\b", EntryType::Regular, "vfs.bad_name"),
        (b"a\x01b", EntryType::Regular, "vfs.bad_name"),
        (b"a\xff", EntryType::Regular, "vfs.refused_entry"),
        (b"../up", EntryType::Directory, "vfs.bad_name"),
        (b"before/x", EntryType::Regular, "vfs.not_a_directory"),
        (b"link", EntryType::Symlink, "vfs.refused_entry"),
        (b"link", EntryType::Link, "vfs.refused_entry"),
        (b"dev", EntryType::Char, "vfs.refused_entry"),
        (b"dev", EntryType::Block, "vfs.refused_entry"),
        (b"fifo", EntryType::Fifo, "vfs.refused_entry"),
        (b"sparse", EntryType::GNUSparse, "vfs.refused_entry"),
        (b"odd", EntryType::new(b'?'), "vfs.refused_entry"),
    ];
    for (name, entry_type, code) in cases {
        let result = import(&archive(name, entry_type, b""), Quota::default());
        assert_eq!(result.map(drop).map_err(|error| error.code()), Err(code), "{name:?} {entry_type:?}");
    }
    let good = import(&archive(b"./d//file", EntryType::Regular, b"x"), Quota::default()).unwrap();
    assert_eq!(good.read_file(&path("/app/d/file")).unwrap(), b"x");
}

#[test]
fn imports_stop_at_the_quota() {
    let big = archive(b"big", EntryType::Regular, &[1; 5000]);
    for (quota, message) in [
        (Quota::default().with_disk_bytes(4999), "/app/big does not fit: disk_bytes is 4999"),
        (Quota::default().with_max_file_bytes(4999), "/app/big does not fit: max_file_bytes is 4999"),
        (Quota::default().with_max_files(2), "/app/big does not fit: max_files is 2"),
    ] {
        assert_eq!(import(&big, quota).unwrap_err().to_string(), message);
    }
    assert_eq!(import(&big, Quota::default().with_disk_bytes(5000)).unwrap().usage().bytes, 5000);
}

#[test]
fn broken_and_hostile_headers_are_errors() {
    let good = archive(b"file", EntryType::Regular, &[1; 2000]);
    for cut in [1, 100, 511, 513, 1000, 2000] {
        // An archive may end without its two empty blocks, but not within an entry.
        let result = import(&good[..cut], Quota::default());
        assert!(result.is_err(), "cut at {cut}");
    }
    // Extension headers that claim, or have, too much.
    for (entry_type, len) in [(EntryType::XHeader, 70_000), (EntryType::GNULongName, 5000)] {
        let mut bytes = archive(b"x", entry_type, &vec![b'a'; len]);
        bytes.truncate(512 + len.next_multiple_of(512));
        bytes.extend(archive(b"file", EntryType::Regular, b""));
        assert_eq!(import(&bytes, Quota::default()).map(drop).unwrap_err().code(), "vfs.archive");
    }
    let mut pax = archive(b"x", EntryType::XHeader, b"19 path=../../evil\n");
    pax.truncate(1024);
    pax.extend(archive(b"file", EntryType::Regular, b""));
    assert_eq!(import(&pax, Quota::default()).map(drop).unwrap_err().code(), "vfs.bad_name");
    let mut pax = archive(b"x", EntryType::XHeader, b"18 path=good/name\n");
    pax.truncate(1024);
    pax.extend(archive(b"file", EntryType::Regular, b"x"));
    assert_eq!(import(&pax, Quota::default()).unwrap().read_file(&path("/app/good/name")).unwrap(), b"x");
}
