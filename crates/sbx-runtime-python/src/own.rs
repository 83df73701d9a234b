//! Images of users: another image, packages, imports, and any turns run once, a recipe of turns.
//!
//! A recipe is kept beside the image, sealed, with the very packages it was built with: the image can be built again for
//! another guest, and what runs from it sees its packages without naming them.

use std::{fs, io::Write as _};

use sbx_cache::{Cache, Digest};
use sbx_core::{Deterministic, RuntimeType};
use sbx_host::{Image, InstanceSetup};
use sbx_packages::Lock;
use sbx_runtime::{ImageInfo, Op, Request};
use sbx_vfs::Quota;
use serde::{Deserialize, Serialize};

use crate::{
    assets,
    error::{Error, Result},
    images::Recipe,
    python::Python,
    setup,
};

/// Version of the stored form, and what it is sealed for.
const FORMAT: &str = "image recipe 1";

/// Where recipes are, relative to the cache.
const FOLDER: &str = "recipes/python";

/// The longest name of an image, in bytes.
const MAX_NAME: usize = 48;

/// How often an image may begin as another own one.
const MAX_PARENTS: usize = 16;

/// How an image of a user's is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ImageRecipe {
    /// Its name: lower-case letters, digits and hyphens.
    pub name: String,
    /// The image that it begins as. Default [`crate::DEFAULT_IMAGE`].
    pub from: String,
    /// Vendored packages that every run from it can import, with what they need.
    pub packages: Vec<String>,
    /// Modules that are imported in it.
    pub imports: Vec<String>,
    /// Turns that are run in it, in order. What they define in `__main__` is there in every run.
    pub setup: Vec<SetupTurn>,
}

/// Set-up code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SetupTurn {
    /// Its name in tracebacks.
    pub name: String,
    /// The source.
    pub code: String,
}

impl SetupTurn {
    /// Set-up code called `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, code: impl Into<String>) -> Self {
        Self { name: name.into(), code: code.into() }
    }
}

impl ImageRecipe {
    /// An image that is nothing but a copy of the default one.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let from = crate::DEFAULT_IMAGE.to_owned();
        Self { name: name.into(), from, packages: Vec::new(), imports: Vec::new(), setup: Vec::new() }
    }

    fn check(&self) -> Result<()> {
        let bad =
            |problem: &str| Err(Error::BadRecipe { image: self.name.clone(), problem: problem.to_owned() });
        if !is_name(&self.name) {
            return bad(
                "its name is not one of lower-case letters, digits and hyphens, beginning with a letter",
            );
        }
        if Recipe::find(&self.name).is_some() {
            return bad("an image that comes with sbx has that name");
        }
        let dotted = |module: &String| {
            module.split('.').all(|part| {
                part.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
                    && part.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
            })
        };
        if !self.imports.iter().all(dotted) {
            return bad("what is to be imported is not the name of a module");
        }
        Ok(())
    }

    fn description(&self) -> String {
        let mut parts = vec![self.from.clone()];
        parts.extend(self.packages.iter().cloned());
        parts.extend(self.imports.iter().filter(|module| !self.packages.contains(module)).cloned());
        parts.extend(self.setup.iter().map(|turn| turn.name.clone()));
        parts.join(" + ")
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|char: char| char.is_ascii_lowercase())
        && name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-')
}

/// A recipe as it is kept: with the packages that it was built with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    recipe: ImageRecipe,
    /// The text of a lock file.
    packages: String,
    /// The image's file in the cache when it was built.
    file: String,
}

/// An image of a user's, as far as it is there.
#[derive(Debug, Clone)]
pub(crate) struct OwnImage {
    pub(crate) recipe: ImageRecipe,
    pub(crate) packages: Lock,
    /// Where it was built to, which is another place than [`OwnImage::file`] if it is stale.
    built: String,
}

