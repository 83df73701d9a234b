//! Compiled guests on disk.
//!
//! An artifact is native code: whoever can change one byte of it runs code in this process. So artifacts are loaded in
//! this one function, only from the private cache, and only with a seal whose keyed MAC covers the content, the hash of
//! the guest and the engine's compatibility hash (which includes the full wasmtime version and every setting that
//! matters to compiled code). Anything else is compiled again.
#![expect(unsafe_code, reason = "one of the two audited modules: it loads compiled code")]

use std::{
    hash::{Hash, Hasher},
    io::Write,
};

use sbx_cache::{Cache, Digest};
use wasmtime::{Engine, Module};

use crate::error::{Error, Result};

/// Raised when `strip` makes another module of the same guest.
const METHOD: u32 = 2;

/// The compiled form of a stripped guest: from the cache if it is there and sound, else compiled and kept.
///
/// `compile` makes the stripped module and is only called if it is needed; `on_compile` is told before the long work.
pub(crate) fn load_or_compile(
    engine: &Engine,
    cache: &Cache,
    guest_hash: &str,
    stripped: impl FnOnce() -> Result<Vec<u8>>,
    on_compile: impl FnOnce(),
) -> Result<Module> {
    let name = file_name(guest_hash);
    let context = context(engine, guest_hash);
    if let Some(module) = load(engine, cache, &name, &context)? {
        return Ok(module);
    }
    // Whoever compiles the same guest meanwhile does it for both, and nobody replaces what is loaded below.
    let short = guest_hash.get(..16).unwrap_or(guest_hash);
    let _only_one = cache.lock(&format!("artifact-{short}"), || {})?;
    if let Some(module) = load(engine, cache, &name, &context)? {
        return Ok(module);
    }
    on_compile();
    let compiled = engine.precompile_module(&stripped()?).map_err(Error::engine("compile the guest"))?;
    cache.put(&name, &context, |file| file.write_all(&compiled))?;
    drop(compiled);
    load(engine, cache, &name, &context)?
        .ok_or_else(|| Error::refused("its artifact disappeared from the cache while it was being loaded"))
}

/// The artifact if it is there; one that is not as it was sealed is removed.
pub(crate) fn load(engine: &Engine, cache: &Cache, name: &str, context: &str) -> Result<Option<Module>> {
    let sealed = match cache.get(name, context) {
        Ok(Some(sealed)) => sealed,
        Ok(None) => return Ok(None),
        Err(error @ sbx_cache::Error::Corrupt { .. }) => {
            tracing::warn!(target: sbx_core::obs::IMAGE, %error, "the compiled guest is compiled again");
            cache.remove(name)?;
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    // SAFETY: `deserialize_open_file` needs a file that a compatible engine wrote and nobody changed since, for as long
    // as the module lives. `get` vouches for the first (our MAC over content, guest hash and compatibility hash, checked
    // on this open file); the cache is a folder of mode 0700 in which files are replaced, never written in place.
    let module = unsafe { Module::deserialize_open_file(engine, sealed.file) };
    module.map(Some).map_err(Error::engine("load the compiled guest"))
}

/// Where the artifact of a guest lies in the cache.
pub(crate) fn file_name(guest_hash: &str) -> String {
    format!("artifacts/{guest_hash}-{METHOD}.cwasm")
}

/// What an artifact is good for, and nothing else.
pub(crate) fn context(engine: &Engine, guest_hash: &str) -> String {
    struct Collect(Vec<u8>);
    impl Hasher for Collect {
        fn write(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut settings = Collect(Vec::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    format!("artifact {METHOD}; guest {guest_hash}; engine {}", Digest::of(&settings.0))
}
