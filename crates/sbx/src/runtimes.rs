//! The languages on this machine, loaded once and shared by every sandbox.

use std::{
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use sbx_cache::{Cache, fetch::Progress};
use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_host::{Host, HostConfig};
use sbx_packages::{Ecosystem, Lock};
use sbx_runtime::{ImageInfo, with_workspace};
use sbx_runtime_js::JavaScript;
use sbx_runtime_python::Python;
use sbx_vfs::Tree;

use crate::{error::Result, image, packages};

/// The image that a runtime's interpreters start from unless another is named.
#[must_use]
pub fn default_image(runtime: RuntimeType) -> &'static str {
    match runtime {
        RuntimeType::JavaScript => sbx_runtime_js::DEFAULT_IMAGE,
        RuntimeType::TypeScript => sbx_runtime_js::TYPESCRIPT_IMAGE,
        RuntimeType::Python | _ => sbx_runtime_python::DEFAULT_IMAGE,
    }
}

/// The languages that are set up on this machine, each loaded when it is first used; a cheap handle.
#[derive(Debug, Clone)]
pub struct Runtimes {
    host: Host,
    cache: Cache,
    python: Arc<OnceLock<Python>>,
    javascript: Arc<OnceLock<JavaScript>>,
}

impl Runtimes {
    /// The languages in the cache at `cache_root`, by default `$SBX_CACHE` or the user's cache folder, with the packages of the
    /// lock files that `$SBX_LOCK` and `$SBX_LOCK_JS` name or that come with the project. Loading a language takes some
    /// milliseconds, once for each process.
    ///
    /// # Errors
    /// If nothing is set up there, see [`set_up`]. What is damaged or missing is said when it is first used.
    pub fn load(cache_root: Option<&Path>) -> Result<Self> {
        Self::load_with(cache_root, &HostConfig::default())
    }

