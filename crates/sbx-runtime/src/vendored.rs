//! Vendored packages as files of the guest: read-only parts of mappings, laid out once for each set.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Mutex, PoisonError},
};

use sbx_cache::{Cache, Digest, SealedFile};
use sbx_packages::{Lock, LockedPackage, PackageId};
use sbx_vfs::{Tree, TreeBuilder};

use crate::error::Result;

/// The most sets that are kept laid out; with more, all are laid out anew when they are asked for.
const MAX_SETS: usize = 64;

/// How a language lays its packages out.
pub trait Layout: fmt::Debug + Send + Sync {
    /// Puts the packages of a set among the files.
    ///
    /// # Errors
    /// [`sbx_packages::Error::NotFetched`]; what the cache and the files refuse.
    fn lay_out(&self, set: &PackageSet<'_>, builder: &mut TreeBuilder) -> Result<()>;
}

/// Packages that are to be laid out.
#[derive(Debug)]
pub struct PackageSet<'a> {
    packages: BTreeMap<PackageId, &'a LockedPackage>,
    roots: BTreeSet<PackageId>,
    cache: &'a Cache,
    all_must_be_there: bool,
}

impl<'a> PackageSet<'a> {
    /// All of them.
    #[must_use]
    pub fn packages(&self) -> &BTreeMap<PackageId, &'a LockedPackage> {
        &self.packages
    }

    /// Those that programs import by their names; the others are there for these.
    #[must_use]
    pub fn roots(&self) -> &BTreeSet<PackageId> {
        &self.roots
    }

    /// The archive of a package; `None` if it is not fetched and can be missing.
    ///
    /// # Errors
    /// [`sbx_packages::Error::NotFetched`]; what the cache fails at.
    pub fn archive(&self, package: &LockedPackage) -> Result<Option<SealedFile>> {
        let found = sbx_packages::find(self.cache, package)?;
        if found.is_none() {
            if self.all_must_be_there {
                let (name, version) = (package.name.clone(), package.version.to_string());
                return Err(sbx_packages::Error::NotFetched { name, version }.into());
            }
            tracing::warn!(package = %package.name, "not fetched, so it cannot be imported; run `sbx setup`");
        }
        Ok(found)
    }

    /// When the folders of this set were changed, nanoseconds since 1970: another time for another set. An interpreter that is
    /// woken over other packages than it knew sees by it that what it remembers of the folder is old.
    #[must_use]
    pub fn times(&self) -> u64 {
        /// 2020-01-01 and ten years, in seconds.
        const RANGE: (u64, u64) = (1_577_836_800, 315_360_000);
        let names = self.packages.values().map(|package| format!("{} {}\n", package.name, package.sha256));
        let digest = Digest::of(names.collect::<String>().as_bytes());
        let [a, b, c, d, ..] = *digest.as_bytes();
        (RANGE.0 + u64::from(u32::from_le_bytes([a, b, c, d])) % RANGE.1) * 1_000_000_000
    }
}

/// Files, and which packages are among them.
#[derive(Debug, Clone)]
pub struct Laid {
    tree: Tree,
    /// The hashes of all packages, those of the roots apart.
    set: Vec<[u8; 32]>,
}

impl Laid {
    /// Files without packages: a runtime's own, always the same.
    #[must_use]
    pub fn base(tree: Tree) -> Self {
        Self { tree, set: Vec::new() }
    }

    /// The files.
    #[must_use]
    pub fn into_tree(self) -> Tree {
        self.tree
    }
}

/// The packages of a lock file, and the sets of them that were laid out.
#[derive(Debug)]
pub struct Vendored<L> {
    cache: Cache,
    lock: Lock,
    layout: L,
    trees: Mutex<BTreeMap<Vec<[u8; 32]>, Tree>>,
}

impl<L: Layout> Vendored<L> {
    /// The packages of `lock`, which are in the cache as far as they are fetched.
    #[must_use]
    pub fn new(cache: Cache, lock: Lock, layout: L) -> Self {
        Self { cache, lock, layout, trees: Mutex::default() }
    }

    /// The lock file.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// `over` with these packages and what they need, and with those of an image, whose versions win. Without names: all that
    /// are fetched, so that programs run where packages could not be.
    ///
    /// # Errors
    /// An unknown name, and what [`Layout::lay_out`] fails at.
    pub fn lay_out(&self, over: &Laid, names: Option<&[String]>, of_image: Option<&Lock>) -> Result<Laid> {
        self.laid(over, &self.set(names, of_image)?)
    }

    /// The same into any files, for this once.
    ///
    /// # Errors
    /// As [`Vendored::lay_out`].
    pub fn lay_into(&self, files: Tree, names: Option<&[String]>, of_image: Option<&Lock>) -> Result<Tree> {
        let mut builder = TreeBuilder::from_tree(files);
        self.layout.lay_out(&self.set(names, of_image)?, &mut builder)?;
        Ok(builder.build())
    }

    fn set<'a>(&'a self, names: Option<&[String]>, of_image: Option<&'a Lock>) -> Result<PackageSet<'a>> {
        let chosen = match names {
            Some(names) => self.lock.select(names)?,
            None => self.lock.packages().collect(),
        };
        let named = names.into_iter().flatten().filter_map(|name| self.lock.ecosystem().name(name).ok());
        let named: BTreeSet<_> = named.filter_map(|name| Some(self.lock.get(&name)?.id())).collect();
        let of_image: Vec<&LockedPackage> = of_image.into_iter().flat_map(Lock::packages).collect();
        let image_roots: BTreeSet<PackageId> =
            of_image.iter().filter(|package| package.request.is_some()).map(|package| package.id()).collect();
        let is_root = |package: &&LockedPackage| match names {
            Some(_) => named.contains(&package.id()),
            None => package.request.is_some(),
        };
        let of_own = chosen.iter().copied().filter(is_root).map(LockedPackage::id);
        // One version of a name is found by programs: the image's.
        let taken = |id: &PackageId| image_roots.iter().any(|other| other.name() == id.name());
        let mut roots: BTreeSet<PackageId> = of_own.filter(|id| !taken(id)).collect();
        roots.extend(image_roots.iter().cloned());
        let packages: BTreeMap<PackageId, &LockedPackage> =
            chosen.into_iter().chain(of_image).map(|package| (package.id(), package)).collect();
        Ok(PackageSet { packages, roots, cache: &self.cache, all_must_be_there: names.is_some() })
    }

    fn laid(&self, over: &Laid, set: &PackageSet<'_>) -> Result<Laid> {
        let hash = |package: &&LockedPackage| *package.sha256.as_bytes();
        let mut key = over.set.clone();
        key.extend(set.packages.values().map(hash));
        key.push([0; 32]);
        key.extend(set.roots.iter().filter_map(|id| set.packages.get(id)).map(hash));
        // Laid out under the lock: two that ask at once do the work once.
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = trees.get(&key) {
            return Ok(Laid { tree: tree.clone(), set: key });
        }
        let mut builder = TreeBuilder::from_tree(over.tree.clone());
        self.layout.lay_out(set, &mut builder)?;
        let tree = builder.build();
        if trees.len() >= MAX_SETS {
            trees.clear();
        }
        trees.insert(key.clone(), tree.clone());
        Ok(Laid { tree, set: key })
    }
}
