//! Random operation sequences, run on a [`Vfs`] and on a real Linux directory.
//!
//! `PROPTEST_CASES` says how many sequences each test runs (256 if unset). Every result is compared: error numbers, bytes, sizes, link counts, listings. Known differences are these and no
//! others; each is either never generated or left out of the comparison below, where it says so:
//!
//! * `DIR_SIZE`: a directory's size is 0 here; on Linux it is up to the filesystem.
//! * `REMOVED_DIR`: `..` of a directory that was removed while open is `ENOENT` here; Linux remembers the parent.
//! * `DIR_SEEK`: seeking a directory's descriptor is `EBADF`, as WASI has it; Linux can rewind one.
//! * `NAMES`: control characters and backslashes cannot be in new names (`EINVAL`); Linux takes any byte.
//! * `ABSOLUTE`: a path that begins with a slash is `EPERM`, as WASI has it.
//! * `TIMES`: reads do not change the access time; time comes from the host, not from a clock.

#[path = "model/linux.rs"]
mod linux;
#[path = "model/op.rs"]
pub(crate) mod op;

use std::collections::BTreeMap;

use proptest::prelude::*;
use sbx_vfs::{ChangeKind, Errno, FileType, GuestPath, Quota, Tree, Vfs};

use self::linux::Linux;
use self::op::{Op, Outcome, ops};

/// What a tree has, by path: type, bytes or target.
type Picture = BTreeMap<GuestPath, (FileType, Vec<u8>)>;

fn picture(tree: &Tree) -> Picture {
    let content = |item: &sbx_vfs::Item| match item.file_type() {
        FileType::File => tree.read_file(&item.path).unwrap(),
        _ => item.target.clone().unwrap_or_default().into_bytes(),
    };
    tree.walk(&GuestPath::root())
        .map(|item| (item.path.clone(), (item.file_type(), content(&item))))
        .collect()
}

/// Applies a diff to a picture, as the documentation of [`Tree::diff`] says: deletions, renames, the rest.
fn apply(old: &Picture, newer: &Picture, tree: &Tree, other: &Tree) -> Picture {
    let changes = tree.diff(other);
    assert!(changes.is_sorted());
    let mut result = old.clone();
    for change in changes.iter().filter(|change| change.kind == ChangeKind::Deleted) {
        assert!(result.remove(&change.path).is_some(), "{change:?} was not there");
    }
    let renames: BTreeMap<&GuestPath, &GuestPath> = changes
        .iter()
        .filter_map(|change| match &change.kind {
            ChangeKind::Renamed { from } => Some((from, &change.path)),
            _ => None,
        })
        .collect();
    // The innermost renamed directory above a path decides where it goes.
    result = result
        .into_iter()
        .map(|(path, what)| {
            let above = renames
                .iter()
                .filter(|(from, _)| path.starts_with(from))
                .max_by_key(|(from, _)| from.parts().count());
            let moved = above.map(|(from, to)| match path.strip_prefix(from).unwrap() {
                "" => (*to).clone(),
                rest => to.resolve(rest).unwrap(),
            });
            (moved.unwrap_or(path), what)
        })
        .collect();
    for change in &changes {
        match change.kind {
            ChangeKind::Created => assert!(!result.contains_key(&change.path), "{change:?} was there"),
            ChangeKind::Modified => {
                assert_ne!(result.get(&change.path), newer.get(&change.path), "{change:?}");
            }
            _ => continue,
        }
        result.insert(change.path.clone(), newer[&change.path].clone());
    }
    result
}

/// The files that differ, found by looking at all of them.
fn naive_files(old: &Picture, new: &Picture) -> [Vec<GuestPath>; 3] {
    let file = |of: &Picture, path: &GuestPath| {
        of.get(path).filter(|(file_type, _)| *file_type != FileType::Dir).cloned()
    };
    let mut result = [const { Vec::new() }; 3];
    for path in old.keys().chain(new.keys().filter(|path| !old.contains_key(*path))) {
        match (file(old, path), file(new, path)) {
            (None, Some(_)) => result[0].push(path.clone()),
            (Some(a), Some(b)) if a != b => result[1].push(path.clone()),
            (Some(_), None) => result[2].push(path.clone()),
            _ => {}
        }
    }
    result.iter_mut().for_each(|paths| paths.sort());
    result
}

fn check_diff(old: &Tree, new: &Tree) {
    let (before, after) = (picture(old), picture(new));
    assert_eq!(apply(&before, &after, old, new), after, "diff {:?}", old.diff(new));
    let files = old.diff_files(new);
    assert_eq!(
        [files.created, files.modified, files.deleted],
        naive_files(&before, &after),
        "{:?}",
        old.diff(new)
    );
}

fn new_vfs(quota: Quota) -> Vfs {
    Vfs::new(Tree::new(), quota, Vec::new()).unwrap()
}

