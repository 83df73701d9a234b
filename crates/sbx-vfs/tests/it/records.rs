//! Trees that are kept: what comes back, over which base, and what damaged records can do.

mod hostile;
#[cfg(target_os = "linux")]
mod random;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use sbx_vfs::{
    BlobProvider, Device, Digest, FileType, HostMount, MountMode, Quota, ROOT_FD, Recorded, SetTimes, Stat,
    TimeUpdate, Tree, TreeBuilder, TreeRecord, Vfs,
};

use crate::common::{create, get, open, path, put, read_only, read_write};

/// Contents by digest, as a store would have them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store(BTreeMap<Digest, Vec<u8>>);

impl BlobProvider for Store {
    fn read_at(&self, digest: &Digest, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let bytes = self.0.get(digest).ok_or(io::ErrorKind::NotFound)?;
        let rest = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

impl Store {
    /// Stores what a record names and brings the record through two formats.
    pub(crate) fn keep(&mut self, recorded: &Recorded) -> TreeRecord {
        let named: Vec<_> = recorded.record.contents().collect();
        let given: Vec<_> =
            recorded.contents.iter().map(|content| (content.digest(), content.len())).collect();
        assert_eq!(named, given);
        for content in &recorded.contents {
            let mut bytes = vec![0; usize::try_from(content.len()).unwrap() + 1];
            let n = content.read_at(0, &mut bytes).unwrap();
            bytes.truncate(n);
            assert_eq!((n as u64, Digest::of(&bytes)), (content.len(), content.digest()));
            self.0.insert(content.digest(), bytes);
        }
        let text = serde_json::to_string(&recorded.record).unwrap();
        let read: TreeRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(read, recorded.record);
        let bytes = postcard::to_stdvec(&read).unwrap();
        postcard::from_bytes(&bytes).unwrap()
    }

    pub(crate) fn restore(&self, base: &Tree, records: &[TreeRecord]) -> sbx_vfs::Result<Tree> {
        let provider: Arc<dyn BlobProvider> = Arc::new(self.clone());
        Tree::from_records(base, records, &provider)
    }
}

/// What can be seen of one path: all that is known, the bytes or target, and a listing with cookies.
pub(crate) type Seen = (Stat, bool, bool, Vec<u8>, Vec<(String, u64, FileType, u64)>);

/// All that can be seen of a tree.
pub(crate) fn see(tree: &Tree) -> BTreeMap<String, Seen> {
    assert_eq!(tree.usage(), tree.recount());
    let mut vfs = Vfs::new(tree.clone(), Quota::unlimited(), Vec::new()).unwrap();
    let mut list = |at: &str| {
        let mut entries = Vec::new();
        let at = if at == "/" { "." } else { &at[1..] };
        let fd = open(&mut vfs, at, read_only().directory(true)).unwrap();
        vfs.readdir(fd, 0, &mut |entry| {
            entries.push((entry.name.to_owned(), entry.ino, entry.file_type, entry.next));
            true
        })
        .unwrap();
        vfs.close(fd).unwrap();
        entries
    };
    let root = tree.stat(&path("/")).unwrap();
    let see = |item: sbx_vfs::Item| {
        let (mut bytes, mut entries) = (item.target.clone().unwrap_or_default().into_bytes(), Vec::new());
        match item.file_type() {
            FileType::File => bytes = tree.read_file(&item.path).unwrap(),
            FileType::Dir => entries = list(item.path.as_str()),
            _ => {}
        }
        (item.path.to_string(), (item.stat, item.read_only, item.counted, bytes, entries))
    };
    [root].into_iter().chain(tree.walk(&path("/"))).map(see).collect()
}

/// Checks that `restored` is `tree`, whatever one asks.
pub(crate) fn assert_same(restored: &Tree, tree: &Tree, base: &Tree) {
    assert_eq!(see(restored), see(tree));
    assert_eq!(restored.usage(), tree.usage());
    let [again, first] = [restored, tree].map(|tree| tree.record(base).unwrap().record);
    assert_eq!(again, first, "what cannot be seen: pins, the order of names, numbers to come");
    let change = restored.record_since(tree, base).unwrap();
    assert!(change.record.is_empty() && change.contents.is_empty(), "{:?}", change.record);
}

/// What a runtime would start from.
fn runtime(version: u8) -> Tree {
    let mut builder = TreeBuilder::new();
    builder.times(u64::from(version));
    builder.dir(&path("/app")).unwrap().dir(&path("/tmp")).unwrap();
    for file in 0..version {
        builder.read_only_file(&path(&format!("/usr/lib/module{file}")), Arc::new([version])).unwrap();
    }
    builder.device(&path("/dev/null"), Device::Null).unwrap();
    builder.build()
}

fn vfs(base: &Tree) -> Vfs {
    let mut vfs = Vfs::new(base.clone(), Quota::default(), Vec::new()).unwrap();
    vfs.set_now(1_000);
    vfs
}

/// Something of everything that a guest can leave behind.
fn busy(base: &Tree) -> Vfs {
    let mut vfs = vfs(base);
    for dir in ["app/b", "app/b/deep", "app/a", "tmp/removed"] {
        vfs.mkdir(ROOT_FD, dir).unwrap();
    }
    put(&mut vfs, "app/z", b"first").unwrap();
    put(&mut vfs, "app/b/empty", b"").unwrap();
    put(&mut vfs, "app/b/same", b"first").unwrap();
    put(&mut vfs, "app/a/large", &vec![7; 200_000]).unwrap();
    vfs.set_now(2_000);
    let sparse = open(&mut vfs, "app/b/sparse", create()).unwrap();
    vfs.set_size(sparse, 10 << 20).unwrap();
    vfs.symlink("../z", ROOT_FD, "app/b/link").unwrap();
    vfs.link(ROOT_FD, "app/z", false, ROOT_FD, "tmp/second").unwrap();
    vfs.link(ROOT_FD, "app/z", false, ROOT_FD, "app/b/deep/a").unwrap();
    vfs.rename(ROOT_FD, "app/a", ROOT_FD, "tmp/a").unwrap();
    put(&mut vfs, "app/a", b"a file now").unwrap();
    put(&mut vfs, "tmp/unlinked", b"still open").unwrap();
    open(&mut vfs, "tmp/unlinked", read_write()).unwrap();
    open(&mut vfs, "tmp/removed", read_only().directory(true)).unwrap();
    vfs.set_now(3_000);
    vfs.unlink(ROOT_FD, "tmp/unlinked").unwrap();
    vfs.rmdir(ROOT_FD, "tmp/removed").unwrap();
    let times = SetTimes { atime: TimeUpdate::At(5), mtime: TimeUpdate::At(6) };
    vfs.set_times_at(ROOT_FD, "app", true, times).unwrap();
    vfs
}

#[test]
fn everything_comes_back_over_the_same_base() {
    let base = runtime(3);
    let (mut vfs, mut store) = (busy(&base), Store::default());
    let record = store.keep(&vfs.tree().record(&base).unwrap());
    let tree = store.restore(&base, &[record]).unwrap();
    assert_same(&tree, &vfs.tree(), &base);

    let saved = vfs.descriptors().to_relative(&base);
    assert_ne!(saved, vfs.descriptors());
    let mut again = Vfs::new(tree, Quota::default(), Vec::new()).unwrap();
    again.set_now(3_000);
    again.restore_descriptors(saved.to_absolute(&base)).unwrap();
    assert_eq!(again.descriptors(), vfs.descriptors());
    for vfs in [&mut vfs, &mut again] {
        assert_eq!(vfs.read(5, &mut [0; 20]), Ok(10));
        put(vfs, "app/new", b"new").unwrap();
        vfs.unlink(ROOT_FD, "tmp/second").unwrap();
        vfs.rename(ROOT_FD, "tmp/a", ROOT_FD, "app/b/deep/moved").unwrap();
        vfs.close(5).unwrap();
    }
    assert_same(&again.tree(), &vfs.tree(), &base);
}

#[test]
fn a_newer_runtime_moves_the_numbers_and_nothing_else() {
    let (old, new) = (runtime(3), runtime(5));
    let (vfs, mut store) = (busy(&old), Store::default());
    let record = store.keep(&vfs.tree().record(&old).unwrap());
    let tree = store.restore(&new, &[record]).unwrap();
    let own = |tree: &Tree, shift: u64| {
        let mut seen = see(tree);
        seen.retain(|path, _| path.starts_with("/app/") || path.starts_with("/tmp/"));
        for (stat, _, _, _, entries) in seen.values_mut() {
            stat.ino += shift;
            entries.iter_mut().filter(|(name, ..)| name != "..").for_each(|(_, ino, ..)| *ino += shift);
            entries.retain(|(name, ..)| name != "..");
        }
        seen
    };
    assert_eq!(own(&tree, 0), own(&vfs.tree(), 2));
    assert_eq!(see(&tree)["/app"].4, {
        let mut entries = see(&vfs.tree())["/app"].4.clone();
        entries.iter_mut().filter(|(name, ..)| !name.starts_with('.')).for_each(|(_, ino, ..)| *ino += 2);
        entries
    });
    assert_eq!(tree.read_file(&path("/usr/lib/module4")).unwrap(), [5]);
    assert_eq!(tree.usage(), vfs.tree().usage());

    let mut again = Vfs::new(tree, Quota::default(), Vec::new()).unwrap();
    again.restore_descriptors(vfs.descriptors().to_relative(&old).to_absolute(&new)).unwrap();
    assert_eq!(again.usage(), vfs.usage());
    assert_eq!(again.read(5, &mut [0; 20]), Ok(10));
}

#[test]
fn names_that_the_new_base_has_are_the_bases() {
    let old = runtime(1);
    let mut vfs = vfs(&old);
    for dir in ["app/lib", "app/lib/deep", "app/kept"] {
        vfs.mkdir(ROOT_FD, dir).unwrap();
    }
    put(&mut vfs, "app/lib/deep/lost", b"lost").unwrap();
    put(&mut vfs, "app/lib/linked", b"linked").unwrap();
    vfs.link(ROOT_FD, "app/lib/linked", false, ROOT_FD, "app/kept/linked").unwrap();
    put(&mut vfs, "app/first", b"1").unwrap();
    put(&mut vfs, "app/second", b"2").unwrap();
    let mut store = Store::default();
    let record = store.keep(&vfs.tree().record(&old).unwrap());

    let mut builder = TreeBuilder::from_tree(runtime(1));
    builder.read_only_file(&path("/app/lib/fixed"), Arc::new(b"fixed")).unwrap();
    builder.read_only_file(&path("/app/second"), Arc::new(b"fixed")).unwrap();
    let new = builder.build();
    let tree = store.restore(&new, &[record]).unwrap();
    assert!(tree.exists(&path("/app/lib/fixed")) && !tree.exists(&path("/app/lib/deep")));
    assert_eq!(tree.read_file(&path("/app/second")).unwrap(), b"fixed");
    assert_eq!(tree.stat(&path("/app/kept/linked")).unwrap().stat.nlink, 1);
    assert_eq!((tree.usage(), tree.usage().inodes), (tree.recount(), 3));
    let names: Vec<String> = see(&tree)["/app"].4.iter().map(|(name, ..)| name.clone()).collect();
    assert_eq!(names, [".", "..", "lib", "second", "kept", "first"]);
}

#[test]
fn directories_that_the_new_base_lacks_are_made() {
    let mut builder = TreeBuilder::from_tree(runtime(1));
    builder.dir(&path("/srv/data")).unwrap();
    let old = builder.build();
    let mut vfs = vfs(&old);
    put(&mut vfs, "srv/data/file", b"kept").unwrap();
    put(&mut vfs, "app/file", b"kept").unwrap();
    let mut store = Store::default();
    let record = store.keep(&vfs.tree().record(&old).unwrap());
    let new = Tree::new();
    let tree = store.restore(&new, &[record]).unwrap();
    assert_eq!(tree.read_file(&path("/srv/data/file")).unwrap(), b"kept");
    let stands = |at: &str| tree.stat(&path(at)).map(|item| (item.read_only, item.counted)).unwrap();
    assert_eq!(
        [stands("/srv"), stands("/srv/data"), stands("/app")],
        [(true, false), (false, false), (false, false)]
    );
    assert_eq!(tree.usage().inodes, 2);
    // And now it is that base's.
    let again = store.keep(&tree.record(&new).unwrap());
    assert_same(&store.restore(&new, &[again]).unwrap(), &tree, &new);
}

#[test]
fn what_the_base_has_for_the_guest_may_change() {
    const FILES: [&str; 6] =
        ["/dir/changed", "/dir/gone", "/dir/moved", "/dir/open", "/dir/linked", "/all/gone"];
    // Once with directories of the base's, once with the guest's.
    let mut builder = TreeBuilder::from_tree(Tree::new());
    builder.dir(&path("/dir")).unwrap().dir(&path("/all")).unwrap();
    let mut base = Tree::new();
    for file in FILES {
        builder.file(&path(file), b"base").unwrap();
        base.edit(Quota::default(), 0).write_file(&path(file), b"base", false).unwrap();
    }
    for base in [builder.build(), base] {
        let mut vfs = vfs(&base);
        put(&mut vfs, "dir/changed", b"changed").unwrap();
        vfs.unlink(ROOT_FD, "dir/gone").unwrap();
        vfs.rename(ROOT_FD, "dir/moved", ROOT_FD, "dir/to").unwrap();
        open(&mut vfs, "dir/open", read_write()).unwrap();
        vfs.unlink(ROOT_FD, "dir/open").unwrap();
        vfs.link(ROOT_FD, "dir/linked", false, ROOT_FD, "dir/also").unwrap();
        vfs.unlink(ROOT_FD, "all/gone").unwrap();
        vfs.rmdir(ROOT_FD, "all").unwrap();
        let mut store = Store::default();
        let full = store.keep(&vfs.tree().record(&base).unwrap());
        let tree = store.restore(&base, std::slice::from_ref(&full)).unwrap();
        assert_same(&tree, &vfs.tree(), &base);
        assert!(!tree.exists(&path("/all")));
        let mut again = Vfs::new(tree, Quota::default(), Vec::new()).unwrap();
        again.restore_descriptors(vfs.descriptors().to_relative(&base).to_absolute(&base)).unwrap();
        assert_eq!(again.read(4, &mut [0; 9]), Ok(4));

        // Back to what the base has, told as a change.
        let back = store.keep(&base.record_since(&vfs.tree(), &base).unwrap());
        let tree = store.restore(&base, &[full.clone(), back]).unwrap();
        assert_same(&tree, &base, &base);
        // Over a base without any of it, what was changed is there.
        let tree = store.restore(&Tree::new(), &[full]).unwrap();
        assert_eq!(tree.read_file(&path("/dir/changed")).unwrap(), b"changed");
        assert_eq!(tree.recount(), tree.usage());
    }
}

#[test]
fn changes_cost_what_they_change() {
    let base = runtime(1);
    let mut tree = base.clone();
    let mut edit = tree.edit(Quota::unlimited(), 1);
    for idx in 0..9_000 {
        edit.write_file(&path(&format!("/app/file{idx}")), format!("{idx}").as_bytes(), false).unwrap();
    }
    let mut store = Store::default();
    let full = store.keep(&tree.record(&base).unwrap());
    assert_eq!((full.len(), full.contents().count()), (9_001, 9_000));
    let mut newer = tree.clone();
    newer.edit(Quota::unlimited(), 2).write_file(&path("/app/new"), b"new", false).unwrap();
    newer.edit(Quota::unlimited(), 2).write_file(&path("/app/file7"), b"newer", true).unwrap();
    let change = store.keep(&newer.record_since(&tree, &base).unwrap());
    assert_eq!((change.len(), change.contents().count()), (3, 2));
    assert!(serde_json::to_string(&change).unwrap().len() < 1_500, "{change:?}");
    assert!(tree.record_since(&tree, &base).unwrap().record.is_empty());
    let restored = store.restore(&base, &[full, change]).unwrap();
    assert_same(&restored, &newer, &base);
}

#[test]
fn restored_files_are_hashed_and_kept_unread() {
    #[derive(Debug)]
    struct Away;
    impl BlobProvider for Away {
        fn read_at(&self, _digest: &Digest, _offset: u64, _buf: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("storage is away"))
        }
    }
    let base = runtime(1);
    let tree = busy(&base).tree();
    let record = tree.record(&base).unwrap().record;
    let provider: Arc<dyn BlobProvider> = Arc::new(Away);
    let restored = Tree::from_records(&base, [&record], &provider).unwrap();
    assert_eq!(restored.record(&base).unwrap().record, record);
    let mut vfs = Vfs::new(restored.clone(), Quota::default(), Vec::new()).unwrap();
    vfs.mkdir(ROOT_FD, "app/more").unwrap();
    assert_eq!(vfs.tree().record_since(&restored, &base).unwrap().contents.len(), 0);
    let code = restored.read_file(&path("/app/z")).map_err(|error| error.code());
    assert_eq!(code, Err("vfs.io"));
}

#[test]
fn mount_points_are_kept_and_overlays_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("theirs"), b"theirs").unwrap();
    let base = runtime(1);
    let mounted = |mode: MountMode| {
        let dir = cap_std::fs::Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
        let mount = HostMount::read_only(path("/data/in"), dir).with_mode(mode);
        Vfs::new(base.clone(), Quota::default(), vec![mount]).unwrap()
    };
    let mut vfs = mounted(MountMode::ReadOnly);
    put(&mut vfs, "app/mine", b"mine").unwrap();
    let mut store = Store::default();
    let record = store.keep(&vfs.tree().record(&base).unwrap());
    let tree = store.restore(&base, &[record]).unwrap();
    assert_same(&tree, &vfs.tree(), &base);
    assert!(tree.stat(&path("/data/in")).unwrap().read_only);

    let mut vfs = mounted(MountMode::Overlay);
    let refused = |vfs: &Vfs| {
        let error = vfs.tree().record(&base).unwrap_err();
        assert_eq!(error.code(), "vfs.not_storable");
        error.to_string()
    };
    assert!(refused(&vfs).starts_with("/data/in cannot be kept: a folder mounted as overlay"));
    assert_eq!(get(&mut vfs, "data/in/theirs").unwrap(), b"theirs");
    put(&mut vfs, "data/in/theirs", b"mine").unwrap();
    refused(&vfs);
}
