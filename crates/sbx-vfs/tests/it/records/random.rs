//! Random operation sequences, kept in between.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sbx_vfs::{FileType, Quota, Tree, TreeBuilder, Vfs};

use super::{Store, assert_same, see};
use crate::common::path;
use crate::model::op::{Op, ops};

/// A base with something of everything, some of it for the guest to change; `more` of it for another version.
fn base(kind: u8, more: u8) -> Tree {
    if kind == 0 {
        return Tree::new();
    }
    let mut tree = Tree::new();
    let mut edit = tree.edit(Quota::default(), 1);
    if kind == 2 {
        edit.write_file(&path("/a/b"), b"the base's", false).unwrap();
        edit.write_file(&path("/a/c/d"), b"the base's too", false).unwrap();
        edit.write_file(&path("/d"), b"for the guest", false).unwrap();
    }
    let mut builder = TreeBuilder::from_tree(tree);
    for file in 0..more {
        builder.read_only_file(&path(&format!("/z/{file}")), std::sync::Arc::new([file])).unwrap();
    }
    builder.dir(&path("/b")).unwrap().dir(&path("/c")).unwrap().dir(&path("/c/d")).unwrap();
    builder.read_only_file(&path("/b/a"), std::sync::Arc::new(b"fixed")).unwrap();
    builder.build()
}

