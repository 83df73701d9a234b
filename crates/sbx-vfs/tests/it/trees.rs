//! The host's side: building, editing, comparing, hashing, and blobs that are loaded when somebody reads them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sbx_vfs::{
    BlobProvider, Change, ChangeKind, Digest, Errno, FileType, GuestPath, Quota, QuotaKind, ROOT_FD, Tree,
    TreeBuilder, Vfs,
};

use crate::common::{get, open, path, put, read_write, vfs};

#[test]
fn trees_and_filesystems_move_between_threads() {
    fn is_send<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    is_send::<Vfs>();
    is_shared::<Tree>();
    is_shared::<sbx_vfs::Error>();
}

#[test]
fn a_fork_is_not_changed_by_the_other() {
    let mut left = vfs(Quota::default());
    put(&mut left, "a", &[1; 200_000]).unwrap();
    let fork = left.tree();
    let mut right = Vfs::new(fork.clone(), Quota::default(), Vec::new()).unwrap();
    let fd = open(&mut left, "a", read_write()).unwrap();
    left.pwrite(fd, 100_000, b"left").unwrap();
    right.unlink(ROOT_FD, "a").unwrap();
    assert_eq!(fork.read_file(&path("/a")).unwrap(), [1; 200_000]);
    assert_eq!(&get(&mut left, "a").unwrap()[100_000..100_004], b"left");
    assert_eq!((fork.usage().bytes, right.usage().bytes), (200_000, 0));
}

/// A diff in short: `+ new`, `- gone`, `~ changed`, `a > b`.
fn short(old: &Tree, new: &Tree) -> Vec<String> {
    let line = |change: Change| match change.kind {
        ChangeKind::Created => format!("+ {}", change.path),
        ChangeKind::Deleted => format!("- {}", change.path),
        ChangeKind::Modified => format!("~ {}", change.path),
        ChangeKind::Renamed { from } => format!("{from} > {}", change.path),
        other => format!("{other:?}"),
    };
    old.diff(new).into_iter().map(line).collect()
}

#[test]
fn diffs_say_what_happened() {
    let mut vfs = vfs(Quota::default());
    for dir in ["d", "d/e"] {
        vfs.mkdir(ROOT_FD, dir).unwrap();
    }
    for file in ["a", "b", "d/x", "d/e/y", "log"] {
        put(&mut vfs, file, file.as_bytes()).unwrap();
    }
    let old = vfs.tree();
    let check = |expected: &[&str], change: &dyn Fn(&mut Vfs)| {
        let mut vfs = Vfs::new(old.clone(), Quota::default(), Vec::new()).unwrap();
        change(&mut vfs);
        assert_eq!(short(&old, &vfs.tree()), expected);
    };
    check(&[], &|_vfs| {});
    // Written with the same bytes: nothing changed but times.
    check(&[], &|vfs| put(vfs, "a", b"a").unwrap());
    check(&["~ /a"], &|vfs| put(vfs, "a", b"A").unwrap());
    check(&["+ /n", "+ /n/m"], &|vfs| {
        vfs.mkdir(ROOT_FD, "n").unwrap();
        put(vfs, "n/m", b"").unwrap();
    });
    check(&["- /a"], &|vfs| vfs.unlink(ROOT_FD, "a").unwrap());
    check(&["/a > /c"], &|vfs| vfs.rename(ROOT_FD, "a", ROOT_FD, "c").unwrap());
    check(&["/a > /d/c", "~ /d/c"], &|vfs| {
        vfs.rename(ROOT_FD, "a", ROOT_FD, "d/c").unwrap();
        put(vfs, "d/c", b"more").unwrap();
    });
    // The way editors save: a temporary file renamed over the old one.
    check(&["~ /a"], &|vfs| {
        put(vfs, "a.tmp", b"new text").unwrap();
        vfs.rename(ROOT_FD, "a.tmp", ROOT_FD, "a").unwrap();
    });
    check(&["- /a", "~ /b"], &|vfs| vfs.rename(ROOT_FD, "a", ROOT_FD, "b").unwrap());
    check(&["~ /a", "~ /b"], &|vfs| {
        vfs.rename(ROOT_FD, "a", ROOT_FD, "t").unwrap();
        vfs.rename(ROOT_FD, "b", ROOT_FD, "a").unwrap();
        vfs.rename(ROOT_FD, "t", ROOT_FD, "b").unwrap();
    });
    // A directory is one rename, and what changed in it is said at the new path.
    check(&["/d > /f", "+ /f/new", "~ /f/x"], &|vfs| {
        vfs.rename(ROOT_FD, "d", ROOT_FD, "f").unwrap();
        put(vfs, "f/x", b"changed").unwrap();
        put(vfs, "f/new", b"").unwrap();
    });
    check(&["+ /d", "+ /d/x", "/d > /f"], &|vfs| {
        vfs.rename(ROOT_FD, "d", ROOT_FD, "f").unwrap();
        vfs.mkdir(ROOT_FD, "d").unwrap();
        put(vfs, "d/x", b"").unwrap();
    });
    check(&["+ /hard"], &|vfs| vfs.link(ROOT_FD, "a", false, ROOT_FD, "hard").unwrap());
    // Another type at the same path; what is open without a name is nowhere.
    check(&["~ /a"], &|vfs| {
        open(vfs, "a", read_write()).unwrap();
        vfs.unlink(ROOT_FD, "a").unwrap();
        vfs.symlink("b", ROOT_FD, "a").unwrap();
    });
    check(&["~ /log", "+ /log.1"], &|vfs| {
        vfs.rename(ROOT_FD, "log", ROOT_FD, "log.1").unwrap();
        put(vfs, "log", b"").unwrap();
    });
}

