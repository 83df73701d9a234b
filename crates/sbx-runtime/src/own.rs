//! Images of users: another image, packages, imports, and any turns run once, a recipe of turns.
//!
//! A recipe is kept beside the image, sealed, with the very packages it was built with: the image can be built again for
//! another guest, and what runs from it sees its packages without naming them. What a language has to bring is [`ImageHome`].

use std::{fs, io::Write as _};

use sbx_cache::{Cache, Digest};
use sbx_core::RuntimeType;
use sbx_host::{Guest, Host, Image, InstanceSetup};
use sbx_packages::{Lock, LockedPackage};
use sbx_vfs::Tree;
use serde::{Deserialize, Serialize};

use crate::{
    build::ImageBuild,
    error::{Error, ImageProblem, Result},
    image::ImageInfo,
    request::{Op, Request},
};

/// Version of the stored form, and what it is sealed for.
const FORMAT: &str = "image recipe 1";

/// Where recipes are, relative to the cache: a folder for each language.
const FOLDER: &str = "recipes";

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
    /// The image that it begins as.
    pub from: String,
    /// Vendored packages that every run from it can import, with what they need.
    pub packages: Vec<String>,
    /// Modules that are imported in it.
    pub imports: Vec<String>,
    /// Turns that are run in it, in order. What they define at their top level is there in every run.
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
    /// An image that is nothing but a copy of the one called `from`.
    #[must_use]
    pub fn new(name: impl Into<String>, from: impl Into<String>) -> Self {
        let (name, from) = (name.into(), from.into());
        Self { name, from, packages: Vec::new(), imports: Vec::new(), setup: Vec::new() }
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
pub struct OwnImage {
    recipe: ImageRecipe,
    packages: Lock,
    /// Where it was built to, which is another place than it would be built to now if it is stale.
    built: String,
}

impl OwnImage {
    /// The packages that every run from it can import.
    #[must_use]
    pub fn packages(&self) -> &Lock {
        &self.packages
    }

    /// How it is made.
    #[must_use]
    pub fn recipe(&self) -> &ImageRecipe {
        &self.recipe
    }
}

/// What a language brings to images of its users.
pub trait ImageHome {
    /// What it fails at.
    type Error: From<Error>;

    /// The language. Of several that share a guest, the first.
    fn runtime(&self) -> RuntimeType;

    /// The cache that images are kept in.
    fn cache(&self) -> &Cache;

    /// What runs the guest.
    fn host(&self) -> &Host;

    /// The guest.
    fn guest(&self) -> &Guest;

    /// The packages that there are.
    fn lock(&self) -> &Lock;

    /// The names of the images that come with the language.
    fn names(&self) -> Vec<&'static str>;

    /// The image called `name`, loaded once.
    ///
    /// # Errors
    /// An unknown name, or one that is not built.
    fn image(&self, name: &str) -> Result<Image, Self::Error>;

    /// Loads the image anew when it is asked for next.
    fn forget_image(&self, name: &str);

    /// Whether a module can be called so.
    fn is_module(&self, name: &str) -> bool;

    /// The code that imports a module and leaves no name behind.
    fn import(&self, module: &str) -> String;

    /// What set-up code is run in, with exactly these packages: nothing of this machine, a fixed clock and randomness.
    ///
    /// # Errors
    /// Packages that are not fetched.
    fn build_setup(&self, packages: &Lock) -> Result<(InstanceSetup, Tree), Self::Error>;

    /// Adds what the guest has to know about the language of code in an image that begins as `from`, which is one that comes
    /// with the language, and gives that language.
    fn complete(&self, from: &str, request: &mut Request<'_>) -> RuntimeType;
}

/// The images of users, of one language.
#[derive(Debug)]
pub struct OwnImages<'a, H>(&'a H);

impl<'a, H: ImageHome> OwnImages<'a, H> {
    /// Those of this language.
    #[must_use]
    pub fn new(home: &'a H) -> Self {
        Self(home)
    }

    /// The recipe called `name`; `None` if there is none.
    ///
    /// # Errors
    /// A recipe that cannot be read.
    pub fn find(&self, name: &str) -> Result<Option<OwnImage>> {
        if !is_name(name) {
            return Ok(None);
        }
        let Some(sealed) = self.0.cache().get(&self.entry(name), FORMAT)? else { return Ok(None) };
        let bad = |problem: String| self.bad(name, &problem);
        let text = std::io::read_to_string(sealed.file).map_err(|error| bad(error.to_string()))?;
        let stored: Stored = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
        let packages = Lock::parse(&stored.packages)?;
        Ok(Some(OwnImage { recipe: stored.recipe, packages, built: stored.file }))
    }

    /// All recipes, by name.
    ///
    /// # Errors
    /// As [`OwnImages::find`].
    pub fn all(&self) -> Result<Vec<OwnImage>> {
        let Ok(entries) = fs::read_dir(self.0.cache().root().join(self.folder())) else {
            return Ok(Vec::new());
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names.iter().filter_map(|name| self.find(name).transpose()).collect()
    }

    /// The image and its packages.
    ///
    /// # Errors
    /// [`ImageProblem::Unknown`]; [`ImageProblem::Stale`] if it was built for another guest.
    pub fn load(&self, name: &str) -> Result<(Image, Lock), H::Error> {
        let own = self.find(name)?.ok_or_else(|| self.unknown(name))?;
        let stale = || ImageProblem::Stale { image: name.to_owned() }.of(self.0.runtime());
        let image = self.load_built(&own)?.ok_or_else(stale)?;
        Ok((image, own.packages))
    }

    /// What there is to tell of each.
    ///
    /// # Errors
    /// As [`OwnImages::find`].
    pub fn infos(&self) -> Result<Vec<ImageInfo>> {
        Ok(self.all()?.iter().map(|own| self.info(own)).collect())
    }

    /// The image that comes with the language and that this one begins as, by however many others.
    ///
    /// # Errors
    /// [`ImageProblem::BadRecipe`] for one that begins as itself.
    pub fn root(&self, name: &str) -> Result<String> {
        let mut parent = name.to_owned();
        for _ in 0..MAX_PARENTS {
            match self.find(&parent)? {
                Some(own) => parent = own.recipe.from,
                None => return Ok(parent),
            }
        }
        Err(self.bad(name, "it begins as one that begins as another, too many times"))
    }

    /// Builds an image, in place of one of the same name. Its packages are fetched before.
    ///
    /// An image is memory alone: set-up code that leaves files behind is refused.
    ///
    /// # Errors
    /// [`ImageProblem::BadRecipe`]; [`ImageProblem::BuildFailed`] with the traceback of a turn that failed; an unknown package or
    /// image.
    pub fn build(&self, recipe: &ImageRecipe) -> Result<ImageInfo, H::Error> {
        self.check(recipe)?;
        let parent = self.find(&recipe.from)?.map(|own| own.packages);
        let lock = self.0.lock();
        let mut chosen: Vec<LockedPackage> =
            lock.select(&recipe.packages).map_err(Error::from)?.into_iter().cloned().collect();
        // What the recipe names is there for itself, whoever else needs it.
        for package in &mut chosen {
            let named = |name: &String| lock.ecosystem().name(name).is_ok_and(|name| name == package.name);
            if !recipe.packages.iter().any(named) {
                package.request = None;
            } else if package.request.is_none()
                && lock.get(&package.name).map(LockedPackage::id) == Some(package.id())
            {
                package.request = lock.ecosystem().request(package.name.as_str()).ok();
            }
        }
        let inherited = parent.iter().flat_map(Lock::packages).cloned();
        let packages = Lock::of_image(lock.ecosystem(), chosen.into_iter().chain(inherited));
        self.build_with(recipe, packages.map_err(Error::from)?)
    }

    /// Builds it again, with the packages that it had.
    ///
    /// # Errors
    /// As [`OwnImages::build`]; [`ImageProblem::Unknown`] if there is no such recipe.
    pub fn rebuild(&self, name: &str) -> Result<ImageInfo, H::Error> {
        let own = self.find(name)?.ok_or_else(|| self.unknown(name))?;
        self.build_with(&own.recipe, own.packages)
    }

    /// Removes an image. What runs from it goes on; sessions that began from it cannot be woken any more.
    ///
    /// # Errors
    /// [`ImageProblem::Unknown`]; a cache that cannot be written.
    pub fn remove(&self, name: &str) -> Result<()> {
        let own = self.find(name)?.ok_or_else(|| self.unknown(name))?;
        self.0.cache().remove(&own.built)?;
        self.0.cache().remove(&self.entry(name))?;
        self.0.forget_image(name);
        Ok(())
    }

    /// The error for a name that no image has.
    #[must_use]
    pub fn unknown(&self, name: &str) -> Error {
        let own = self.all().unwrap_or_default();
        let names = self.0.names().into_iter().map(str::to_owned);
        let available = names.chain(own.into_iter().map(|own| own.recipe.name)).collect();
        ImageProblem::Unknown { name: name.to_owned(), available }.of(self.0.runtime())
    }

    fn check(&self, recipe: &ImageRecipe) -> Result<()> {
        let bad = |problem: &str| Err(self.bad(&recipe.name, problem));
        if !is_name(&recipe.name) {
            return bad(
                "its name is not one of lower-case letters, digits and hyphens, beginning with a letter",
            );
        }
        if self.0.names().contains(&recipe.name.as_str()) {
            return bad("an image that comes with sbx has that name");
        }
        if !recipe.imports.iter().all(|module| self.0.is_module(module)) {
            return bad("what is to be imported is not the name of a module");
        }
        // An image must not begin as itself, by however many others.
        let mut parent = recipe.from.clone();
        for _ in 0..MAX_PARENTS {
            if parent == recipe.name {
                return bad("it would begin as itself");
            }
            match self.find(&parent)? {
                Some(own) => parent = own.recipe.from,
                None => return Ok(()),
            }
        }
        bad("it begins as one that begins as another, too many times")
    }

    fn build_with(&self, recipe: &ImageRecipe, packages: Lock) -> Result<ImageInfo, H::Error> {
        let image = self.run(recipe, &packages)?;
        let file = self.file_of(recipe, &packages)?;
        let stored = Stored { recipe: recipe.clone(), packages: packages.to_text(), file: file.clone() };
        let text = serde_json::to_vec(&stored).map_err(|error| self.bad(&recipe.name, &error.to_string()))?;
        let old = self.find(&recipe.name)?;
        let cache = self.0.cache();
        image.save(cache, &file).map_err(Error::from)?;
        cache.put(&self.entry(&recipe.name), FORMAT, |to| to.write_all(&text)).map_err(Error::from)?;
        if let Some(old) = old.filter(|old| old.built != file) {
            cache.remove(&old.built).map_err(Error::from)?;
        }
        self.0.forget_image(&recipe.name);
        Ok(self.info(&OwnImage { recipe: recipe.clone(), packages, built: file }))
    }

    /// Runs the recipe in an instance of the image that it begins as, and captures what is there then.
    fn run(&self, recipe: &ImageRecipe, packages: &Lock) -> Result<Image, H::Error> {
        let base = self.0.image(&recipe.from)?;
        let (setup, files) = self.0.build_setup(packages)?;
        let (host, name, root) = (self.0.host(), &recipe.name, self.root(&recipe.from)?);
        let mut instance = host.block_on(host.open(self.0.guest(), &base, setup)).map_err(Error::from)?;
        let build = ImageBuild::new(host, self.0.runtime(), name);
        for module in &recipe.imports {
            // Code of ours: its language is the guest's own.
            let (step, request) = (format!("import {module}"), Request::new(Op::Warm, "<import>"));
            build.turn(&mut instance, &step, &request, &self.0.import(module))?;
        }
        for SetupTurn { name: step, code } in &recipe.setup {
            let mut request = Request::new(Op::Run, step);
            self.0.complete(&root, &mut request);
            build.turn(&mut instance, step, &request, code)?;
        }
        let now = instance.files().map_err(Error::from)?;
        let left: Vec<String> = files.diff(&now).into_iter().map(|change| change.path.to_string()).collect();
        if !left.is_empty() {
            let problem = format!(
                "its set-up left {} behind, and an image is memory alone: remove such files at the end of the set-up, or keep \
                 what is in them in variables",
                left.join(", ")
            );
            return Err(self.bad(name, &problem).into());
        }
        build.turn(&mut instance, "seal", &Request::seal(true), "")?;
        Ok(instance.capture(name).map_err(Error::from)?)
    }

    fn info(&self, own: &OwnImage) -> ImageInfo {
        let name = &own.recipe.name;
        let root = self.root(name).unwrap_or_default();
        ImageInfo {
            runtime: self.0.complete(&root, &mut Request::new(Op::Run, name)),
            name: name.clone(),
            description: own.recipe.description(),
            // One whose parent is gone or stale is as good as not built.
            memory_bytes: self.load_built(own).ok().flatten().map(|image| image.memory_bytes()),
            file: self.file_of(&own.recipe, &own.packages).unwrap_or_default(),
        }
    }

    fn load_built(&self, own: &OwnImage) -> Result<Option<Image>, H::Error> {
        let file = self.file_of(&own.recipe, &own.packages)?;
        match Image::load(self.0.cache(), &file, self.0.guest().hash()) {
            Err(
                sbx_host::Error::BadImage { .. } | sbx_host::Error::Cache(sbx_cache::Error::Corrupt { .. }),
            ) => Ok(None),
            other => Ok(other.map_err(Error::from)?),
        }
    }

    /// Where the image of a recipe is: named by the image that it begins as, its packages, and the recipe.
    fn file_of(&self, recipe: &ImageRecipe, packages: &Lock) -> Result<String, H::Error> {
        let parent = self.0.image(&recipe.from)?;
        let reference = parent.reference();
        let text =
            serde_json::to_string(recipe).map_err(|error| self.bad(&recipe.name, &error.to_string()))?;
        let inputs = [FORMAT, &reference.guest, &reference.digest, &packages.to_text(), &text].join("\0");
        let digest = Digest::of(inputs.as_bytes()).to_string();
        Ok(format!("images/own-{}-{}.img", recipe.name, digest.get(..16).unwrap_or(&digest)))
    }

    fn folder(&self) -> String {
        format!("{FOLDER}/{}", self.0.runtime())
    }

    fn entry(&self, name: &str) -> String {
        format!("{}/{name}.json", self.folder())
    }

    fn bad(&self, image: &str, problem: &str) -> Error {
        ImageProblem::BadRecipe { image: image.to_owned(), problem: problem.to_owned() }.of(self.0.runtime())
    }
}