    /// The same with a host of another kind.
    ///
    /// # Errors
    /// As [`Runtimes::load`].
    pub fn load_with(cache_root: Option<&Path>, config: &HostConfig) -> Result<Self> {
        let cache = Cache::open(&Cache::locate(cache_root)?)?;
        let host = Host::new(config)?;
        let runtimes = Self { host, cache, python: Arc::default(), javascript: Arc::default() };
        if !runtimes.cache.root().join("guests").exists() {
            runtimes.python()?; // It says what to do.
        }
        Ok(runtimes)
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

    /// The host that all of them run on.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Python.
    ///
    /// # Errors
    /// If it is not set up. A failure is not remembered.
    pub fn python(&self) -> Result<&Python> {
        loaded(&self.python, || {
            let lock = packages::lock_in_use(Ecosystem::Python)?;
            Ok(Python::load_with(&self.host, self.cache.clone(), lock)?)
        })
    }

    /// The cache that they were loaded from.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// JavaScript and TypeScript, on the same host.
    ///
    /// # Errors
    /// If it is not set up. A failure is not remembered.
    pub fn javascript(&self) -> Result<&JavaScript> {
        loaded(&self.javascript, || {
            let lock = packages::lock_in_use(Ecosystem::JavaScript)?;
            Ok(JavaScript::load_with(&self.host, self.cache.clone(), lock)?)
        })
    }

    /// The same; nothing if it is not set up.
    pub(crate) fn javascript_if_set_up(&self) -> Result<Option<&JavaScript>> {
        match self.javascript() {
            Ok(javascript) => Ok(Some(javascript)),
            Err(crate::Error::JavaScript(sbx_runtime_js::Error::NotSetUp { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The images of all runtimes that are set up.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let mut images = self.python()?.images()?;
        if let Some(javascript) = self.javascript_if_set_up()? {
            images.extend(javascript.images()?);
        }
        Ok(images)
    }

    /// The files of an empty sandbox that starts as `image`.
    pub(crate) fn empty_files(
        &self,
        runtime: RuntimeType,
        image: &str,
        policy: &ExecutionPolicy,
    ) -> Result<Tree> {
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                let (_, for_javascript) = self.policies(Ecosystem::JavaScript, policy)?;
                Ok(self.javascript()?.empty_files_for(image, &for_javascript)?)
            }
            RuntimeType::Python | _ => {
                let (for_python, _) = self.policies(Ecosystem::Python, policy)?;
                Ok(self.python()?.empty_files_for(image, &for_python)?)
            }
        }
    }

    /// Files of another sandbox, as one of this runtime goes on with them: those of another language lack what this one needs.
    pub(crate) fn adopt(
        &self,
        files: Tree,
        (runtime, image): (RuntimeType, &str),
        policy: &ExecutionPolicy,
    ) -> Result<Tree> {
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                let (_, for_javascript) = self.policies(Ecosystem::JavaScript, policy)?;
                Ok(self.javascript()?.with_packages(files, image, &for_javascript)?)
            }
            RuntimeType::Python | _ => {
                let (for_python, _) = self.policies(Ecosystem::Python, policy)?;
                Ok(self.python()?.with_packages(files, image, &for_python)?)
            }
        }
    }

    /// The files that a session's lie on: its programs can be of any language, so they have the packages of all.
    pub(crate) fn session_files(
        &self,
        runtime: RuntimeType,
        image: &str,
        policy: &ExecutionPolicy,
    ) -> Result<Tree> {
        let Some(javascript) = self.javascript_if_set_up()? else {
            return self.empty_files(runtime, image, policy);
        };
        let is_python = runtime == RuntimeType::Python;
        let ecosystem = if is_python { Ecosystem::Python } else { Ecosystem::JavaScript };
        let (for_python, for_javascript) = self.policies(ecosystem, policy)?;
        let below = self.python()?.lay_out(is_python.then_some(image), &for_python)?;
        let laid = javascript.lay_over(&below, (!is_python).then_some(image), &for_javascript)?;
        Ok(with_workspace(laid.into_tree(), policy)?)
    }

    /// The policy as Python and as JavaScript read it for a run of `runtime`. A policy can name packages of both, since programs of
    /// both can share files: each takes its own, and names that neither has are left to the runtime, for its error.
    fn policies(
        &self,
        runtime: Ecosystem,
        policy: &ExecutionPolicy,
    ) -> Result<(ExecutionPolicy, ExecutionPolicy)> {
        let (mut for_python, mut for_javascript) = (policy.clone(), policy.clone());
        if let (Some(names), Some(javascript)) = (&policy.packages, self.javascript_if_set_up()?) {
            let (pythons, javascripts) = (self.python()?.packages(), javascript.packages());
            let of = |own: &Lock, other: &Lock| {
                let is_own =
                    |name: &&String| own.has(name) || (own.ecosystem() == runtime && !other.has(name));
                names.iter().filter(is_own).cloned().collect()
            };
            for_python.packages = Some(of(pythons, javascripts));
            for_javascript.packages = Some(of(javascripts, pythons));
        }
        Ok((for_python, for_javascript))
    }

    /// Whether there is such an image for this runtime.
    pub(crate) fn check_image(&self, runtime: RuntimeType, image: &str) -> Result<()> {
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                self.javascript()?.image(image)?;
            }
            RuntimeType::Python | _ => {
                self.python()?.image(image)?;
            }
        }
        Ok(())
    }
}

/// What `once` holds; filled by `load` if nothing does. Of two that load at once one is kept; it is a matter of milliseconds.
fn loaded<T>(once: &OnceLock<T>, load: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(there) = once.get() {
        return Ok(there);
    }
    let new = load()?;
    Ok(once.get_or_init(|| new))
}

/// Sets everything up in the cache at `cache_root`: downloads the guests (or takes them from `source`, a local file or
/// folder), verifies, compiles, builds the images. Minutes the first time, milliseconds when there is nothing to do.
/// Python needs pip, JavaScript cargo too, TypeScript npm too, and is left out without; so are vendored packages without a
/// network, those of JavaScript without npm.
///
/// # Errors
/// No pip, no cargo, no network, a wrong hash, a full disk, a read-only cache: each says what to do. What was finished stays.
pub fn set_up(cache_root: Option<&Path>, source: Option<&Path>, progress: &dyn Progress) -> Result<()> {
    let cache = Cache::open(&Cache::locate(cache_root)?)?;
    let host = Host::new(&HostConfig::default())?;
    sbx_runtime_python::setup::set_up(&host, &cache, source, progress)?;
    packages::set_up(&cache, Ecosystem::Python, progress)?;
    image::refresh_python(&host, &cache, progress)?;
    sbx_runtime_js::setup::set_up(&host, &cache, source, progress)?;
    packages::set_up(&cache, Ecosystem::JavaScript, progress)?;
    image::refresh_javascript(&host, &cache, progress)
}