#[test]
fn file_changes_go_by_path() {
    let mut vfs = vfs(Quota::default());
    vfs.mkdir(ROOT_FD, "d").unwrap();
    for file in ["d/x", "d/y", "a"] {
        put(&mut vfs, file, file.as_bytes()).unwrap();
    }
    let old = vfs.tree();
    vfs.rename(ROOT_FD, "d", ROOT_FD, "e").unwrap();
    put(&mut vfs, "a", b"changed").unwrap();
    vfs.mkdir(ROOT_FD, "empty").unwrap();
    let changes = old.diff_files(&vfs.tree());
    assert_eq!(changes.created, [path("/e/x"), path("/e/y")]);
    assert_eq!(changes.modified, [path("/a")]);
    assert_eq!(changes.deleted, [path("/d/x"), path("/d/y")]);
}

#[test]
fn the_host_edits_under_the_quota() {
    let mut tree = Tree::new();
    let quota = Quota::default().with_disk_bytes(10).with_max_files(3).with_max_file_bytes(8);
    let mut edit = tree.edit(quota, 42);
    edit.write_file(&path("/app/in/a"), b"12345", false).unwrap();
    let code = |result: sbx_vfs::Result<()>| result.map_err(|error| error.code());
    assert_eq!(code(edit.write_file(&path("/app/in/a"), b"x", false)), Err("vfs.exists"));
    assert_eq!(code(edit.write_file(&path("/app/in/a/b"), b"x", false)), Err("vfs.not_a_directory"));
    assert_eq!(code(edit.write_file(&path("/app/in"), b"x", true)), Err("vfs.not_a_file"));
    assert_eq!(code(edit.write_file(&path("/"), b"x", true)), Err("vfs.not_a_file"));
    assert_eq!(code(edit.write_file(&path("/app/in/b"), b"x", false)), Err("limit.disk"));
    assert_eq!(code(edit.write_file(&path("/app/in/a"), b"123456789", true)), Err("limit.disk"));
    edit.write_file(&path("/app/in/a"), b"12345678", true).unwrap();
    let full = edit.write_file(&path("/app/n"), b"", false).unwrap_err();
    assert_eq!(full.to_string(), "/app/n does not fit: max_files is 3");
    assert!(matches!(full, sbx_vfs::Error::Quota { kind: QuotaKind::Files, limit: 3, .. }));
    assert_eq!(code(edit.remove(&path("/app"), false)), Err("vfs.not_empty"));
    assert_eq!(code(edit.remove(&path("/missing"), true)), Err("vfs.not_found"));
    assert_eq!(code(edit.remove(&path("/"), true)), Err("vfs.read_only"));
    edit.remove(&path("/app"), true).unwrap();
    assert_eq!((tree.usage(), tree.recount()), (sbx_vfs::Usage::default(), sbx_vfs::Usage::default()));
}

