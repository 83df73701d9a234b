//! JavaScript on this machine: its compiled guest and its images, loaded from the cache.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use sbx_cache::Cache;
use sbx_core::{ExecutionPolicy, Snapshot};
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    assets,
    error::{Error, Result},
    images::{ImageInfo, RECIPES, Recipe},
    interpreter::Interpreter,
    manifest::Manifest,
    setup,
};

/// JavaScript, ready to run; a cheap handle that threads share.
#[derive(Clone)]
pub struct JavaScript {
    inner: Arc<Inner>,
}

struct Inner {
    host: Host,
    cache: Cache,
    guest: Guest,
    manifest: Manifest,
    files: Tree,
    images: Mutex<BTreeMap<&'static str, Image>>,
}

impl fmt::Debug for JavaScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JavaScript").field("guest", &self.inner.guest).finish_non_exhaustive()
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
        Ok(Self {
            inner: Arc::new(Inner {
                host: host.clone(),
                cache,
                guest,
                manifest,
                files: assets::base_tree()?,
                images: Mutex::new(BTreeMap::new()),
            }),
        })
    }

    /// The images there are.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let Inner { cache, guest, manifest, .. } = &*self.inner;
        RECIPES
            .iter()
            .map(|recipe| {
                let image = setup::load_image(cache, recipe, guest, manifest)?;
                Ok(ImageInfo {
                    name: recipe.name,
                    description: recipe.description,
                    memory_bytes: image.map(|image| image.memory_bytes()),
                    file: recipe.file(guest.hash(), &manifest.typescript_hash()),
                })
            })
            .collect()
    }

    /// The files of an empty sandbox: an empty workspace, an empty `/tmp`. A fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree> {
        let mut builder = sbx_vfs::TreeBuilder::from_tree(self.inner.files.clone());
        builder.dir(&policy.guest_mount_path)?;
        Ok(builder.build())
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy. The files may be those of a sandbox of
    /// another language.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        policy.validate().map_err(sbx_host::Error::from)?;
        let recipe = recipe(image)?;
        let image = self.image(image)?;
        let setup = InstanceSetup::under(&policy, files)?;
        let instance = self.inner.host.open(&self.inner.guest, &image, setup).await?;
        Ok(Interpreter::new(self.inner.host.clone(), instance, image, policy, recipe.runtime()))
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
        policy.validate().map_err(sbx_host::Error::from)?;
        let recipe = recipe(&snapshot.image().name)?;
        let image = self.image(recipe.name)?;
        let added = snapshot.memory_bytes().saturating_sub(image.memory_bytes());
        if added > policy.memory_bytes {
            return Err(Error::SnapshotTooLarge { bytes: added, limit: policy.memory_bytes });
        }
        let setup = InstanceSetup::under(&policy, files)?.with_snapshot(snapshot, descriptors);
        let instance = self.inner.host.open(&self.inner.guest, &image, setup).await?;
        Ok(Interpreter::new(self.inner.host.clone(), instance, image, policy, recipe.runtime()).restored())
    }

    /// The host that it runs on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.inner.host
    }

    /// The image called `name`, loaded once.
    ///
    /// # Errors
    /// An unknown name, or one that is not built.
    pub fn image(&self, name: &str) -> Result<Image> {
        let recipe = recipe(name)?;
        let mut images = self.inner.images.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(image) = images.get(recipe.name) {
            return Ok(image.clone());
        }
        let Inner { cache, guest, manifest, .. } = &*self.inner;
        let image = setup::load_image(cache, recipe, guest, manifest)?.ok_or_else(|| {
            if recipe.has_typescript {
                Error::NoTypeScript
            } else {
                Error::NotSetUp { missing: format!("the image `{name}` is missing") }
            }
        })?;
        images.insert(recipe.name, image.clone());
        Ok(image)
    }
}

fn recipe(name: &str) -> Result<&'static Recipe> {
    Recipe::find(name).ok_or_else(|| Error::UnknownImage {
        name: name.to_owned(),
        available: RECIPES.iter().map(|recipe| recipe.name.to_owned()).collect(),
    })
}
