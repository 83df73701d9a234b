//! Images of users: built from packages, imports and set-up code, and built again when the guest changes.

use sbx_cache::fetch::Progress;
use sbx_core::RuntimeType;
use sbx_host::Host;
use sbx_packages::{Ecosystem, Lock};
use sbx_runtime::{ImageHome, ImageInfo, ImageProblem, ImageRecipe, OwnImages, SetupTurn};
use sbx_runtime_js::JavaScript;
use sbx_runtime_python::Python;

use crate::{
    error::{Error, Result},
    packages::{Packages, bring_for, ecosystem_of, lock_in_use},
    runtimes::{Runtimes, default_image},
};

/// Builds an image from which runs start with packages imported and helpers defined: a "Dockerfile of turns". It is one of Python
/// unless [`ImageBuilder::runtime`] says otherwise.
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
    runtime: RuntimeType,
    /// Whether the recipe begins as the runtime's default image.
    begins_as_default: bool,
    recipe: ImageRecipe,
}

impl ImageBuilder {
    /// An image called `name` (lower-case letters, digits, hyphens), in place of one of that name. It begins as the default
    /// image of its runtime.
    pub fn new(name: impl Into<String>) -> Self {
        let runtime = RuntimeType::Python;
        Self { runtime, begins_as_default: true, recipe: ImageRecipe::new(name, default_image(runtime)) }
    }

    /// The language of the runs that start from it, and of its set-up code. Default Python.
    pub fn runtime(mut self, runtime: RuntimeType) -> Self {
        self.runtime = runtime;
        if self.begins_as_default {
            default_image(runtime).clone_into(&mut self.recipe.from);
        }
        self
    }

    /// The image that it begins as: one that comes with the runtime, or another own one of it.
    pub fn from_image(mut self, name: impl Into<String>) -> Self {
        (self.recipe.from, self.begins_as_default) = (name.into(), false);
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
        let name = &self.recipe.name;
        Packages::open(runtimes, self.runtime, None)?.fetch_named(&self.recipe.packages, progress)?;
        progress.step(&format!("building the image {name}"));
        match ecosystem_of(self.runtime) {
            Ecosystem::JavaScript => {
                // One name stands for one image, whatever its language.
                refuse_taken(runtimes.python()?, name, self.runtime)?;
                Ok(runtimes.javascript()?.own_images().build(&self.recipe)?)
            }
            Ecosystem::Python | _ => {
                if let Some(javascript) = runtimes.javascript_if_set_up()? {
                    refuse_taken(javascript, name, self.runtime)?;
                }
                Ok(runtimes.python()?.own_images().build(&self.recipe)?)
            }
        }
    }
}

fn refuse_taken<H: ImageHome>(other: &H, name: &str, runtime: RuntimeType) -> Result<()> {
    let is_taken = other.names().contains(&name) || OwnImages::new(other).find(name)?.is_some();
    if !is_taken {
        return Ok(());
    }
    let problem = format!("there is an image of {} with that name", other.runtime());
    Err(Error::Runtime(ImageProblem::BadRecipe { image: name.to_owned(), problem }.of(runtime)))
}

impl Runtimes {
    /// Builds an own image again as it was built before, with the packages that it had.
    ///
    /// # Errors
    /// No such image; as [`ImageBuilder::build`].
    pub fn rebuild_image(&self, name: &str, progress: &dyn Progress) -> Result<ImageInfo> {
        progress.step(&format!("building the image {name}"));
        match self.javascript_with(name)? {
            Some(javascript) => rebuild(javascript, name, progress),
            None => rebuild(self.python()?, name, progress),
        }
    }

    /// Removes an own image. Sessions that began from it cannot be woken any more.
    ///
    /// # Errors
    /// No such image; a cache that cannot be written.
    pub fn remove_image(&self, name: &str) -> Result<()> {
        match self.javascript_with(name)? {
            Some(javascript) => Ok(javascript.own_images().remove(name)?),
            None => Ok(self.python()?.own_images().remove(name)?),
        }
    }

    /// JavaScript, if it has an own image of this name.
    fn javascript_with(&self, name: &str) -> Result<Option<&JavaScript>> {
        let Some(javascript) = self.javascript_if_set_up()? else { return Ok(None) };
        Ok(javascript.own_images().find(name)?.map(|_| javascript))
    }
}

fn rebuild<H: ImageHome>(home: &H, name: &str, progress: &dyn Progress) -> Result<ImageInfo>
where
    Error: From<H::Error>,
{
    let own = OwnImages::new(home);
    if let Some(image) = own.find(name)? {
        let packages: Vec<_> = Lock::packages(image.packages()).collect();
        bring_for(home.cache(), image.packages().ecosystem(), &packages, progress)?;
    }
    Ok(own.rebuild(name)?)
}

/// Compiles packages of Python, and builds own images of Python again that were built for another guest.
pub(crate) fn refresh_python(host: &Host, cache: &sbx_cache::Cache, progress: &dyn Progress) -> Result<()> {
    let python = Python::load_with(host, cache.clone(), lock_in_use(Ecosystem::Python)?)?;
    python.compile_packages(python.packages().packages())?;
    refresh(&python, progress)
}

/// Builds own images of JavaScript again that were built for another guest.
pub(crate) fn refresh_javascript(
    host: &Host,
    cache: &sbx_cache::Cache,
    progress: &dyn Progress,
) -> Result<()> {
    refresh(&JavaScript::load_with(host, cache.clone(), lock_in_use(Ecosystem::JavaScript)?)?, progress)
}

/// One that fails is said and left out: set-up itself has done its work.
fn refresh<H: ImageHome>(home: &H, progress: &dyn Progress) -> Result<()>
where
    Error: From<H::Error>,
{
    let all = OwnImages::new(home).all()?;
    let mut open: Vec<String> = all.into_iter().map(|own| own.recipe().name.clone()).collect();
    // One can begin as another: as long as any is mended, the rest has another chance.
    loop {
        let (mut mended, mut failed) = (false, Vec::new());
        for name in open {
            if home.image(&name).is_ok() {
                continue;
            }
            progress.step(&format!("building the image {name} again"));
            match rebuild(home, &name, progress) {
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
