//! Python on this machine: its compiled guest and its images, loaded from the cache.

use std::{fmt, sync::Arc};

use sbx_cache::{Cache, fetch};
use sbx_core::{ExecutionPolicy, RuntimeType, Snapshot};
use sbx_host::{Host, Image, InstanceSetup};
use sbx_runtime::{ImageInfo, Interpreter, Runtime};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    assets,
    error::{Error, Result},
    images::{RECIPES, Recipe},
    language::CPython,
    setup,
};

/// Python, ready to run; a cheap handle that threads share.
#[derive(Clone)]
pub struct Python {
    inner: Arc<Inner>,
}

struct Inner {
    cache: Cache,
    runtime: Runtime,
}

impl fmt::Debug for Python {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Python").field("runtime", &self.inner.runtime).finish_non_exhaustive()
    }
}

impl Python {
    /// Loads Python from the cache; milliseconds.
    ///
    /// # Errors
    /// [`Error::NotSetUp`] if [`setup::set_up`] has not been run with this version, or something it made is damaged.
    pub fn load(host: &Host, cache: Cache) -> Result<Self> {
        let missing = |what: &str| Error::NotSetUp { missing: format!("{what} is missing") };
        let files = fetch::lookup(&cache, &setup::manifest()?)?.ok_or_else(|| missing("the guest"))?;
        let hash = setup::guest_hash(&cache, &files)?;
        let guest = host.load_guest(&cache, &hash)?.ok_or_else(|| missing("the compiled guest"))?;
        let runtime = Runtime::new(host.clone(), guest, assets::base_tree(&cache, &files)?);
        Ok(Self { inner: Arc::new(Inner { cache, runtime }) })
    }

    /// The images there are.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let guest = self.inner.runtime.guest();
        RECIPES
            .iter()
            .map(|recipe| {
                let image = setup::load_image(&self.inner.cache, recipe, guest)?;
                Ok(ImageInfo {
                    runtime: RuntimeType::Python,
                    name: recipe.name,
                    description: recipe.description,
                    memory_bytes: image.map(|image| image.memory_bytes()),
                    file: recipe.file(guest.hash()),
                })
            })
            .collect()
    }

    /// The files of an empty sandbox: the runtime's own, an empty workspace, an empty `/tmp`. A fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree> {
        Ok(self.inner.runtime.empty_files(policy)?)
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        let setup = assets::with_aliases(InstanceSetup::under(&policy, files)?)?;
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
        let setup =
            assets::with_aliases(InstanceSetup::under(&policy, files)?)?.with_snapshot(snapshot, descriptors);
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
        let recipe = Recipe::find(name).ok_or_else(|| Error::UnknownImage {
            name: name.to_owned(),
            available: RECIPES.iter().map(|recipe| recipe.name.to_owned()).collect(),
        })?;
        let Inner { cache, runtime } = &*self.inner;
        runtime.image(recipe.name, || {
            setup::load_image(cache, recipe, runtime.guest())?
                .ok_or_else(|| Error::NotSetUp { missing: format!("the image `{name}` is missing") })
        })
    }
}
