//! What the guest finds in its filesystem before anyone writes to it: folders to work in, and the devices that programs
//! open by name. Everything else that it needs is in its memory.

use sbx_core::GuestPath;
use sbx_vfs::{Device, Tree, TreeBuilder};

use crate::error::Result;

/// Folders that the guest may write in.
const WRITABLE: [&str; 2] = ["/app", "/tmp"];

/// An old habit of programs, which Python's sandboxes have too: read-only and empty.
const PACKAGE_FOLDER: &str = "/app/site-packages";

/// What programs open by name.
const DEVICES: [(&str, Device); 4] = [
    ("/dev/null", Device::Null),
    ("/dev/zero", Device::Zero),
    ("/dev/random", Device::Random),
    ("/dev/urandom", Device::Random),
];

/// The tree that every sandbox starts from.
pub(crate) fn base_tree() -> Result<Tree> {
    let mut builder = TreeBuilder::new();
    for folder in WRITABLE {
        builder.dir(&fixed(folder)?)?;
    }
    builder.read_only_dir(&fixed(PACKAGE_FOLDER)?)?;
    for (path, device) in DEVICES {
        builder.device(&fixed(path)?, device)?;
    }
    Ok(builder.build())
}

pub(crate) fn fixed(path: &str) -> sbx_runtime::Result<GuestPath> {
    let bad = |error: sbx_core::PathError| sbx_runtime::Error::BadFiles {
        what: path.to_owned(),
        problem: error.to_string(),
    };
    GuestPath::parse(path).map_err(bad)
}
