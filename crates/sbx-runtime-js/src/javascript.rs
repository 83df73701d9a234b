//! JavaScript on this machine: its compiled guest and its images, loaded from the cache.

use std::{fmt, sync::Arc};

use sbx_cache::Cache;
use sbx_core::{ExecutionPolicy, Snapshot};
use sbx_host::{Host, Image, InstanceSetup};
use sbx_runtime::{ImageInfo, Interpreter, Language, Runtime};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    assets,
    error::{Error, Result},
    images::{RECIPES, Recipe},
    manifest::Manifest,
    setup,
};

/// JavaScript, ready to run; a cheap handle that threads share.
#[derive(Clone)]
pub struct JavaScript {
    inner: Arc<Inner>,
}

struct Inner {
    cache: Cache,
    manifest: Manifest,
    runtime: Runtime,
}

impl fmt::Debug for JavaScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JavaScript").field("runtime", &self.inner.runtime).finish_non_exhaustive()
    }
}

impl JavaScript {
    /// Loads JavaScript from the cache; milliseconds.
    ///
    /// # Errors
    /// [`Error::NotSetUp`] if [`setup::set_up`] has not been run with this version, or something it made is damaged.
    pub fn load(host: &Host, cache: Cache) -> Result<Self> {
        let manifest = Manifest::load()?;
        let guest = setup::load_guest(host, &cache, &manifest)?
            .ok_or_else(|| Error::NotSetUp { missing: "the guest is missing".to_owned() })?;
        let runtime = Runtime::new(host.clone(), guest, assets::base_tree()?);
        Ok(Self { inner: Arc::new(Inner { cache, manifest, runtime }) })
    }

    /// The images there are.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let Inner { cache, manifest, runtime } = &*self.inner;
        RECIPES
            .iter()
            .map(|recipe| {
                let image = setup::load_image(cache, recipe, runtime.guest(), manifest)?;
                Ok(ImageInfo {
                    runtime: recipe.language().runtime(),
                    name: recipe.name.to_owned(),
                    description: recipe.description.to_owned(),
                    memory_bytes: image.map(|image| image.memory_bytes()),
                    file: recipe.file(runtime.guest().hash(), &manifest.typescript_hash()),
                })
            })
            .collect()
    }

    /// The files of an empty sandbox: an empty workspace, an empty `/tmp`. A fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree> {
        Ok(self.inner.runtime.empty_files(policy)?)
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy. The files may be those of a sandbox of
    /// another language.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        let setup = InstanceSetup::under(&policy, files)?;
        let language = recipe(image)?.language();
        Ok(self.inner.runtime.open(language, self.image(image)?, policy, setup).await?)
    }

    /// Opens an interpreter that goes on where `snapshot` was taken: the same names, modules and open files. `files` are
    /// the files of that moment, or later ones. Unless the policy is deterministic, `Math.random` is seeded anew: two
    /// interpreters woken from one snapshot draw different numbers.
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
        let recipe = recipe(&snapshot.image().name)?;
        let setup = InstanceSetup::under(&policy, files)?.with_snapshot(snapshot, descriptors);
        Ok(self.inner.runtime.open(recipe.language(), self.image(recipe.name)?, policy, setup).await?)
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
        let recipe = recipe(name)?;
        let Inner { cache, manifest, runtime } = &*self.inner;
        runtime.image(recipe.name, || {
            setup::load_image(cache, recipe, runtime.guest(), manifest)?.ok_or_else(|| {
                if recipe.has_typescript {
                    Error::NoTypeScript
                } else {
                    Error::NotSetUp { missing: format!("the image `{name}` is missing") }
                }
            })
        })
    }
}

fn recipe(name: &str) -> Result<&'static Recipe> {
    Recipe::find(name).ok_or_else(|| Error::UnknownImage {
        name: name.to_owned(),
        available: RECIPES.iter().map(|recipe| recipe.name.to_owned()).collect(),
    })
}
