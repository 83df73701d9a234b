//! A guest: a WebAssembly module, checked and compiled, ready to be instantiated.

use std::{fmt, sync::Arc};

use sbx_cache::{Cache, Digest};
use wasmtime::{Engine, InstancePre, Linker, Module};

use crate::{
    artifact, door,
    engine::ImageMode,
    error::{Error, Result},
    image::Image,
    state::State,
    strip::{Stripped, strip},
    wasi,
};

/// A compiled guest; a cheap handle.
#[derive(Clone)]
pub struct Guest {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    pre: InstancePre<State>,
    hash: String,
    images: ImageMode,
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guest").field("hash", &self.inner.hash).finish_non_exhaustive()
    }
}

impl Guest {
    /// Checks and compiles `wasm` (minutes for a large guest) and keeps the artifact and the base image in `cache`; both
    /// are taken from there if they are sound.
    pub(crate) fn build(
        engine: &Engine,
        images: ImageMode,
        cache: &Cache,
        wasm: &[u8],
        on_compile: impl FnOnce(),
    ) -> Result<(Self, Image)> {
        let hash = Digest::of(wasm).to_string();
        let Stripped { module, image } = strip(wasm)?;
        let base = Image::from_bytes("base", &hash, &image, 0)?;
        drop(image);
        let compiled = artifact::load_or_compile(engine, cache, &hash, || Ok(module), on_compile)?;
        Ok((Self::link(engine, images, &compiled, hash)?, base))
    }

    /// The guest from its artifact alone; `None` if it has to be built.
    pub(crate) fn load(
        engine: &Engine,
        images: ImageMode,
        cache: &Cache,
        hash: &str,
    ) -> Result<Option<Self>> {
        let context = artifact::context(engine, hash);
        let module = artifact::load(engine, cache, &artifact::file_name(hash), &context)?;
        module.map(|module| Self::link(engine, images, &module, hash.to_owned())).transpose()
    }

    fn link(engine: &Engine, images: ImageMode, module: &Module, hash: String) -> Result<Self> {
        let mut linker = Linker::new(engine);
        wasi::add_to_linker(&mut linker).map_err(Error::engine("define WASI"))?;
        door::add_to_linker(&mut linker)?;
        let pre = linker.instantiate_pre(module).map_err(Error::engine("link the guest"))?;
        Ok(Self { inner: Arc::new(Inner { engine: engine.clone(), pre, hash, images }) })
    }

    /// Digest of the module as it was shipped.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.inner.hash
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(crate) fn pre(&self) -> &InstancePre<State> {
        &self.inner.pre
    }

    pub(crate) fn image_mode(&self) -> ImageMode {
        self.inner.images
    }
}
