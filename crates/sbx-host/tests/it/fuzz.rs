//! Arbitrary bytes as arbitrary calls of WASI against a live guest, whose host has something to lose.
//!
//! [`Harness::run`] is the whole of the fuzz target `wasi_calls` in the folder `fuzz`; its seeds and some thousand
//! changes of them run here as an ordinary test.

#[path = "fuzz/decode.rs"]
mod decode; // bytes to calls
#[path = "fuzz/world.rs"]
mod world; // the folders of the host that are granted, and the one that is not

use sbx_core::{Deterministic, GuestPath, MountMode};
use sbx_host::{Call, Outcome, RunReport, RunRequest};
use sbx_vfs::{Device, Quota, Tree, TreeBuilder};

use crate::lab::{open_with, probe, run_request, setup, with_fuel};
use world::{Seen, World};

const QUOTA_BYTES: u64 = 1 << 20;
const QUOTA_FILES: u64 = 20;
/// Enough for every call that a program can name, and an end for those that ask for too much.
const FUEL: u64 = 200_000_000;

/// What runs programs one after another.
pub(crate) struct Harness {
    world: World,
    tree: Tree,
    quota: Quota,
}

impl Harness {
    pub(crate) fn new() -> Self {
        let quota = Quota::default()
            .with_disk_bytes(QUOTA_BYTES)
            .with_max_files(QUOTA_FILES)
            .with_max_file_bytes(QUOTA_BYTES / 2)
            .with_max_open_files(8);
        Self { world: World::new(), tree: tree(), quota }
    }

    /// Runs the calls that `program` stands for and says how that ended.
    ///
    /// # Panics
    /// If the host failed, a quota was exceeded or miscounted, or anything outside of what was granted was read,
    /// changed or kept open.
    pub(crate) fn run(&mut self, program: &[u8]) -> Outcome {
        let script = decode::script(program);
        // A virtual clock, so that no call waits.
        let mut setup = setup().with_deterministic(Some(Deterministic::new(1)));
        setup.tree = self.tree.clone();
        setup.quota = self.quota;
        setup.mounts = self.world.mounts();
        let mut instance = open_with(&probe().0, &probe().1, setup);
        let request = RunRequest::new(Call::Turn(script.encode()), with_fuel(FUEL));
        let report = run_request(&mut instance, request);
        drop(instance);
        let now = self.world.look();
        self.check(&report, &now);
        let outcome = report.outcome;
        // The tree of an overlaid folder holds on to what of it has not been read.
        drop(report);
        self.world.assert_closed();
        self.world.restore(&now);
        outcome
    }

    /// What the probe says of its calls is not looked at: they may write over it.
    fn check(&self, report: &RunReport, now: &Seen) {
        let is_known = match report.outcome {
            Outcome::Returned(_) | Outcome::Exited(_) | Outcome::FuelExhausted => true,
            Outcome::Trapped(name) => name != "trap",
            Outcome::TimedOut | Outcome::Cancelled | Outcome::StackOverflow | _ => false,
        };
        assert!(is_known, "{:?}", report.outcome);
        let files = report.files.as_ref().expect("the files outlive every run");
        let (usage, recount) = (files.usage(), files.recount());
        assert_eq!((usage.bytes, usage.inodes), (recount.bytes, recount.inodes));
        let (bytes, entries) = self.world.growth(now);
        assert!(usage.bytes + bytes <= QUOTA_BYTES, "{usage:?} and {bytes} bytes in the host's folder");
        assert!(usage.inodes + entries <= QUOTA_FILES, "{usage:?} and {entries} in the host's folder");

        let changes = self.tree.diff_files(files);
        for path in changes.created.iter().chain(&changes.modified) {
            let writable = ["/app", "/tmp", "/overlay"].iter().any(|top| path.as_str().starts_with(top));
            assert!(writable, "{path} was read-only");
            if let Ok(bytes) = files.read_file(path) {
                self.world.assert_secret_is_not_in(&bytes);
            }
        }
        assert_eq!(changes.deleted.iter().find(|path| !path.as_str().starts_with("/tmp")), None);
        self.world.assert_secret_is_not_in(&report.stdout.bytes);
        self.world.assert_untouched(now);
    }
}

/// What the guest starts with: its own files, the host's files, devices, links of all kinds.
fn tree() -> Tree {
    let path = |text: &str| GuestPath::parse(text).unwrap();
    let mut builder = TreeBuilder::new();
    builder.dir(&path("/app")).unwrap().dir(&path("/tmp")).unwrap();
    builder.dir(&path("/tmp/dir")).unwrap().file(&path("/tmp/dir/file"), &[1; 5000]).unwrap();
    builder.file(&path("/tmp/file"), b"of the guest").unwrap();
    builder.symlink(&path("/tmp/link"), "/rw/file").unwrap();
    builder.symlink(&path("/tmp/loop"), "loop").unwrap();
    builder.read_only_file(&path("/usr/lib/zip"), std::sync::Arc::new([7; 9000])).unwrap();
    for (name, device) in [("null", Device::Null), ("zero", Device::Zero), ("urandom", Device::Random)] {
        builder.device(&path("/dev").join(name).unwrap(), device).unwrap();
    }
    builder.build()
}

/// Where the guest finds the folders of the host.
const MOUNTS: [(&str, MountMode); 3] =
    [("ro", MountMode::ReadOnly), ("rw", MountMode::ReadWrite), ("overlay", MountMode::Overlay)];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::mutate::{self, Changes};

    #[test]
    fn seeds_and_changes_of_them_neither_break_nor_leave_the_sandbox() {
        let mut harness = Harness::new();
        let mut endings: BTreeMap<String, usize> = BTreeMap::new();
        mutate::run(Changes::of("wasi_calls").inputs(3_000), |program| {
            let outcome = harness.run(program);
            *endings.entry(format!("{outcome:?}")).or_default() += 1;
        });
        // Else the programs would be noise that the first call ends.
        let whole = endings.get("Returned(0)").copied().unwrap_or_default();
        assert!(whole > endings.values().sum::<usize>() / 3, "{endings:?}");
    }

    #[test]
    fn a_seed_reaches_files_of_every_kind() {
        let programs = Changes::of("wasi_calls").inputs(0);
        let calls: BTreeSet<&str> = programs.flat_map(|program| decode::calls(&program)).collect();
        let missing: Vec<_> =
            crate::lab::IMPORTS.iter().map(|(name, _)| *name).filter(|name| !calls.contains(name)).collect();
        assert!(missing.is_empty(), "no seed calls {missing:?}");
    }
}