#[test]
fn a_file_over_the_callers_bound_is_not_read() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "real", b"12345").unwrap();
    let tree = vfs.into_tree();
    assert_eq!(tree.read_file_within(&path("/real"), 5).unwrap(), b"12345");
    let error = tree.read_file_within(&path("/real"), 4).unwrap_err();
    assert_eq!(error.code(), "limit.disk");
    assert_eq!(
        error.to_string(),
        "/real has 5 bytes, more than the 4 of max_file_bytes that are read at once"
    );
}

#[test]
fn the_host_follows_no_link_of_the_guests() {
    let mut vfs = vfs(Quota::default());
    put(&mut vfs, "real", b"real").unwrap();
    vfs.symlink("real", ROOT_FD, "link").unwrap();
    vfs.symlink("/", ROOT_FD, "outer").unwrap();
    let mut tree = vfs.into_tree();
    let code = |error: sbx_vfs::Error| error.code();
    assert_eq!(tree.read_file(&path("/link")).map_err(code), Err("vfs.not_a_file"));
    assert_eq!(tree.read_file(&path("/outer/real")).map_err(code), Err("vfs.not_found"));
    assert_eq!(tree.stat(&path("/link")).unwrap().target.as_deref(), Some("real"));
    let mut edit = tree.edit(Quota::default(), 0);
    assert_eq!(edit.write_file(&path("/link"), b"x", true).map_err(code), Err("vfs.not_a_file"));
    assert_eq!(edit.write_file(&path("/outer/x"), b"x", true).map_err(code), Err("vfs.not_a_directory"));
    edit.remove(&path("/outer"), true).unwrap();
    assert_eq!(tree.read_file(&path("/real")).unwrap(), b"real");
}

#[test]
fn what_is_the_hosts_cannot_be_edited_away() {
    let mut builder = TreeBuilder::new();
    builder.dir(&path("/app")).unwrap();
    builder.read_only_file(&path("/app/lib/fixed"), Arc::new(b"fixed")).unwrap();
    let mut tree = builder.build();
    let mut edit = tree.edit(Quota::default(), 0);
    let code = |error: sbx_vfs::Error| error.code();
    for at in ["/app", "/app/lib", "/app/lib/fixed"] {
        assert_eq!(edit.remove(&path(at), true).map_err(code), Err("vfs.read_only"), "{at}");
    }
    assert_eq!(edit.write_file(&path("/app/lib/fixed"), b"x", true).map_err(code), Err("vfs.read_only"));
    assert_eq!(edit.write_file(&path("/app/lib/new"), b"x", true).map_err(code), Err("vfs.read_only"));
    assert_eq!(tree.read_file(&path("/app/lib/fixed")).unwrap(), b"fixed");
}

#[test]
fn walks_and_lists_are_sorted() {
    let mut vfs = vfs(Quota::default());
    vfs.mkdir(ROOT_FD, "b").unwrap();
    for file in ["c", "b/z", "b/y", "a"] {
        put(&mut vfs, file, b"").unwrap();
    }
    let tree = vfs.tree();
    let paths = |items: &mut dyn Iterator<Item = sbx_vfs::Item>| {
        items.map(|item| item.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&mut tree.walk(&GuestPath::root())), ["/a", "/b", "/b/y", "/b/z", "/c"]);
    assert_eq!(paths(&mut tree.list(&GuestPath::root()).unwrap()), ["/a", "/b", "/c"]);
    assert_eq!(paths(&mut tree.walk(&path("/b"))), ["/b/y", "/b/z"]);
    assert_eq!(tree.walk(&path("/missing")).count(), 0);
    assert_eq!(tree.list(&path("/a")).map(drop).unwrap_err().code(), "vfs.not_a_directory");
}

/// A blob of `0, 1, 2, …` that counts how often it is asked.
#[derive(Debug)]
struct Stored {
    bytes: Vec<u8>,
    reads: AtomicUsize,
    broken: bool,
}

