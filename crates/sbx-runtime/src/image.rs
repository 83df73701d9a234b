//! Images in the cache.

use sbx_cache::Cache;
use sbx_core::{RuntimeType, obs};
use sbx_host::{Guest, Image};

/// One image of one runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "each language makes them, and must see a new field")]
pub struct ImageInfo {
    /// What runs from it.
    pub runtime: RuntimeType,
    /// Its name, as `--image` takes it.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// Bytes of linear memory; `None` if it is not built yet.
    pub memory_bytes: Option<u64>,
    /// Its file, relative to the cache.
    pub file: String,
}

/// The image in `file` of the cache, unless it has to be built: a damaged one is removed.
///
/// # Errors
/// A cache that cannot be read.
pub fn load_image(cache: &Cache, file: &str, guest: &Guest) -> Result<Option<Image>, sbx_host::Error> {
    match Image::load(cache, file, guest.hash()) {
        Err(
            error @ (sbx_host::Error::BadImage { .. }
            | sbx_host::Error::Cache(sbx_cache::Error::Corrupt { .. })),
        ) => {
            tracing::warn!(target: obs::IMAGE, file, %error, "the image has to be rebuilt");
            cache.remove(file)?;
            Ok(None)
        }
        other => other,
    }
}
