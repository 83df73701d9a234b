//! Maps guest memory: images copy-on-write, regions that are handed from run to run, fiber stacks.
//!
//! Why mapped and not copied: a guest with numpy and pandas imported is 70 MB, of which a short run touches half a
//! megabyte. A mapping costs the pages that are touched; a region that is handed on costs only those that a run wrote.
//!
//! This module and `artifact` are the only ones with `unsafe`. What must hold, and is argued at each block:
//! * A region, a stack or a mapping is owned by one value, which unmaps it when dropped and never before.
//! * wasmtime sees a region only between [`MemoryCreator::new_memory`] and the drop of the `LinearMemory`; bytes are
//!   changed from outside only after that drop.
//! * Guest memory is untrusted data: whatever an image file contains, it can harm the guest alone.
//!
//! [`MemoryCreator::new_memory`]: wasmtime::MemoryCreator::new_memory
#![expect(unsafe_code, reason = "one of the two audited modules: it maps memory")]

mod mapping;
mod pages;
mod faults;
mod region;
mod creator;
mod stack;

pub(crate) use creator::{RegionCreator, with_image};
pub use mapping::SharedFile;
pub(crate) use mapping::{MappedImage, discard_unchanged};
pub(crate) use pages::written_pages;
pub(crate) use stack::StackPool;
