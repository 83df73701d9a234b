//! JavaScript on this machine: its compiled guest and its images, loaded from the cache.

use std::{fmt, sync::Arc};

use sbx_cache::Cache;
use sbx_core::{Deterministic, ExecutionPolicy, RuntimeType, Snapshot};
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_packages::{Ecosystem, Lock};
use sbx_runtime::{
    ImageHome, ImageInfo, Interpreter, Laid, Language, LoadedImage, OwnImages, Request, Runtime, Vendored,
    with_workspace,
};
use sbx_vfs::{DescriptorTable, Quota, Tree};

use crate::{
    assets,
    error::{Error, Result},
    images::{RECIPES, Recipe},
    language::Script,
    manifest::Manifest,
    setup,
    vendored::{NodeModules, PACKAGES_HOME},
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
    base: Laid,
    vendored: Vendored<NodeModules>,
}

impl fmt::Debug for JavaScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JavaScript").field("runtime", &self.inner.runtime).finish_non_exhaustive()
    }
}

impl JavaScript {
    /// Loads JavaScript from the cache, with the packages that come with the project; milliseconds.
    ///
    /// # Errors
    /// [`Error::NotSetUp`] if [`setup::set_up`] has not been run with this version, or something it made is damaged.
    pub fn load(host: &Host, cache: Cache) -> Result<Self> {
        Self::load_with(host, cache, Lock::built_in(Ecosystem::JavaScript)?)
    }

    /// The same with the packages of another lock file.
    ///
    /// # Errors
    /// As [`JavaScript::load`].
    pub fn load_with(host: &Host, cache: Cache, packages: Lock) -> Result<Self> {
        let manifest = Manifest::load()?;
        let guest = setup::load_guest(host, &cache, &manifest)?
            .ok_or_else(|| Error::NotSetUp { missing: "the guest is missing".to_owned() })?;
        let base = assets::base_tree()?;
        let runtime = Runtime::new(host.clone(), guest, base.clone());
        let vendored = Vendored::new(cache.clone(), packages, NodeModules);
        let base = Laid::base(base);
        Ok(Self { inner: Arc::new(Inner { cache, manifest, runtime, base, vendored }) })
    }

