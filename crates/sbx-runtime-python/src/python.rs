//! Python on this machine: its compiled guest and its images, loaded from the cache.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sbx_cache::{Cache, fetch};
use sbx_core::{ExecutionPolicy, RuntimeType, Snapshot};
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_packages::Lock;
use sbx_runtime::{ImageInfo, Interpreter, Runtime, with_workspace};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    assets,
    error::{Error, Result},
    images::{RECIPES, Recipe},
    language::CPython,
    own::OwnImage,
    setup,
    vendored::Vendored,
};

/// Python, ready to run; a cheap handle that threads share.
#[derive(Clone)]
pub struct Python {
    inner: Arc<Inner>,
}

struct Inner {
    cache: Cache,
    runtime: Runtime,
    vendored: Vendored,
    images: Mutex<BTreeMap<String, Loaded>>,
}

/// An image that was loaded, with the packages that it brings.
#[derive(Clone)]
struct Loaded {
    image: Image,
    packages: Option<Lock>,
}

impl fmt::Debug for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Python").field("runtime", &self.inner.runtime).finish_non_exhaustive()
    }
}

impl Python {
    /// Loads Python from the cache, with the packages that come with the project; milliseconds.
    ///
    /// # Errors
    /// [`Error::NotSetUp`] if [`setup::set_up`] has not been run with this version, or something it made is damaged.
    pub fn load(host: &Host, cache: Cache) -> Result<Self> {
        Self::load_with(host, cache, Lock::built_in()?)
    }

    /// The same with the packages of another lock file.
    ///
    /// # Errors
    /// As [`Python::load`].
    pub fn load_with(host: &Host, cache: Cache, packages: Lock) -> Result<Self> {
        let missing = |what: &str| Error::NotSetUp { missing: format!("{what} is missing") };
        let files = fetch::lookup(&cache, &setup::manifest()?)?.ok_or_else(|| missing("the guest"))?;
        let hash = setup::guest_hash(&cache, &files)?;
        let guest = host.load_guest(&cache, &hash)?.ok_or_else(|| missing("the compiled guest"))?;
        let base = assets::base_tree(&cache, &files)?;
        let runtime = Runtime::new(host.clone(), guest, base.clone());
        let vendored = Vendored::new(cache.clone(), packages, base, hash);
        Ok(Self { inner: Arc::new(Inner { cache, runtime, vendored, images: Mutex::default() }) })
    }

    /// The images there are: those that come with Python, then users' own.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let guest = self.guest();
        let mut images = Vec::new();
        for recipe in &RECIPES {
            let image = setup::load_image(&self.inner.cache, recipe, guest)?;
            images.push(ImageInfo {
                runtime: RuntimeType::Python,
                name: recipe.name.to_owned(),
                description: recipe.description.to_owned(),
                memory_bytes: image.map(|image| image.memory_bytes()),
                file: recipe.file(guest.hash()),
            });
        }
        for own in OwnImage::all(&self.inner.cache)? {
            images.push(own.info(self));
        }
        Ok(images)
    }

    /// The packages that guests can import beside what is built in.
    #[must_use]
    pub fn packages(&self) -> &Lock {
        self.inner.vendored.lock()
    }

    /// The files of an empty sandbox: the runtime's own, the policy's packages, an empty workspace, an empty `/tmp`. Laid out
    /// once for each set of packages; a fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made, or names a package that the lock file does not have or that is not fetched.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree> {
        Ok(with_workspace(self.inner.vendored.tree(policy.packages.as_deref(), None)?, policy)?)
    }

    /// The same for interpreters that start as `image`, with the packages that it was built with.
    ///
    /// # Errors
    /// As [`Python::empty_files`]; an unknown image.
    pub fn empty_files_for(&self, image: &str, policy: &ExecutionPolicy) -> Result<Tree> {
        let packages = self.loaded(image)?.packages;
        Ok(with_workspace(self.inner.vendored.tree(policy.packages.as_deref(), packages.as_ref())?, policy)?)
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        let setup = assets::with_aliases(InstanceSetup::under(&policy, files)?, &policy.mounts)?;
        Ok(self.inner.runtime.open(&CPython, self.image(image)?, policy, setup).await?)
    }

    /// Opens an interpreter that goes on where `snapshot` was taken: the same names, modules and open files. `files` are
    /// the files of that moment, or later ones.
    ///
    /// Unless the policy is deterministic, `random` and its like are seeded anew: two interpreters woken from one snapshot
    /// draw different numbers. Generators that the program made itself (`random.Random()`, `numpy.random.default_rng()`)
    /// go on as they were.
    ///
    /// # Errors
    /// A snapshot taken over an image that this machine does not have, or with more memory than the policy allows.
    pub async fn wake(
        &self,
        policy: Arc<ExecutionPolicy>,
        files: Tree,
        snapshot: Snapshot,
        descriptors: DescriptorTable,
    ) -> Result<Interpreter> {
        let image = self.image(&snapshot.image().name)?;
        let setup = assets::with_aliases(InstanceSetup::under(&policy, files)?, &policy.mounts)?
            .with_snapshot(snapshot, descriptors);
        Ok(self.inner.runtime.open(&CPython, image, policy, setup).await?)
    }

    /// The host that it runs on.
    #[must_use]
    pub fn host(&self) -> &Host {
        self.inner.runtime.host()
    }

    /// The image called `name`, loaded once.
    ///
    /// # Errors
    /// An unknown name, or one that is not built.
    pub fn image(&self, name: &str) -> Result<Image> {
        Ok(self.loaded(name)?.image)
    }

    fn loaded(&self, name: &str) -> Result<Loaded> {
        if let Some(loaded) = self.loaded_images().get(name) {
            return Ok(loaded.clone());
        }
        // Not under the lock: an image of a user's is named by the one that it begins as.
        let loaded = match Recipe::find(name) {
            Some(recipe) => {
                let image = setup::load_image(&self.inner.cache, recipe, self.guest())?;
                let missing = || Error::NotSetUp { missing: format!("the image `{name}` is missing") };
                Loaded { image: image.ok_or_else(missing)?, packages: None }
            }
            None => {
                let own = OwnImage::find(&self.inner.cache, name)?.ok_or_else(|| self.unknown_image(name))?;
                let stale = || Error::StaleImage { image: name.to_owned() };
                Loaded { image: own.load(self)?.ok_or_else(stale)?, packages: Some(own.packages) }
            }
        };
        self.loaded_images().insert(name.to_owned(), loaded.clone());
        Ok(loaded)
    }

    fn loaded_images(&self) -> MutexGuard<'_, BTreeMap<String, Loaded>> {
        self.inner.images.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the image anew when it is asked for next.
    pub(crate) fn forget_image(&self, name: &str) {
        self.loaded_images().remove(name);
    }

    pub(crate) fn unknown_image(&self, name: &str) -> Error {
        let own = OwnImage::all(&self.inner.cache).unwrap_or_default();
        let names = RECIPES.iter().map(|recipe| recipe.name.to_owned());
        let available = names.chain(own.into_iter().map(|own| own.recipe.name)).collect();
        Error::UnknownImage { name: name.to_owned(), available }
    }

    /// The runtime's own files with exactly these packages.
    pub(crate) fn files_with(&self, packages: &Lock) -> Result<Tree> {
        self.inner.vendored.tree(Some(&[]), Some(packages))
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    pub(crate) fn guest(&self) -> &Guest {
        self.inner.runtime.guest()
    }
}