fn run(vfs: &mut Vfs, fds: &mut BTreeMap<u8, u32>, ops: &[Op], start: u64) {
    for (now, op) in (start..).zip(ops) {
        // Some operations fall into the same moment.
        vfs.set_now(now / 3);
        op.run(vfs, fds);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn chains_of_records_make_the_same_tree(
        kind in 0..3_u8,
        parts in proptest::collection::vec(ops(30), 1..5),
        after in ops(30),
    ) {
        let base = base(kind, 1);
        let mut vfs = Vfs::new(base.clone(), Quota::default(), Vec::new()).unwrap();
        let (mut fds, mut store) = (BTreeMap::new(), Store::default());
        let (mut records, mut older) = (Vec::new(), base.clone());
        for (start, part) in (0..).step_by(1_000).zip(&parts) {
            run(&mut vfs, &mut fds, part, start);
            let tree = vfs.tree();
            records.push(store.keep(&tree.record_since(&older, &base).unwrap()));
            let restored = store.restore(&base, &records).unwrap();
            assert_same(&restored, &tree, &base);
            let full = store.keep(&tree.record(&base).unwrap());
            assert_same(&store.restore(&base, &[full]).unwrap(), &tree, &base);
            older = tree;
        }

        let restored = store.restore(&base, &records).unwrap();
        let mut again = Vfs::new(restored, Quota::default(), Vec::new()).unwrap();
        let saved = serde_json::to_string(&vfs.descriptors().to_relative(&base)).unwrap();
        let saved: sbx_vfs::DescriptorTable = serde_json::from_str(&saved).unwrap();
        again.restore_descriptors(saved.to_absolute(&base)).unwrap();
        prop_assert_eq!(again.descriptors(), vfs.descriptors());
        prop_assert_eq!(again.usage(), vfs.usage());
        let mut again_fds = fds.clone();
        for (now, op) in (10_000..).zip(&after) {
            vfs.set_now(now);
            again.set_now(now);
            prop_assert_eq!(op.run(&mut vfs, &mut fds), op.run(&mut again, &mut again_fds), "{:?}", op);
        }
        assert_same(&again.tree(), &vfs.tree(), &base);
    }

    #[test]
    fn siblings_can_be_told_as_changes(
        kind in 0..3_u8, before in ops(20), left in ops(20), right in ops(20),
    ) {
        let base = base(kind, 1);
        let mut vfs = Vfs::new(base.clone(), Quota::default(), Vec::new()).unwrap();
        run(&mut vfs, &mut BTreeMap::new(), &before, 0);
        let mut start = vfs.tree();
        start.drop_orphans();
        let [left, right] = [left, right].map(|ops| {
            let mut fork = Vfs::new(start.clone(), Quota::default(), Vec::new()).unwrap();
            run(&mut fork, &mut BTreeMap::new(), &ops, 100);
            fork.tree()
        });
        let mut store = Store::default();
        let records = [
            store.keep(&left.record(&base).unwrap()),
            store.keep(&right.record_since(&left, &base).unwrap()),
            store.keep(&base.record_since(&right, &base).unwrap()),
        ];
        assert_same(&store.restore(&base, &records[..2]).unwrap(), &right, &base);
        assert_same(&store.restore(&base, &records).unwrap(), &base, &base);
    }

    #[test]
    fn another_version_of_the_base_shifts(parts in proptest::collection::vec(ops(30), 1..4), more in 1..4_u8) {
        let (old, new) = (base(2, 1), base(2, more));
        let mut vfs = Vfs::new(old.clone(), Quota::default(), Vec::new()).unwrap();
        let (mut fds, mut store) = (BTreeMap::new(), Store::default());
        let (mut records, mut older) = (Vec::new(), old.clone());
        for part in &parts {
            run(&mut vfs, &mut fds, part, 0);
            records.push(store.keep(&vfs.tree().record_since(&older, &old).unwrap()));
            older = vfs.tree();
        }
        let restored = store.restore(&new, &records).unwrap();
        let (ours, theirs) = (see(&restored), see(&vfs.tree()));
        let [next_old, next_new] = [&old, &new].map(|base| see(base).values().map(|seen| seen.0.ino).max().unwrap());
        let seen = |of: &BTreeMap<String, super::Seen>, shift: u64, end: u64| -> Vec<_> {
            let rest = of.iter().filter(|(path, _)| !path.starts_with("/z"));
            rest.map(|(path, (stat, read_only, counted, bytes, entries))| {
                let own = (stat.ino > end).then_some(stat.ino.wrapping_add(shift));
                let entries: Vec<String> = entries.iter().map(|(name, ..)| name.clone()).collect();
                (path.clone(), own, stat.file_type, stat.size, stat.nlink, stat.times, *read_only, *counted, bytes.clone(), entries)
            })
            .collect()
        };
        prop_assert_eq!(seen(&ours, 0, next_new), seen(&theirs, next_new - next_old, next_old));
        prop_assert_eq!(restored.usage(), vfs.tree().usage());
    }

    #[test]
    fn any_other_base_gives_a_tree(
        kinds in (0..3_u8, 0..3_u8), more in 0..3_u8, parts in proptest::collection::vec(ops(30), 1..4), after in ops(30),
    ) {
        let (old, new) = (base(kinds.0, 1), base(kinds.1, more));
        let mut vfs = Vfs::new(old.clone(), Quota::default(), Vec::new()).unwrap();
        let (mut fds, mut store) = (BTreeMap::new(), Store::default());
        let (mut records, mut older) = (Vec::new(), old.clone());
        for part in &parts {
            run(&mut vfs, &mut fds, part, 0);
            records.push(store.keep(&vfs.tree().record_since(&older, &old).unwrap()));
            older = vfs.tree();
        }
        let restored = store.restore(&new, &records).unwrap();
        for (path, (stat, read_only, ..)) in see(&new) {
            if read_only && stat.file_type == FileType::File {
                prop_assert_eq!(&see(&restored)[&path].3, &see(&new)[&path].3);
            }
        }
        let again = store.keep(&restored.record(&new).unwrap());
        assert_same(&store.restore(&new, &[again]).unwrap(), &restored, &new);
        let mut vfs = Vfs::new(restored, Quota::default(), Vec::new()).unwrap();
        for op in &after {
            op.run(&mut vfs, &mut fds);
            prop_assert_eq!(vfs.tree().usage(), vfs.tree().recount());
        }
        see(&vfs.tree());
    }
}
