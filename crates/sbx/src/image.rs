//! Images of users: built from packages, imports and set-up code, and built again when the guest changes.

use sbx_cache::{Cache, fetch::Progress};
use sbx_host::Host;
use sbx_packages::Lock;
use sbx_runtime::ImageInfo;
use sbx_runtime_python::{ImageRecipe, Python, SetupTurn};

use crate::{
    error::Result,
    packages::{Packages, lock_in_use},
    runtimes::Runtimes,
};

/// Builds an image of Python from which runs start with packages imported and helpers defined: a "Dockerfile of turns".
///
/// # Examples
/// ```no_run
/// use sbx::{ImageBuilder, NoProgress, RuntimeType, Runtimes, SandboxBuilder};
///
/// let runtimes = Runtimes::shared()?;
/// ImageBuilder::new("reports")
///     .package("mammoth")
///     .import("mammoth")
///     .setup("helpers.py", "def heading(text): return f'# {text}'")
///     .build(&runtimes, &NoProgress)?;
/// let mut sandbox = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes).image("reports").build()?;
/// assert_eq!(sandbox.execute("print(heading('Sales'))")?.stdout, "# Sales\n");
/// # Ok::<(), sbx::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ImageBuilder {
    recipe: ImageRecipe,
}

impl ImageBuilder {
    /// An image called `name` (lower-case letters, digits, hyphens), in place of one of that name. It begins as the default
    /// image of Python.
    pub fn new(name: impl Into<String>) -> Self {
        Self { recipe: ImageRecipe::new(name) }
    }

    /// The image that it begins as: one that comes with Python, or another own one.
    pub fn from_image(mut self, name: impl Into<String>) -> Self {
        self.recipe.from = name.into();
        self
    }

    /// A vendored package that every run from it can import, with what it needs.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.recipe.packages.push(name.into());
        self
    }

    /// A module that is imported in it. Its name is not defined in programs; what it costs is over when they import it.
    pub fn import(mut self, module: impl Into<String>) -> Self {
        self.recipe.imports.push(module.into());
        self
    }

    /// Code that is run in it, after the imports and in order. What it defines is there in every run.
    pub fn setup(mut self, name: impl Into<String>, code: impl Into<String>) -> Self {
        self.recipe.setup.push(SetupTurn::new(name, code));
        self
    }

    /// Builds it and keeps it in the cache, with its recipe.
    ///
    /// # Errors
    /// An unknown package or image; set-up code that fails, with its traceback, or that leaves files behind.
    pub fn build(&self, runtimes: &Runtimes, progress: &dyn Progress) -> Result<ImageInfo> {
        Packages::open(runtimes, None)?.fetch_named(&self.recipe.packages, progress)?;
        progress.step(&format!("building the image {}", self.recipe.name));
        Ok(runtimes.python().build_image(&self.recipe)?)
    }
}

impl Runtimes {
    /// Builds an own image again as it was built before, with the packages that it had.
    ///
    /// # Errors
    /// No such image; as [`ImageBuilder::build`].
    pub fn rebuild_image(&self, name: &str, progress: &dyn Progress) -> Result<ImageInfo> {
        progress.step(&format!("building the image {name}"));
        rebuild(self.python(), self.cache(), name, progress)
    }

    /// Removes an own image. Sessions that began from it cannot be woken any more.
    ///
    /// # Errors
    /// No such image; a cache that cannot be written.
    pub fn remove_image(&self, name: &str) -> Result<()> {
        Ok(self.python().remove_image(name)?)
    }
}

fn rebuild(python: &Python, cache: &Cache, name: &str, progress: &dyn Progress) -> Result<ImageInfo> {
    if let Some(packages) = python.packages_of_image(name)? {
        let builtin = sbx_runtime_python::setup::builtin(cache)?;
        let packages: Vec<_> = Lock::packages(&packages).collect();
        sbx_packages::fetch(cache, &packages, builtin.python(), progress)?;
    }
    Ok(python.rebuild_image(name)?)
}

/// Compiles packages, and builds own images again that were built for another guest. One that fails is said and left out: set-up itself has done
/// its work.
pub(crate) fn refresh(host: &Host, cache: &Cache, progress: &dyn Progress) -> Result<()> {
    let python = Python::load_with(host, cache.clone(), lock_in_use()?)?;
    python.compile_packages(python.packages().packages())?;
    let mut open: Vec<String> = python.recipes()?.into_iter().map(|recipe| recipe.name).collect();
    // One can begin as another: as long as any is mended, the rest has another chance.
    loop {
        let (mut mended, mut failed) = (false, Vec::new());
        for name in open {
            if python.image(&name).is_ok() {
                continue;
            }
            progress.step(&format!("building the image {name} again"));
            match rebuild(&python, cache, &name, progress) {
                Ok(_) => mended = true,
                Err(error) => failed.push((name, error)),
            }
        }
        if !mended || failed.is_empty() {
            for (name, error) in failed {
                progress.step(&format!("the image {name} is left as it is: {error}"));
            }
            return Ok(());
        }
        open = failed.into_iter().map(|(name, _)| name).collect();
    }
}
