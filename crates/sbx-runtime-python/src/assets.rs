//! What the guest finds in its filesystem before anyone writes to it.
//!
//! One tree for every sandbox, forked for each: the standard library and packages as one zip, served from a shared
//! mapping; matplotlib's data files; empty folders to work in; the devices that programs open by name.

use std::{io::Read, sync::Arc};

use sbx_cache::{Cache, fetch::FetchedFiles};
use sbx_core::{GuestPath, Mount};
use sbx_host::InstanceSetup;
use sbx_runtime::{put_archive, shared};
use sbx_vfs::{Device, SharedBytes, Tree, TreeBuilder};

use crate::error::{Error, Result};

/// Where the interpreter looks for its zip: fixed when the guest was made.
const STDLIB_ZIP: &str = "/usr/local/lib/python315.zip";

/// Where matplotlib looks for its data: beside its code, which is inside the zip. So the path is an alias.
const MPL_DATA: &str = "/usr/local/lib/python315.zip/matplotlib/mpl-data";

/// Where those files really are.
const MPL_DATA_HOME: &str = "/usr/local/share/matplotlib/mpl-data";

/// The zip inside the zip that has those files.
const MPL_DATA_MEMBER: &str = "matplotlib/mpl-data.zip";

/// Folders that the guest may write in.
const WRITABLE: [&str; 2] = ["/app", "/tmp"];

/// Old habits: programs put these on their path themselves. They exist and are read-only. The second shows the vendored
/// packages, by an alias; the first stays empty, so that walking the workspace finds the program's own files alone.
const PACKAGE_FOLDERS: [&str; 2] = ["/app/site-packages", PACKAGES_ALIAS];

/// Where programs expect vendored packages.
const PACKAGES_ALIAS: &str = "/data/site-packages";

/// Where they really are: `/data` can be a mounted folder.
pub(crate) const PACKAGES_HOME: &str = "/usr/local/lib/site-packages";

/// What programs open by name.
const DEVICES: [(&str, Device); 4] = [
    ("/dev/null", Device::Null),
    ("/dev/zero", Device::Zero),
    ("/dev/random", Device::Random),
    ("/dev/urandom", Device::Random),
];

/// Unpacks matplotlib's data into one file of the cache, as an archive without compression: it is mapped, never copied.
pub(crate) fn unpack(cache: &Cache, files: &FetchedFiles) -> Result<()> {
    let (name, context) = mpl_data_entry(files)?;
    if matches!(cache.get(&name, &context), Ok(Some(_))) {
        return Ok(());
    }
    let stdlib = files.open(cache, "stdlib")?;
    cache.put(&name, &context, |to| {
        let inner = member(stdlib.file, MPL_DATA_MEMBER)?;
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(inner))?;
        let mut tar = tar::Builder::new(to);
        for index in 0..zip.len() {
            let mut file = zip.by_index(index)?;
            if file.is_file() {
                let mut header = tar::Header::new_gnu();
                header.set_size(file.size());
                header.set_mode(0o444);
                let name = file.name()?.into_owned();
                tar.append_data(&mut header, name, &mut file)?;
            }
        }
        tar.finish()
    })?;
    Ok(())
}

fn member(zip: std::fs::File, name: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    zip::ZipArchive::new(zip)?.by_name(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The runtime's own files.
pub(crate) struct OwnFiles {
    stdlib: SharedBytes,
    mpl_data: SharedBytes,
}

impl OwnFiles {
    pub(crate) fn load(cache: &Cache, files: &FetchedFiles) -> Result<Self> {
        let stdlib = shared(&files.open(cache, "stdlib")?)?;
        let (name, context) = mpl_data_entry(files)?;
        match cache.get(&name, &context) {
            Ok(Some(archive)) => Ok(Self { stdlib, mpl_data: shared(&archive)? }),
            Ok(None) | Err(sbx_cache::Error::Corrupt { .. }) => {
                Err(Error::NotSetUp { missing: format!("{name} is missing or damaged") })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The tree that every sandbox starts from.
    pub(crate) fn base_tree(&self) -> Result<Tree> {
        let mut builder = TreeBuilder::new();
        self.lay_out(&mut builder)?;
        for folder in WRITABLE {
            builder.dir(&fixed(folder)?)?;
        }
        for folder in PACKAGE_FOLDERS {
            builder.read_only_dir(&fixed(folder)?)?;
        }
        for (path, device) in DEVICES {
            builder.device(&fixed(path)?, device)?;
        }
        Ok(builder.build())
    }

    /// Whether the files of a sandbox have them.
    pub(crate) fn are_in(files: &Tree) -> Result<bool> {
        Ok(files.exists(&fixed(STDLIB_ZIP)?))
    }

    /// The files of a sandbox of another language with them. Folders that programs can have made themselves stay theirs.
    pub(crate) fn lay_over(&self, files: Tree) -> Result<Tree> {
        let mut builder = TreeBuilder::from_tree(files.clone());
        self.lay_out(&mut builder)?;
        for folder in PACKAGE_FOLDERS {
            let folder = fixed(folder)?;
            if !files.exists(&folder) {
                builder.read_only_dir(&folder)?;
            }
        }
        Ok(builder.build())
    }

    fn lay_out(&self, builder: &mut TreeBuilder) -> Result<()> {
        builder.read_only_file(&fixed(STDLIB_ZIP)?, Arc::clone(&self.stdlib))?;
        Ok(put_archive(builder, &self.mpl_data, &fixed(MPL_DATA_HOME)?, "matplotlib's data")?)
    }
}

/// The same instance with the paths that the guest's libraries and programs insist on. A folder that `mounts` put over one of
/// them is seen in its place.
pub(crate) fn with_aliases(setup: InstanceSetup, mounts: &[Mount]) -> Result<InstanceSetup> {
    let setup = setup.with_alias(fixed(MPL_DATA)?, fixed(MPL_DATA_HOME)?);
    let alias = fixed(PACKAGES_ALIAS)?;
    if mounts.iter().any(|mount| alias.starts_with(&mount.guest)) {
        return Ok(setup);
    }
    Ok(setup.with_alias(alias, fixed(PACKAGES_HOME)?))
}

pub(crate) fn fixed(path: &str) -> sbx_runtime::Result<GuestPath> {
    let bad = |error: sbx_core::PathError| sbx_runtime::Error::BadFiles {
        what: path.to_owned(),
        problem: error.to_string(),
    };
    GuestPath::parse(path).map_err(bad)
}

fn mpl_data_entry(files: &FetchedFiles) -> Result<(String, String)> {
    let stdlib =
        files.get("stdlib").ok_or_else(|| Error::NotSetUp { missing: "the standard library".to_owned() })?;
    let hash = stdlib.sha256.to_string();
    Ok((
        format!("guests/python/mpl-data-{}.tar", hash.get(..16).unwrap_or(&hash)),
        format!("mpl-data 1; {hash}"),
    ))
}