impl OwnImage {
    /// The recipe called `name`; `None` if there is none.
    pub(crate) fn find(cache: &Cache, name: &str) -> Result<Option<Self>> {
        if !is_name(name) {
            return Ok(None);
        }
        let sealed = match cache.get(&entry(name), FORMAT) {
            Ok(Some(sealed)) => sealed,
            Ok(None) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let bad = |problem: String| Error::BadRecipe { image: name.to_owned(), problem };
        let text = std::io::read_to_string(sealed.file).map_err(|error| bad(error.to_string()))?;
        let stored: Stored = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let packages = Lock::parse(&stored.packages)?;
        Ok(Some(Self { recipe: stored.recipe, packages, built: stored.file }))
    }

    /// All recipes, by name.
    pub(crate) fn all(cache: &Cache) -> Result<Vec<Self>> {
        let Ok(entries) = fs::read_dir(cache.root().join(FOLDER)) else { return Ok(Vec::new()) };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names.iter().filter_map(|name| Self::find(cache, name).transpose()).collect()
    }

    /// The image's file in the cache: named by everything that decides the content.
    pub(crate) fn file(&self, python: &Python) -> Result<String> {
        file_of(python, &self.recipe, &self.packages)
    }

    pub(crate) fn load(&self, python: &Python) -> Result<Option<Image>> {
        let file = self.file(python)?;
        match Image::load(python.cache(), &file, python.guest().hash()) {
            Err(
                sbx_host::Error::BadImage { .. } | sbx_host::Error::Cache(sbx_cache::Error::Corrupt { .. }),
            ) => Ok(None),
            other => Ok(other?),
        }
    }

    pub(crate) fn info(&self, python: &Python) -> ImageInfo {
        ImageInfo {
            runtime: RuntimeType::Python,
            name: self.recipe.name.clone(),
            description: self.recipe.description(),
            // One whose parent is gone or stale is as good as not built.
            memory_bytes: self.load(python).ok().flatten().map(|image| image.memory_bytes()),
            file: self.file(python).unwrap_or_default(),
        }
    }
}

/// Where the image of a recipe is: named by the image that it begins as, its packages, and the recipe.
fn file_of(python: &Python, recipe: &ImageRecipe, packages: &Lock) -> Result<String> {
    let parent = python.image(&recipe.from)?;
    let reference = parent.reference();
    let text = serde_json::to_string(recipe)
        .map_err(|error| Error::BadRecipe { image: recipe.name.clone(), problem: error.to_string() })?;
    let inputs = [FORMAT, &reference.guest, &reference.digest, &packages.to_text(), &text].join("\0");
    let digest = Digest::of(inputs.as_bytes()).to_string();
    Ok(format!("images/own-{}-{}.img", recipe.name, digest.get(..16).unwrap_or(&digest)))
}

fn entry(name: &str) -> String {
    format!("{FOLDER}/{name}.json")
}

impl Python {
    /// Builds an image of a user's, in place of one of the same name. Its packages are fetched before.
    ///
    /// An image is memory alone: set-up code that leaves files behind is refused.
    ///
    /// # Errors
    /// [`Error::BadRecipe`]; [`Error::BuildFailed`] with the traceback of a turn that failed; an unknown package or image.
    pub fn build_image(&self, recipe: &ImageRecipe) -> Result<ImageInfo> {
        recipe.check()?;
        self.check_parents(recipe)?;
        let parent = OwnImage::find(self.cache(), &recipe.from)?.map(|own| own.packages);
        let inherited: Vec<_> = parent.iter().flat_map(Lock::packages).cloned().collect();
        let chosen = self.packages().select(&recipe.packages)?;
        let mut packages: Vec<_> = chosen.into_iter().cloned().collect();
        packages.extend(inherited);
        packages.sort_by(|left, right| left.name.cmp(&right.name));
        packages.dedup_by(|left, right| left.name == right.name);
        self.build_with(recipe, Lock::of_image(packages)?)
    }

    /// Builds it again, with the packages that it had.
    ///
    /// # Errors
    /// As [`Python::build_image`]; [`Error::UnknownImage`] if there is no such recipe.
    pub fn rebuild_image(&self, name: &str) -> Result<ImageInfo> {
        let own = OwnImage::find(self.cache(), name)?.ok_or_else(|| self.unknown_image(name))?;
        self.build_with(&own.recipe, own.packages)
    }

    /// The recipes of users' images, in the order in which they can be built.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn recipes(&self) -> Result<Vec<ImageRecipe>> {
        Ok(OwnImage::all(self.cache())?.into_iter().map(|own| own.recipe).collect())
    }

