//! Python on this machine: its compiled guest and its images, loaded from the cache.

use std::{fmt, sync::Arc};

use sbx_cache::{Cache, fetch};
use sbx_core::{Deterministic, ExecutionPolicy, RuntimeType, Snapshot};
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_packages::{Ecosystem, Lock};
use sbx_runtime::{
    ImageHome, ImageInfo, Interpreter, Laid, LoadedImage, OwnImages, Request, Runtime, Vendored,
    with_workspace,
};
use sbx_vfs::{DescriptorTable, Quota, Tree};

use crate::{
    assets::{OwnFiles, with_aliases},
    error::{Error, Result},
    images::{RECIPES, Recipe},
    language::CPython,
    setup,
    vendored::SitePackages,
};

/// Python, ready to run; a cheap handle that threads share.
#[derive(Clone)]
pub struct Python {
    inner: Arc<Inner>,
}

struct Inner {
    cache: Cache,
    runtime: Runtime,
    own_files: OwnFiles,
    base: Laid,
    vendored: Vendored<SitePackages>,
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
        Self::load_with(host, cache, Lock::built_in(Ecosystem::Python)?)
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
        let own_files = OwnFiles::load(&cache, &files)?;
        let base = own_files.base_tree()?;
        let runtime = Runtime::new(host.clone(), guest, base.clone());
        let layout = SitePackages { cache: cache.clone(), guest_hash: hash };
        let vendored = Vendored::new(cache.clone(), packages, layout);
        let base = Laid::base(base);
        Ok(Self { inner: Arc::new(Inner { cache, runtime, own_files, base, vendored }) })
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
        images.extend(self.own_images().infos()?);
        Ok(images)
    }

    /// The images of users.
    #[must_use]
    pub fn own_images(&self) -> OwnImages<'_, Self> {
        OwnImages::new(self)
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
        Ok(with_workspace(self.lay_out(None, policy)?.into_tree(), policy)?)
    }

    /// The same for interpreters that start as `image`, with the packages that it was built with.
    ///
    /// # Errors
    /// As [`Python::empty_files`]; an unknown image.
    pub fn empty_files_for(&self, image: &str, policy: &ExecutionPolicy) -> Result<Tree> {
        Ok(with_workspace(self.lay_out(Some(image), policy)?.into_tree(), policy)?)
    }

    /// The runtime's own files and the policy's packages, those of `image` too if one is named: for another language to lay its
    /// own over.
    ///
    /// # Errors
    /// As [`Python::empty_files_for`].
    pub fn lay_out(&self, image: Option<&str>, policy: &ExecutionPolicy) -> Result<Laid> {
        let packages = image.map(|image| self.loaded(image)).transpose()?.and_then(|image| image.packages);
        let (base, names) = (&self.inner.base, policy.packages.as_deref());
        Ok(self.inner.vendored.lay_out(base, names, packages.as_deref())?)
    }

    /// Files of a sandbox of another language with the runtime's own, the policy's packages and those of `image`, unless they
    /// are there already.
    ///
    /// # Errors
    /// As [`Python::empty_files_for`]; something else in the place of the runtime's files.
    pub fn with_packages(&self, files: Tree, image: &str, policy: &ExecutionPolicy) -> Result<Tree> {
        if OwnFiles::are_in(&files)? {
            return Ok(files);
        }
        let packages = self.loaded(image)?.packages;
        let files = self.inner.own_files.lay_over(files)?;
        Ok(self.inner.vendored.lay_into(files, policy.packages.as_deref(), packages.as_deref())?)
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        let setup = with_aliases(InstanceSetup::under(&policy, files)?, &policy.mounts)?;
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
        let setup = with_aliases(InstanceSetup::under(&policy, files)?, &policy.mounts)?
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

    fn loaded(&self, name: &str) -> Result<LoadedImage> {
        let runtime = RuntimeType::Python;
        self.inner.runtime.image(name, || match Recipe::find(name) {
            Some(recipe) => {
                let image = setup::load_image(&self.inner.cache, recipe, self.guest())?;
                let missing = || Error::NotSetUp { missing: format!("the image `{name}` is missing") };
                Ok(LoadedImage { image: image.ok_or_else(missing)?, runtime, packages: None })
            }
            None => {
                let (image, packages) = self.own_images().load(name)?;
                Ok(LoadedImage { image, runtime, packages: Some(Arc::new(packages)) })
            }
        })
    }

    /// The runtime's own files with exactly these packages.
    pub(crate) fn files_with(&self, packages: &Lock) -> Result<Tree> {
        Ok(self.inner.vendored.lay_out(&self.inner.base, Some(&[]), Some(packages))?.into_tree())
    }
}

impl ImageHome for Python {
    type Error = Error;

    fn runtime(&self) -> RuntimeType {
        RuntimeType::Python
    }

    fn cache(&self) -> &Cache {
        &self.inner.cache
    }

    fn host(&self) -> &Host {
        self.inner.runtime.host()
    }

    fn guest(&self) -> &Guest {
        self.inner.runtime.guest()
    }

    fn lock(&self) -> &Lock {
        self.inner.vendored.lock()
    }

    fn names(&self) -> Vec<&'static str> {
        RECIPES.iter().map(|recipe| recipe.name).collect()
    }

    fn image(&self, name: &str) -> Result<Image> {
        Ok(self.loaded(name)?.image)
    }

    fn forget_image(&self, name: &str) {
        self.inner.runtime.forget_image(name);
    }

    fn is_module(&self, name: &str) -> bool {
        name.split('.').all(|part| {
            part.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                && part.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
        })
    }

    fn import(&self, module: &str) -> String {
        format!("import {module}")
    }

    fn build_setup(&self, packages: &Lock) -> Result<(InstanceSetup, Tree)> {
        let files = self.files_with(packages)?;
        let setup = with_aliases(InstanceSetup::new(files.clone(), Quota::default()), &[])?
            .with_args(vec!["/usr/local/bin/python.wasm".to_owned()])
            .with_deterministic(Some(Deterministic::new(0)));
        Ok((setup, files))
    }

    fn complete(&self, _from: &str, _request: &mut Request<'_>) -> RuntimeType {
        RuntimeType::Python
    }
}
