//! The vendored packages of Python as files of the guest, with their bytecode.

use sbx_runtime::{Layout, PackageSet, put_archive, shared};
use sbx_vfs::TreeBuilder;

use crate::{
    assets::{self, PACKAGES_HOME},
    bytecode,
};

/// One folder for all packages, and the bytecode that this guest made of them.
#[derive(Debug)]
pub(crate) struct SitePackages {
    pub(crate) cache: sbx_cache::Cache,
    /// Whose bytecode is used.
    pub(crate) guest_hash: String,
}

impl Layout for SitePackages {
    fn lay_out(&self, set: &PackageSet<'_>, builder: &mut TreeBuilder) -> sbx_runtime::Result<()> {
        let home = assets::fixed(PACKAGES_HOME)?;
        builder.times(set.times()).read_only_dir(&home)?;
        for package in set.packages().values() {
            let Some(archive) = set.archive(package)? else { continue };
            let name = package.name.as_str();
            put_archive(builder, &shared(&archive)?, &home, name)?;
            if let Some(bytecode) = bytecode::find(&self.cache, package, &self.guest_hash) {
                put_archive(builder, &shared(&bytecode)?, &home, name)?;
            }
        }
        Ok(())
    }
}