    /// The packages that an image of a user's has; none for one that comes with Python.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn packages_of_image(&self, name: &str) -> Result<Option<Lock>> {
        Ok(OwnImage::find(self.cache(), name)?.map(|own| own.packages))
    }

    /// Removes an image of a user's. What runs from it goes on; sessions that began from it cannot be woken any more.
    ///
    /// # Errors
    /// [`Error::UnknownImage`]; a cache that cannot be written.
    pub fn remove_image(&self, name: &str) -> Result<()> {
        let own = OwnImage::find(self.cache(), name)?.ok_or_else(|| self.unknown_image(name))?;
        self.cache().remove(&own.built)?;
        self.cache().remove(&entry(name))?;
        self.forget_image(name);
        Ok(())
    }

    /// An image must not begin as itself, by however many others.
    fn check_parents(&self, recipe: &ImageRecipe) -> Result<()> {
        let bad =
            |problem: &str| Error::BadRecipe { image: recipe.name.clone(), problem: problem.to_owned() };
        let mut parent = recipe.from.clone();
        for _ in 0..MAX_PARENTS {
            if parent == recipe.name {
                return Err(bad("it would begin as itself"));
            }
            match OwnImage::find(self.cache(), &parent)? {
                Some(own) => parent = own.recipe.from,
                None => return Ok(()),
            }
        }
        Err(bad("it begins as one that begins as another, too many times"))
    }

    fn build_with(&self, recipe: &ImageRecipe, packages: Lock) -> Result<ImageInfo> {
        let image = self.run_recipe(recipe, &packages)?;
        let file = file_of(self, recipe, &packages)?;
        let stored = Stored { recipe: recipe.clone(), packages: packages.to_text(), file: file.clone() };
        let text = serde_json::to_vec(&stored)
            .map_err(|error| Error::BadRecipe { image: recipe.name.clone(), problem: error.to_string() })?;
        let old = OwnImage::find(self.cache(), &recipe.name)?;
        image.save(self.cache(), &file)?;
        self.cache().put(&entry(&recipe.name), FORMAT, |to| to.write_all(&text))?;
        if let Some(old) = old.filter(|old| old.built != file) {
            self.cache().remove(&old.built)?;
        }
        self.forget_image(&recipe.name);
        Ok(OwnImage { recipe: recipe.clone(), packages, built: file }.info(self))
    }

    /// Runs the recipe in an instance of the image that it begins as, and captures what is there then.
    fn run_recipe(&self, recipe: &ImageRecipe, packages: &Lock) -> Result<Image> {
        let base = self.image(&recipe.from)?;
        let files = self.files_with(packages)?;
        // Nothing of this machine may end up in an image: fixed clock and randomness, no environment.
        let setup = assets::with_aliases(InstanceSetup::new(files.clone(), Quota::default()), &[])?
            .with_args(vec!["/usr/local/bin/python.wasm".to_owned()])
            .with_deterministic(Some(Deterministic::new(0)));
        let host = self.host();
        let mut instance = host.block_on(host.open(self.guest(), &base, setup))?;
        let name = &recipe.name;
        for module in &recipe.imports {
            let step = format!("import {module}");
            let turn = setup::encode(name, &step, &Request::new(Op::Warm, "<import>"), &step)?;
            setup::run_step(host, &mut instance, name, (&step, turn))?;
        }
        for SetupTurn { name: step, code } in &recipe.setup {
            let turn = setup::encode(name, step, &Request::new(Op::Run, step), code)?;
            setup::run_step(host, &mut instance, name, (step, turn))?;
        }
        let left: Vec<String> =
            files.diff(&instance.files()?).into_iter().map(|change| change.path.to_string()).collect();
        if !left.is_empty() {
            let problem = format!(
                "its set-up left {} behind, and an image is memory alone: remove such files at the end of the set-up, or keep \
                 what is in them in variables",
                left.join(", ")
            );
            return Err(Error::BadRecipe { image: name.clone(), problem });
        }
        let turn = setup::encode(name, "seal", &Request::seal(true), "")?;
        setup::run_step(host, &mut instance, name, ("seal", turn))?;
        Ok(instance.capture(name)?)
    }
}
