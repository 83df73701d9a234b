//! Sets Python up: fetches the guest, compiles it, builds its images. Once for each machine and version.
//!
//! Every step keeps its result in the cache under a name made of its inputs, so a set-up that was cut off goes on where
//! it was, two at once do the work once, and a second call only looks.

use std::path::Path;

use sbx_cache::{
    Cache,
    fetch::{self, FetchedFiles, GuestManifest, Progress},
};
use sbx_core::RuntimeType;
use sbx_host::{Call, Guest, Host, Image, InstanceSetup};
use sbx_packages::Builtin;
use sbx_runtime::{ImageBuild, Op, Request};
use sbx_vfs::{Quota, Tree};

use crate::{
    assets::{self, OwnFiles},
    error::{Error, Result},
    images::{BOOTSTRAP, INSTALLER, RECIPES, Recipe},
    install::install_turn,
};

/// What the guest is and where it comes from.
const MANIFEST: &str = include_str!("../../../runtimes/python.toml");

/// Brings everything that Python needs into `cache`. `source` is a local wheel or folder to take the guest from instead
/// of downloading it.
///
/// Takes a few minutes the first time (most of it compiling), milliseconds when there is nothing to do.
///
/// # Errors
/// No pip, no network, a wrong hash, a full disk, a read-only cache: each says what to do. What was finished stays.
pub fn set_up(host: &Host, cache: &Cache, source: Option<&Path>, progress: &dyn Progress) -> Result<()> {
    let manifest = manifest()?;
    if let Some(files) = fetch::lookup(cache, &manifest)?
        && is_complete(host, cache, &files)?
    {
        return Ok(());
    }
    let files = fetch::fetch(cache, &manifest, source, progress)?;
    let on_wait = || progress.step("waiting for another set-up of Python to finish");
    let _only_one = cache.lock("setup-python", on_wait)?;
    progress.step("unpacking data files");
    assets::unpack(cache, &files)?;
    let (guest, base) = compile(host, cache, &files, progress)?;
    let tree = OwnFiles::load(cache, &files)?.base_tree()?;
    for recipe in &RECIPES {
        if load_image(cache, recipe, &guest)?.is_none() {
            progress.step(&format!("building the image {} ({})", recipe.name, recipe.description));
            let build = Build { host, guest: &guest, base: &base, tree: &tree };
            build.image(recipe)?.save(cache, &recipe.file(guest.hash()))?;
        }
    }
    Ok(())
}

pub(crate) fn manifest() -> Result<GuestManifest> {
    Ok(GuestManifest::parse(MANIFEST)?)
}

/// What is built into the guest that is fetched.
///
/// # Errors
/// [`Error::NotSetUp`] if it is not.
pub fn builtin(cache: &Cache) -> Result<Builtin> {
    let missing = || Error::NotSetUp { missing: "the guest is missing".to_owned() };
    let files = fetch::lookup(cache, &manifest()?)?.ok_or_else(missing)?;
    let text = std::io::read_to_string(files.open(cache, "manifest")?.file)
        .map_err(|source| sbx_host::Error::System { action: "read the guest's manifest", source })?;
    Ok(Builtin::parse(&text)?)
}

/// The hash by which the guest's compiled form and images are named.
pub(crate) fn guest_hash(cache: &Cache, files: &FetchedFiles) -> Result<String> {
    Ok(files.open(cache, "module")?.digest.to_string())
}

/// The image, unless it has to be built: a damaged one is removed.
pub(crate) fn load_image(cache: &Cache, recipe: &Recipe, guest: &Guest) -> Result<Option<Image>> {
    Ok(sbx_runtime::load_image(cache, &recipe.file(guest.hash()), guest)?)
}

fn is_complete(host: &Host, cache: &Cache, files: &FetchedFiles) -> Result<bool> {
    let Some(guest) = host.load_guest(cache, &guest_hash(cache, files)?)? else { return Ok(false) };
    for recipe in &RECIPES {
        if load_image(cache, recipe, &guest)?.is_none() {
            return Ok(false);
        }
    }
    Ok(OwnFiles::load(cache, files).and_then(|own| own.base_tree()).is_ok())
}

fn compile(
    host: &Host,
    cache: &Cache,
    files: &FetchedFiles,
    progress: &dyn Progress,
) -> Result<(Guest, Image)> {
    progress.step("reading the guest");
    let sealed = files.open(cache, "module")?;
    let wasm = std::fs::read(&sealed.path)
        .map_err(|source| sbx_host::Error::System { action: "read the guest", source })?;
    let on_compile =
        || progress.step("compiling the guest to native code (one to three minutes on two cores)");
    Ok(host.build_guest(cache, &wasm, on_compile)?)
}

/// What images are built from.
struct Build<'a> {
    host: &'a Host,
    guest: &'a Guest,
    base: &'a Image,
    tree: &'a Tree,
}

impl Build<'_> {
    /// Runs the recipe's turns in a fresh instance with an empty environment, and captures what it is then.
    fn image(&self, recipe: &Recipe) -> Result<Image> {
        // Nothing of this machine may end up in an image: fixed clock and randomness, no environment.
        let setup = assets::with_aliases(InstanceSetup::new(self.tree.clone(), Quota::default()), &[])?
            .with_args(vec!["/usr/local/bin/python.wasm".to_owned()])
            .with_deterministic(Some(sbx_core::Deterministic::new(0)));
        let mut instance = self.host.block_on(self.host.open(self.guest, self.base, setup))?;
        // The first turn is plain Python, before there is anything that reports.
        let build = ImageBuild::new(self.host, RuntimeType::Python, recipe.name);
        build.step(&mut instance, "install", Call::Turn(install_turn(INSTALLER, &BOOTSTRAP)), false)?;
        for (name, source) in recipe.warm {
            build.turn(&mut instance, name, &Request::new(Op::Warm, name), source)?;
        }
        build.turn(&mut instance, "seal", &Request::seal(false), "")?;
        Ok(instance.capture(recipe.name)?)
    }
}
