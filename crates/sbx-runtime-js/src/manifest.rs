//! What the guest is made of: `runtimes/javascript.toml`.

use sbx_cache::fetch::{Package, PinnedWheel};
use serde::Deserialize;

use crate::error::{Error, Result};

/// The manifest's text, part of this program.
const TEXT: &str = include_str!("../../../runtimes/javascript.toml");

/// The manifest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    #[serde(rename = "name")]
    _name: String,
    /// What compiling gives.
    pub(crate) guest: PinnedWheel,
    pub(crate) sources: Package,
    pub(crate) compiler: Package,
    pub(crate) typescript: Package,
}

impl Manifest {
    pub(crate) fn load() -> Result<Self> {
        let manifest: Self =
            toml::from_str(TEXT).map_err(|error| Error::Manifest { problem: error.message().to_owned() })?;
        for package in [&manifest.sources, &manifest.compiler, &manifest.typescript] {
            package.check()?;
        }
        Ok(manifest)
    }

    /// The hash of the archive that TypeScript comes from: all that decides what is in it.
    pub(crate) fn typescript_hash(&self) -> String {
        self.typescript.archives.first().map(|archive| archive.sha256.to_string()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_one() {
        let manifest = Manifest::load().unwrap();
        assert_eq!(manifest.sources.archives.len(), 1, "one archive for every platform");
        assert_eq!(manifest.typescript_hash().len(), 64);
    }
}
