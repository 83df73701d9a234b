//! The languages on this machine, loaded once and shared by every sandbox.

use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use sbx_cache::{Cache, fetch::Progress};
use sbx_host::{Host, HostConfig};
use sbx_runtime_python::Python;

use crate::error::Result;

/// The languages that are set up on this machine; a cheap handle.
#[derive(Debug, Clone)]
pub struct Runtimes {
    python: Python,
}

impl Runtimes {
    /// Loads what is in the cache at `cache_root`, by default `$SBX_CACHE` or the user's cache folder. Takes some tens of
    /// milliseconds, once for each process.
    ///
    /// # Errors
    /// If nothing is set up there, see [`set_up`].
    pub fn load(cache_root: Option<&Path>) -> Result<Self> {
        Self::load_with(cache_root, &HostConfig::default())
    }

    /// The same with a host of another kind.
    ///
    /// # Errors
    /// As [`Runtimes::load`].
    pub fn load_with(cache_root: Option<&Path>, config: &HostConfig) -> Result<Self> {
        let cache = Cache::open(&Cache::locate(cache_root)?)?;
        Ok(Self { python: Python::load(&Host::new(config)?, cache)? })
    }

    /// The runtimes that [`create_sandbox`](crate::create_sandbox) uses: those of the default cache, loaded at the first
    /// call. A failure is not remembered.
    ///
    /// # Errors
    /// As [`Runtimes::load`].
    pub fn shared() -> Result<Self> {
        static SHARED: OnceLock<Runtimes> = OnceLock::new();
        static LOADING: Mutex<()> = Mutex::new(());
        if let Some(shared) = SHARED.get() {
            return Ok(shared.clone());
        }
        let _only_one = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        match SHARED.get() {
            Some(shared) => Ok(shared.clone()),
            None => {
                let loaded = Self::load(None)?;
                Ok(SHARED.get_or_init(|| loaded).clone())
            }
        }
    }

    /// Python.
    #[must_use]
    pub fn python(&self) -> &Python {
        &self.python
    }
}

/// Sets everything up in the cache at `cache_root`: downloads the guests (or takes them from `source`, a local file or
/// folder), verifies, compiles, builds the images. Minutes the first time, milliseconds when there is nothing to do.
///
/// # Errors
/// No pip, no network, a wrong hash, a full disk, a read-only cache: each says what to do. What was finished stays.
pub fn set_up(cache_root: Option<&Path>, source: Option<&Path>, progress: &dyn Progress) -> Result<()> {
    let cache = Cache::open(&Cache::locate(cache_root)?)?;
    let host = Host::new(&HostConfig::default())?;
    Ok(sbx_runtime_python::setup::set_up(&host, &cache, source, progress)?)
}
