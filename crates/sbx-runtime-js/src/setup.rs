//! Sets JavaScript up: compiles the guest from C, then to native code, builds its images. Once for each machine and
//! version.
//!
//! Every step keeps its result in the cache under a name made of its inputs, so a set-up that was cut off goes on where
//! it was, two at once do the work once, and a second call only looks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sbx_cache::{Cache, LockGuard, fetch::Progress};
use sbx_host::{Call, Guest, Host, Image, InstanceSetup};
use sbx_runtime::{ImageBuild, Language as _, Op, Request};
use sbx_vfs::Quota;

use crate::{
    assets, compile,
    error::Result,
    images::{PRELUDE, RECIPES, Recipe, TYPESCRIPT, WARM},
    manifest::Manifest,
};

/// Brings everything that JavaScript needs into `cache`. `source` is a local folder that may have the packages, which are
/// otherwise downloaded.
///
/// Takes about a minute the first time, milliseconds when there is nothing to do. TypeScript needs npm, and is left out
/// where there is none.
///
/// # Errors
/// No cargo, no pip, no network, a wrong hash, a full disk, a read-only cache: each says what to do. What was finished
/// stays.
pub fn set_up(host: &Host, cache: &Cache, source: Option<&Path>, progress: &dyn Progress) -> Result<()> {
    let manifest = Manifest::load()?;
    if is_complete(host, cache, &manifest)? {
        return Ok(());
    }
    let on_wait = || progress.step("waiting for another set-up of JavaScript to finish");
    let guard = cache.lock("setup-javascript", on_wait)?;
    let wasm = compile::guest(cache, &guard, &manifest, source, progress)?;
    let on_compile = || progress.step("compiling the JavaScript guest to native code");
    let (guest, base) = host.build_guest(cache, &wasm, on_compile)?;
    for recipe in &RECIPES {
        if load_image(cache, recipe, &guest, &manifest)?.is_some() {
            continue;
        }
        let typescript = match recipe.has_typescript {
            true => match typescript(cache, &guard, &manifest, source, progress)? {
                Some(text) => Some(text),
                None => continue,
            },
            false => None,
        };
        progress.step(&format!("building the image {} ({})", recipe.name, recipe.description));
        let build = Build { host, guest: &guest, base: &base };
        let image = build.image(recipe, typescript.as_deref())?;
        image.save(cache, &recipe.file(guest.hash(), &manifest.typescript_hash()))?;
    }
    Ok(())
}

/// The compiled guest, if it is there and sound.
pub(crate) fn load_guest(host: &Host, cache: &Cache, manifest: &Manifest) -> Result<Option<Guest>> {
    let (name, context) = compile::entry(&manifest.guest);
    let wasm = match cache.get(&name, &context) {
        Ok(Some(sealed)) => sealed,
        Ok(None) | Err(sbx_cache::Error::Corrupt { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(host.load_guest(cache, &wasm.digest.to_string())?)
}

/// The image, unless it has to be built: a damaged one is removed.
pub(crate) fn load_image(
    cache: &Cache,
    recipe: &Recipe,
    guest: &Guest,
    manifest: &Manifest,
) -> Result<Option<Image>> {
    let file = recipe.file(guest.hash(), &manifest.typescript_hash());
    Ok(sbx_runtime::load_image(cache, &file, guest)?)
}

fn is_complete(host: &Host, cache: &Cache, manifest: &Manifest) -> Result<bool> {
    let Some(guest) = load_guest(host, cache, manifest)? else { return Ok(false) };
    for recipe in &RECIPES {
        if load_image(cache, recipe, &guest, manifest)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The text that strips types, as one part of the prelude; `None` where npm cannot bring it.
fn typescript(
    cache: &Cache,
    guard: &LockGuard,
    manifest: &Manifest,
    source: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Option<String>> {
    let scratch = cache.scratch(guard)?;
    let unpacked = match manifest.typescript.unpacked(scratch.path(), source, progress) {
        Ok(unpacked) => unpacked,
        Err(error @ sbx_cache::Error::Package { .. }) => {
            progress.step(&format!("TypeScript is left out, JavaScript is complete: {error}"));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let root = unpacked.join("package").join("dist");
    let mut modules = Vec::new();
    collect(&root, &mut PathBuf::new(), &mut modules)
        .map_err(|source| sbx_host::Error::System { action: "read the package of TypeScript", source })?;
    modules.sort();
    let functions: String = modules
        .iter()
        .map(|(name, text)| format!("'{name}'(exports, require, module) {{{text}\n}},\n"))
        .collect();
    Ok(Some(TYPESCRIPT.replacen("/* modules */", &functions, 1)))
}

/// The JavaScript files of the package by their paths, without those that only its command line needs.
fn collect(root: &Path, below: &mut PathBuf, modules: &mut Vec<(String, String)>) -> std::io::Result<()> {
    const LEFT_OUT: [&str; 4] = ["cli.js", "register.js", "esm", "types"];
    for entry in fs::read_dir(root.join(&below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if below.as_os_str().is_empty() && LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        below.push(&name);
        if entry.file_type()?.is_dir() {
            collect(root, below, modules)?;
        } else if name.ends_with(".js") {
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            modules.push((parts.join("/"), fs::read_to_string(entry.path())?));
        }
        below.pop();
    }
    Ok(())
}

/// What images are built from.
struct Build<'a> {
    host: &'a Host,
    guest: &'a Guest,
    base: &'a Image,
}

impl Build<'_> {
    /// Runs the recipe's turns in a fresh instance with an empty environment, and captures what it is then.
    fn image(&self, recipe: &Recipe, typescript: Option<&str>) -> Result<Image> {
        // Nothing of this machine may end up in an image: fixed clock and randomness, no environment.
        let setup = InstanceSetup::new(assets::base_tree()?, Quota::default())
            .with_deterministic(Some(sbx_core::Deterministic::new(0)));
        let mut instance = self.host.block_on(self.host.open(self.guest, self.base, setup))?;
        let build = ImageBuild::new(self.host, recipe.language().runtime(), recipe.name);
        let start = Call::Export { name: "_initialize".to_owned(), arguments: vec![] };
        build.step(&mut instance, "start", start, false)?;
        let parts = PRELUDE.iter().copied().chain(typescript.map(|text| ("sbx:typescript", text)));
        for (name, source) in parts {
            let bytes = Request::new(Op::Install, name).encode(source).map_err(|error| {
                sbx_runtime::Error::BadAnswer { problem: format!("{name} cannot be sent: {error}") }
            })?;
            build.step(&mut instance, name, Call::Turn(bytes), false)?;
        }
        let mut warm = Request::new(Op::Warm, "warm.js");
        warm.language = typescript.map(|_| "typescript");
        build.turn(&mut instance, "warm", &warm, WARM)?;
        build.turn(&mut instance, "seal", &Request::seal(false), "")?;
        Ok(instance.capture(recipe.name)?)
    }
}
