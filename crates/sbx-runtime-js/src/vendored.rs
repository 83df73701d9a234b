//! The vendored packages of JavaScript as files of the guest: a read-only `node_modules` that the guest's loader knows.

use std::collections::{BTreeMap, btree_map::Entry};

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
        for placed in nested(set.packages(), set.roots())? {
            let archive = match mapped.entry(placed.package.id()) {
                Entry::Occupied(there) => there.get().clone(),
                Entry::Vacant(place) => {
                    let archive = set.archive(placed.package)?;
                    place.insert(archive.map(|archive| shared(&archive)).transpose()?).clone()
                }
            };
            if let Some(archive) = archive {
                let folder = assets::fixed(&format!("{PACKAGES_HOME}/{}", placed.path))?;
                put_archive(builder, &archive, &folder, placed.package.name.as_str())?;
            }
        }
        Ok(())
    }
}