impl BlobProvider for Stored {
    fn read_at(&self, digest: &Digest, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        assert_eq!(*digest, Digest::of(&self.bytes));
        self.reads.fetch_add(1, Ordering::Relaxed);
        if self.broken {
            return Err(io::Error::other("storage is away"));
        }
        // A thousand bytes at a time, as a network would have it.
        let rest = &self.bytes[usize::try_from(offset).unwrap()..];
        let n = rest.len().min(buf.len()).min(1000);
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

fn stored(broken: bool) -> (Arc<Stored>, Tree) {
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251).to_le_bytes()[0]).collect();
    let store = Arc::new(Stored { bytes, reads: AtomicUsize::new(0), broken });
    let mut builder = TreeBuilder::new();
    builder.dir(&path("/app")).unwrap();
    let provider: Arc<dyn BlobProvider> = Arc::clone(&store) as _;
    builder.blob_file(&path("/app/blob"), Digest::of(&store.bytes), 200_000, provider).unwrap();
    (store, builder.build())
}

#[test]
fn blobs_are_read_when_asked_and_copied_when_written() {
    let (store, tree) = stored(false);
    assert_eq!(tree.digest(&path("/app/blob")).unwrap(), Digest::of(&store.bytes));
    assert_eq!((tree.usage().bytes, store.reads.load(Ordering::Relaxed)), (200_000, 0));
    let mut vfs = Vfs::new(tree.clone(), Quota::default(), Vec::new()).unwrap();
    let fd = open(&mut vfs, "app/blob", read_write()).unwrap();
    assert!(vfs.touches_host_fd(fd));
    vfs.pwrite(fd, 100_000, b"changed").unwrap();
    let mut expected = store.bytes.clone();
    expected[100_000..100_007].copy_from_slice(b"changed");
    assert_eq!(get(&mut vfs, "app/blob").unwrap(), expected);
    assert_eq!(vfs.tree().digest(&path("/app/blob")).unwrap(), Digest::of(&expected));
    // Cut and grown again: what was cut off does not come back.
    vfs.set_size(fd, 50_000).unwrap();
    vfs.set_size(fd, 200_000).unwrap();
    expected.truncate(50_000);
    expected.resize(200_000, 0);
    assert_eq!(get(&mut vfs, "app/blob").unwrap(), expected);
    assert_eq!(tree.read_file(&path("/app/blob")).unwrap(), store.bytes);
    assert_eq!(tree.stat(&path("/app/blob")).unwrap().file_type(), FileType::File);
}

#[test]
fn a_cut_blob_has_a_digest_of_its_own() {
    let (store, tree) = stored(false);
    for len in [1, 65_536, 199_999, 200_001] {
        let mut vfs = Vfs::new(tree.clone(), Quota::default(), Vec::new()).unwrap();
        let fd = open(&mut vfs, "app/blob", read_write()).unwrap();
        vfs.set_size(fd, len).unwrap();
        let mut expected = store.bytes.clone();
        expected.resize(usize::try_from(len).unwrap(), 0);
        assert_eq!(vfs.tree().digest(&path("/app/blob")).unwrap(), Digest::of(&expected), "{len}");
    }
}

#[test]
fn storage_that_is_away_is_eio_and_breaks_nothing() {
    let (_store, tree) = stored(true);
    let mut vfs = Vfs::new(tree, Quota::default(), Vec::new()).unwrap();
    let fd = open(&mut vfs, "app/blob", read_write()).unwrap();
    assert_eq!(vfs.read(fd, &mut [0; 10]), Err(Errno::Io));
    assert_eq!(vfs.pwrite(fd, 10, b"x"), Err(Errno::Io));
    assert_eq!(vfs.tree().read_file(&path("/app/blob")).unwrap_err().code(), "vfs.io");
    // A whole chunk, and what is past the blob, need none of it.
    assert_eq!(vfs.pwrite(fd, 0, &[7; 65_536]), Ok(65_536));
    assert_eq!(vfs.read(fd, &mut [0; 10]), Ok(10));
    assert_eq!(vfs.tree().recount(), vfs.tree().usage());
}