    /// The images there are: those that come with JavaScript, then users' own.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn images(&self) -> Result<Vec<ImageInfo>> {
        let Inner { cache, manifest, runtime, .. } = &*self.inner;
        let mut images = Vec::new();
        for recipe in &RECIPES {
            let image = setup::load_image(cache, recipe, runtime.guest(), manifest)?;
            images.push(ImageInfo {
                runtime: recipe.language().runtime(),
                name: recipe.name.to_owned(),
                description: recipe.description.to_owned(),
                memory_bytes: image.map(|image| image.memory_bytes()),
                file: recipe.file(runtime.guest().hash(), &manifest.typescript_hash()),
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

    /// The packages that guests can import.
    #[must_use]
    pub fn packages(&self) -> &Lock {
        self.inner.vendored.lock()
    }

    /// The files of an empty sandbox: the policy's packages, an empty workspace, an empty `/tmp`. Laid out once for each set of
    /// packages; a fork of it is one clone.
    ///
    /// # Errors
    /// If the policy's workspace cannot be made, or names a package that the lock file does not have or that is not fetched.
    pub fn empty_files(&self, policy: &ExecutionPolicy) -> Result<Tree> {
        Ok(with_workspace(self.lay_over(&self.inner.base, None, policy)?.into_tree(), policy)?)
    }

    /// The same for interpreters that start as `image`, with the packages that it was built with.
    ///
    /// # Errors
    /// As [`JavaScript::empty_files`]; an unknown image.
    pub fn empty_files_for(&self, image: &str, policy: &ExecutionPolicy) -> Result<Tree> {
        let laid = self.lay_over(&self.inner.base, Some(image), policy)?;
        Ok(with_workspace(laid.into_tree(), policy)?)
    }

    /// The policy's packages over other files, such as another language's; those of `image` too, if one is named.
    ///
    /// # Errors
    /// As [`JavaScript::empty_files`]; an unknown image.
    pub fn lay_over(&self, files: &Laid, image: Option<&str>, policy: &ExecutionPolicy) -> Result<Laid> {
        let packages = image.map(|image| self.loaded(image)).transpose()?.and_then(|image| image.packages);
        Ok(self.inner.vendored.lay_out(files, policy.packages.as_deref(), packages.as_deref())?)
    }

    /// Files of another sandbox with the policy's packages and those of `image`, unless they have packages of JavaScript already.
    ///
    /// # Errors
    /// As [`JavaScript::empty_files`]; an unknown image.
    pub fn with_packages(&self, files: Tree, image: &str, policy: &ExecutionPolicy) -> Result<Tree> {
        if files.exists(&assets::fixed(PACKAGES_HOME)?) {
            return Ok(files);
        }
        let packages = self.loaded(image)?.packages;
        Ok(self.inner.vendored.lay_into(files, policy.packages.as_deref(), packages.as_deref())?)
    }

    /// The files of an empty sandbox with exactly these packages, without a workspace.
    ///
    /// # Errors
    /// Packages that are not fetched.
    pub fn files_with(&self, packages: &Lock) -> Result<Tree> {
        Ok(self.inner.vendored.lay_out(&self.inner.base, Some(&[]), Some(packages))?.into_tree())
    }

    /// Opens an interpreter that starts as `image`, on `files`, inside the policy. The files may be those of a sandbox of
    /// another language.
    ///
    /// # Errors
    /// An unknown image; a policy that makes no sense or grants a folder that cannot be opened.
    pub async fn open(&self, image: &str, policy: Arc<ExecutionPolicy>, files: Tree) -> Result<Interpreter> {
        let setup = InstanceSetup::under(&policy, files)?;
        let loaded = self.loaded(image)?;
        Ok(self.inner.runtime.open(language(&loaded), loaded.image, policy, setup).await?)
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
        let loaded = self.loaded(&snapshot.image().name)?;
        let setup = InstanceSetup::under(&policy, files)?.with_snapshot(snapshot, descriptors);
        Ok(self.inner.runtime.open(language(&loaded), loaded.image, policy, setup).await?)
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
        let Inner { cache, manifest, runtime, .. } = &*self.inner;
        runtime.image(name, || {
            let Some(recipe) = Recipe::find(name) else {
                let own = self.own_images();
                let (image, packages) = own.load(name)?;
                let script = script_of(&own.root(name)?);
                let packages = Some(Arc::new(packages));
                return Ok(LoadedImage { image, runtime: script.runtime(), packages });
            };
            let image = setup::load_image(cache, recipe, runtime.guest(), manifest)?.ok_or_else(|| {
                if recipe.has_typescript {
                    Error::NoTypeScript
                } else {
                    Error::NotSetUp { missing: format!("the image `{name}` is missing") }
                }
            })?;
            Ok(LoadedImage { image, runtime: recipe.language().runtime(), packages: None })
        })
    }
}

impl ImageHome for JavaScript {
    type Error = Error;

    fn runtime(&self) -> RuntimeType {
        RuntimeType::JavaScript
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
        name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '@')
            && name.chars().all(|char| char.is_ascii_alphanumeric() || "@/._:-".contains(char))
    }

    /// In both forms that a package may have; the second is there already where it has one.
    fn import(&self, module: &str) -> String {
        format!("await import('{module}'); try {{ require('{module}'); }} catch {{ /* it has one form */ }}")
    }

    fn build_setup(&self, packages: &Lock) -> Result<(InstanceSetup, Tree)> {
        let files = self.files_with(packages)?;
        let setup = InstanceSetup::new(files.clone(), Quota::default())
            .with_deterministic(Some(Deterministic::new(0)));
        Ok((setup, files))
    }

    fn complete(&self, from: &str, request: &mut Request<'_>) -> RuntimeType {
        let script = script_of(from);
        let extension = request.name.and_then(|name| Some(name.rsplit_once('.')?.1));
        script.describe(request, extension);
        script.runtime()
    }
}

/// The language of what runs from an image that begins as this one.
fn script_of(root: &str) -> &'static Script {
    Recipe::find(root).map_or(&Script::JavaScript, Recipe::language)
}

fn language(image: &LoadedImage) -> &'static Script {
    if image.runtime == RuntimeType::TypeScript { &Script::TypeScript } else { &Script::JavaScript }
}