/// Runs `ops` here and on Linux; whatever they answer is the same, and so are the files in the end.
pub(crate) fn run_as_linux(ops: &[Op]) {
    let linux = Linux::new();
    let mut vfs = new_vfs(Quota::unlimited());
    let mut fds = BTreeMap::new();
    for (idx, op) in ops.iter().enumerate() {
        let theirs = linux.run(op);
        let Some(theirs) = theirs else { continue };
        let ours = op.run(&mut vfs, &mut fds);
        assert_eq!(ours, theirs, "operation {idx}: {op:?}");
        assert_eq!(vfs.usage().bytes, vfs.tree().recount().bytes);
    }
    assert_eq!(vfs.tree().recount(), vfs.tree().usage());
    assert_eq!(picture(&vfs.tree()), linux.picture());
}

/// Runs `before`, then `left` there and `right` on a fork: accounts are exact, quotas hold, forks are apart, and a
/// difference says what differs.
pub(crate) fn hold_accounts(before: &[Op], left: &[Op], right: &[Op], disk: u64) {
    let quota = Quota::default()
        .with_disk_bytes(disk)
        .with_max_files(20)
        .with_max_open_files(6)
        .with_max_file_bytes(250_000);
    let mut vfs = new_vfs(quota);
    let mut fds = BTreeMap::new();
    let run = |vfs: &mut Vfs, fds: &mut BTreeMap<u8, u32>, ops: &[Op]| {
        for op in ops {
            let outcome = op.run(vfs, fds);
            let (usage, recount) = (vfs.usage(), vfs.tree().recount());
            assert_eq!((usage.bytes, usage.inodes), (recount.bytes, recount.inodes), "{op:?}");
            assert!(usage.bytes <= disk && usage.inodes <= 20 && usage.open_files <= 6, "{op:?}: {usage:?}");
            if outcome == Outcome::Failed(Errno::Nospc) || outcome == Outcome::Failed(Errno::Mfile) {
                assert!(!vfs.hits().is_empty(), "{op:?}");
            }
        }
    };
    run(&mut vfs, &mut fds, before);
    let (start, saved) = (vfs.tree(), vfs.descriptors());
    let start_picture = picture(&start);

    let mut fork = Vfs::new(start.clone(), quota, Vec::new()).unwrap();
    let text = serde_json::to_string(&saved).unwrap();
    fork.restore_descriptors(serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(fork.descriptors(), saved);
    assert_eq!(fork.usage(), vfs.usage());

    let mut fork_fds = fds.clone();
    run(&mut vfs, &mut fds, left);
    let left_picture = picture(&vfs.tree());
    run(&mut fork, &mut fork_fds, right);
    assert_eq!(picture(&start), start_picture);
    assert_eq!(picture(&vfs.tree()), left_picture);
    check_diff(&start, &vfs.tree());
    check_diff(&vfs.tree(), &start);
    check_diff(&start, &fork.tree());
    check_diff(&vfs.tree(), &fork.tree());
    let end = vfs.into_tree();
    assert_eq!(end.recount(), end.usage());
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn results_are_those_of_linux(ops in ops(60)) {
        run_as_linux(&ops);
    }

    #[test]
    fn forks_diffs_and_accounts_hold(before in ops(40), left in ops(30), right in ops(30), disk in 0..600_000_u64) {
        hold_accounts(&before, &left, &right, disk);
    }

    #[test]
    fn the_same_from_the_same_fork(before in ops(30), after in ops(30)) {
        let mut vfs = new_vfs(Quota::default());
        let mut fds = BTreeMap::new();
        before.iter().for_each(|op| drop(op.run(&mut vfs, &mut fds)));
        let mut fork = Vfs::new(vfs.tree(), Quota::default(), Vec::new()).unwrap();
        fork.restore_descriptors(vfs.descriptors()).unwrap();
        let mut fork_fds = fds.clone();
        for op in &after {
            prop_assert_eq!(op.run(&mut vfs, &mut fds), op.run(&mut fork, &mut fork_fds), "{:?}", op);
        }
    }

    #[test]
    fn read_only_never_changes(ops in ops(60)) {
        let path = |text: &str| GuestPath::parse(text).unwrap();
        let mut builder = sbx_vfs::TreeBuilder::new();
        builder.dir(&path("/a")).unwrap().dir(&path("/b")).unwrap();
        builder.read_only_file(&path("/a/c/a"), std::sync::Arc::new(b"fixed")).unwrap();
        builder.read_only_file(&path("/b/b"), std::sync::Arc::new(b"fixed")).unwrap();
        builder.read_only_file(&path("/c"), std::sync::Arc::new(b"fixed")).unwrap();
        let base = builder.build();
        let mut vfs = Vfs::new(base.clone(), Quota::default(), Vec::new()).unwrap();
        let mut fds = BTreeMap::new();
        for op in &ops {
            op.run(&mut vfs, &mut fds);
        }
        let tree = vfs.tree();
        let after = picture(&tree);
        for (path, what) in picture(&base) {
            prop_assert_eq!(after.get(&path), Some(&what), "{}", path);
            prop_assert_eq!(base.stat(&path).unwrap().read_only, tree.stat(&path).unwrap().read_only);
        }
        prop_assert_eq!(tree.recount(), tree.usage());
    }
}
