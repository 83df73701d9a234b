//! What all interpreters of one language share.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_packages::Lock;
use sbx_vfs::{Tree, TreeBuilder};

use crate::{
    error::{Error, Result},
    interpreter::Interpreter,
    language::Language,
};

/// A compiled guest, the files it starts with, and its images, each loaded once.
pub struct Runtime {
    host: Host,
    guest: Guest,
    files: Tree,
    images: Mutex<BTreeMap<String, LoadedImage>>,
}

/// An image that was loaded.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "each language makes them, and must see a new field")]
pub struct LoadedImage {
    /// The image.
    pub image: Image,
    /// The language of what runs from it.
    pub runtime: RuntimeType,
    /// The packages that it brings, if it is one of a user's.
    pub packages: Option<Arc<Lock>>,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("guest", &self.guest).finish_non_exhaustive()
    }
}

impl Runtime {
    /// The runtime of `guest`, whose sandboxes start with `files`.
    #[must_use]
    pub fn new(host: Host, guest: Guest, files: Tree) -> Self {
        Self { host, guest, files, images: Mutex::default() }
    }

    /// The host that it runs on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The compiled guest.
    #[must_use]
    pub fn guest(&self) -> &Guest {
        &self.guest
    }

    /// The files of an empty sandbox: the runtime's own, an empty workspace, an empty `/tmp`. A fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree, sbx_vfs::Error> {
        with_workspace(self.files.clone(), policy)
    }

    /// The image called `name`, from `load` the first time. Of two that load it at once one is kept: an image of a user's is
    /// named by the one that it begins as, so that loading one asks for another.
    ///
    /// # Errors
    /// What `load` fails at.
    pub fn image<E>(
        &self,
        name: &str,
        load: impl FnOnce() -> Result<LoadedImage, E>,
    ) -> Result<LoadedImage, E> {
        if let Some(loaded) = self.images().get(name) {
            return Ok(loaded.clone());
        }
        let loaded = load()?;
        self.images().insert(name.to_owned(), loaded.clone());
        Ok(loaded)
    }

    /// Loads the image anew when it is asked for next.
    pub fn forget_image(&self, name: &str) {
        self.images().remove(name);
    }

    fn images(&self) -> MutexGuard<'_, BTreeMap<String, LoadedImage>> {
        self.images.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens an interpreter that starts as `image`, or goes on from the snapshot in `setup`.
    ///
    /// Unless the policy is deterministic, one that goes on is seeded anew: two interpreters woken from one snapshot draw
    /// different numbers. In deterministic mode nothing tells it from the one that was captured.
    ///
    /// # Errors
    /// A snapshot with more memory than the policy allows, or over another image; what the host fails at.
    pub async fn open(
        &self,
        language: &'static dyn Language,
        image: Image,
        policy: Arc<ExecutionPolicy>,
        setup: InstanceSetup,
    ) -> Result<Interpreter> {
        let is_woken = setup.snapshot.is_some();
        if let Some((snapshot, _)) = &setup.snapshot {
            let bytes = snapshot.memory_bytes().saturating_sub(image.memory_bytes());
            if bytes > policy.memory_bytes {
                return Err(Error::SnapshotTooLarge { bytes, limit: policy.memory_bytes });
            }
        }
        let instance = self.host.open(&self.guest, &image, setup).await?;
        let wakes = !is_woken || policy.deterministic.is_none();
        Ok(Interpreter {
            language,
            host: self.host.clone(),
            instance,
            image,
            policy,
            turn: 0,
            wakes,
            is_broken: false,
        })
    }
}

/// `files` with the policy's workspace among them, empty unless it is there.
///
/// # Errors
/// If it cannot be made.
pub fn with_workspace(files: Tree, policy: &ExecutionPolicy) -> Result<Tree, sbx_vfs::Error> {
    let mut builder = TreeBuilder::from_tree(files);
    builder.dir(&policy.guest_mount_path)?;
    Ok(builder.build())
}
