//! A package in the cache: one uncompressed tar archive of its files, named by the hash of what it was made from. Guests see
//! its files through one mapping; they are never copied.

use std::fs::File;
use std::io;

use sbx_cache::Cache;

use crate::ecosystem::Ecosystem;
use crate::error::{Error, Result};
use crate::lock::{LockedPackage, Source};
use crate::{sdist, tarball, wheel};

/// The largest package that can be vendored, in bytes, packed.
pub const MAX_PACKAGE_BYTES: u64 = 64 << 20;

/// The most that a package may unpack to, in bytes.
pub(crate) const MAX_UNPACKED_BYTES: u64 = 256 << 20;

/// The most that an archive may unfold to, in bytes: its files, and headers and padding around them.
pub(crate) const MAX_UNFOLDED_BYTES: u64 = MAX_UNPACKED_BYTES + (32 << 20);

/// The most files that a package may have.
pub(crate) const MAX_FILES: usize = 10_000;

/// What a package of JavaScript says of itself.
pub(crate) const DESCRIPTION: &str = "package.json";

/// Raised when archives are made in another way from the same packages.
const METHOD: u32 = 1;

/// A file of a package: its path below `site-packages`, or below its own folder in `node_modules`, and its bytes.
pub(crate) type Member = (String, Vec<u8>);

/// A package taken apart: what of it comes into a guest.
#[derive(Debug)]
pub struct Archive {
    members: Vec<Member>,
}

impl Archive {
    /// Takes a package apart that is what the lock file pins.
    ///
    /// # Errors
    /// [`Error::HashChanged`] for other bytes; [`Error::Refused`] for native code, what is no wheel for every platform, a
    /// name that leads elsewhere, too many files or bytes.
    pub fn take_apart(package: &LockedPackage, bytes: &[u8]) -> Result<Self> {
        let got = sbx_cache::fetch::Sha256::of(bytes);
        if got != package.sha256 {
            return Err(Error::HashChanged {
                name: package.name.clone(),
                ecosystem: package.ecosystem(),
                version: package.version.to_string(),
                expected: package.sha256.to_string(),
                got: got.to_string(),
            });
        }
        let mut members = match package.source {
            Source::Wheel => wheel::take_apart(&package.name, &package.version, bytes)?,
            Source::Sdist => sdist::take_apart(&package.name, &package.version, bytes)?,
            Source::Tarball => tarball::take_apart(&package.name, bytes).map_err(Error::for_javascript)?,
        };
        members.sort();
        members.dedup_by(|left, right| left.0 == right.0);
        Ok(Self { members })
    }

    /// The names of its files below `site-packages`, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(path, _)| path.as_str())
    }

    /// Seals it in the cache, where [`crate::find`] finds it.
    ///
    /// # Errors
    /// What the cache fails at.
    pub fn store(&self, cache: &Cache, package: &LockedPackage) -> Result<()> {
        let (name, context) = entry(package);
        cache.put(&name, &context, |file| self.write(file))?;
        Ok(())
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        let mut tar = tar::Builder::new(file);
        for (path, bytes) in &self.members {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o444);
            tar.append_data(&mut header, path, bytes.as_slice())?;
        }
        tar.finish()
    }
}

/// Name and context of a package's archive in the cache.
pub(crate) fn entry(package: &LockedPackage) -> (String, String) {
    let LockedPackage { name, version, sha256, source, .. } = package;
    let hash = sha256.to_string();
    let short = hash.get(..16).unwrap_or(&hash);
    let (folder, name) = (package.ecosystem().as_str(), name.as_file_name());
    (
        format!("packages/{folder}/{name}-{version}-{short}.tar"),
        format!("package {METHOD}; {source:?}; sha256:{hash}"),
    )
}

/// What a package says of itself, out of its archive in the cache.
///
/// # Errors
/// [`Error::NotFetched`], [`Error::Damaged`]; what the cache fails at.
pub fn metadata(cache: &Cache, package: &LockedPackage) -> Result<String> {
    let sealed = crate::find(cache, package)?.ok_or_else(|| Error::NotFetched {
        name: package.name.clone(),
        version: package.version.to_string(),
    })?;
    let damaged =
        |error: io::Error| Error::Damaged { name: package.name.clone(), problem: error.to_string() };
    let mut archive = tar::Archive::new(io::BufReader::new(sealed.file));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path().map_err(damaged)?.to_string_lossy().into_owned();
        let is_it = match package.ecosystem() {
            Ecosystem::Python => path.ends_with(".dist-info/METADATA"),
            Ecosystem::JavaScript => path == DESCRIPTION,
        };
        if is_it {
            return io::read_to_string(&mut entry).map_err(damaged);
        }
    }
    Err(damaged(io::Error::other("it does not say what it is")))
}
