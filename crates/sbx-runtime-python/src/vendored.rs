//! The vendored packages as files of the guest: read-only parts of mappings, laid out once for each set.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use sbx_cache::{Cache, Digest};
use sbx_packages::{Lock, LockedPackage, PackageName};
use sbx_vfs::{Tree, TreeBuilder};

use crate::{
    assets::{self, PACKAGES_HOME},
    bytecode,
    error::Result,
};

/// The most sets that are kept laid out; with more, all are laid out anew when they are asked for.
const MAX_SETS: usize = 64;

/// Lays packages out over the runtime's own files.
pub(crate) struct Vendored {
    cache: Cache,
    lock: Lock,
    base: Tree,
    /// Whose bytecode is used.
    guest_hash: String,
    /// By the hashes of their packages.
    trees: Mutex<BTreeMap<Vec<[u8; 32]>, Tree>>,
}

impl Vendored {
    pub(crate) fn new(cache: Cache, lock: Lock, base: Tree, guest_hash: String) -> Self {
        Self { cache, lock, base, guest_hash, trees: Mutex::default() }
    }

    pub(crate) fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The files with these packages and what they need, and with those of an image, whose versions win. Without names: all
    /// that are fetched, so that Python runs where packages could not be.
    pub(crate) fn tree(&self, names: Option<&[String]>, of_image: Option<&Lock>) -> Result<Tree> {
        let chosen = match names {
            Some(names) => self.lock.select(names)?,
            None => self.lock.packages().collect(),
        };
        let of_image = of_image.into_iter().flat_map(Lock::packages);
        let packages: BTreeMap<&PackageName, &LockedPackage> =
            chosen.into_iter().chain(of_image).map(|package| (&package.name, package)).collect();
        let packages: Vec<&LockedPackage> = packages.into_values().collect();
        let set: Vec<[u8; 32]> = packages.iter().map(|package| *package.sha256.as_bytes()).collect();
        // Laid out under the lock: two that ask at once do the work once.
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = trees.get(&set) {
            return Ok(tree.clone());
        }
        let tree = self.lay_out(&packages, names.is_some())?;
        if trees.len() >= MAX_SETS {
            trees.clear();
        }
        trees.insert(set, tree.clone());
        Ok(tree)
    }

    fn lay_out(&self, packages: &[&LockedPackage], all_must_be_there: bool) -> Result<Tree> {
        let home = assets::fixed(PACKAGES_HOME)?;
        let mut builder = TreeBuilder::from_tree(self.base.clone());
        builder.times(times(packages)).read_only_dir(&home)?;
        for package in packages {
            match sbx_packages::find(&self.cache, package)? {
                Some(archive) => {
                    assets::put_archive(&mut builder, archive, &home, package.name.as_str())?;
                    if let Some(bytecode) = bytecode::find(&self.cache, package, &self.guest_hash) {
                        assets::put_archive(&mut builder, bytecode, &home, package.name.as_str())?;
                    }
                }
                None if all_must_be_there => {
                    let (name, version) = (package.name.clone(), package.version.to_string());
                    return Err(sbx_packages::Error::NotFetched { name, version }.into());
                }
                None => {
                    tracing::warn!(package = %package.name, "not fetched, so it cannot be imported; run `sbx setup`");
                }
            }
        }
        Ok(builder.build())
    }
}

/// When the folders of this set were changed, nanoseconds since 1970: another time for another set. An interpreter that is
/// woken over other packages than it knew sees by it that what it remembers of the folder is old.
fn times(packages: &[&LockedPackage]) -> u64 {
    /// 2020-01-01 and ten years, in seconds.
    const RANGE: (u64, u64) = (1_577_836_800, 315_360_000);
    let names: String =
        packages.iter().map(|package| format!("{} {}\n", package.name, package.sha256)).collect();
    let digest = Digest::of(names.as_bytes());
    let [a, b, c, d, ..] = *digest.as_bytes();
    (RANGE.0 + u64::from(u32::from_le_bytes([a, b, c, d])) % RANGE.1) * 1_000_000_000
}
