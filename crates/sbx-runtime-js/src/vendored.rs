//! The vendored packages of JavaScript as files of the guest: a read-only `node_modules` that the guest's loader knows.

use std::collections::BTreeMap;

use sbx_packages::{PackageId, nested};
use sbx_runtime::{Layout, PackageSet, put_archive, shared};
use sbx_vfs::{SharedBytes, TreeBuilder};

use crate::assets;

/// Where they are: `modules.js` in the guest looks there last.
pub(crate) const PACKAGES_HOME: &str = "/usr/local/lib/node_modules";

/// Nested folders, so that each package finds the versions that it needs.
#[derive(Debug)]
pub(crate) struct NodeModules;

impl Layout for NodeModules {
    fn lay_out(&self, set: &PackageSet<'_>, builder: &mut TreeBuilder) -> sbx_runtime::Result<()> {
        let home = assets::fixed(PACKAGES_HOME)?;
        builder.times(set.times()).read_only_dir(&home)?;
        // A package that stands in several places is mapped once.
        let mut mapped: BTreeMap<PackageId, Option<SharedBytes>> = BTreeMap::new();
        for placed in nested(&set.packages, &set.roots)? {
            let id = placed.package.id();
            if !mapped.contains_key(&id) {
                let archive = set.archive(placed.package)?;
                mapped.insert(id.clone(), archive.map(|archive| shared(&archive)).transpose()?);
            }
            if let Some(Some(archive)) = mapped.get(&id) {
                let folder = assets::fixed(&format!("{PACKAGES_HOME}/{}", placed.path))?;
                put_archive(builder, archive, &folder, placed.package.name.as_str())?;
            }
        }
        Ok(())
    }
}
