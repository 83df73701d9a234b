//! Where everything of a stored state is, so that the next state stores only what is new.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use sbx_core::{ImageRef, MachineState, RuntimeType};
use sbx_vfs::{DescriptorTable, Digest};

use crate::format::RecordRef;

/// Bytes in an object that are compressed as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) object: Digest,
    /// All bytes of the object.
    pub(crate) object_bytes: u64,
    pub(crate) offset: u64,
    pub(crate) stored: u32,
    pub(crate) raw: u32,
    /// Of the raw bytes.
    pub(crate) digest: Digest,
}

impl Frame {
    /// What tells it from all other frames.
    pub(crate) fn key(&self) -> (Digest, u64) {
        (self.object, self.offset)
    }
}

/// Where a page is.
#[derive(Debug, Clone)]
pub(crate) struct PagePlace {
    pub(crate) frame: Arc<Frame>,
    /// Its number in the frame.
    pub(crate) slot: u32,
}

impl PartialEq for PagePlace {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && Arc::ptr_eq(&self.frame, &other.frame)
    }
}

/// Where the content of a file is: anywhere in one frame, or in frames of its own.
#[derive(Debug)]
pub(crate) struct StoredContent {
    pub(crate) len: u64,
    /// Frame, and where in it.
    pub(crate) pieces: Vec<(Arc<Frame>, u32)>,
}

/// A stored interpreter.
#[derive(Debug, Clone)]
pub(crate) struct StoredInterpreter {
    pub(crate) image: ImageRef,
    pub(crate) memory_bytes: u64,
    pub(crate) machine: MachineState,
    pub(crate) pages: OrdMap<u32, PagePlace>,
    /// Relative to the base.
    pub(crate) descriptors: DescriptorTable,
}

/// A stored state; a clone shares everything.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) record: RecordRef,
    /// How many records lie under it.
    pub(crate) link: u8,
    /// Pages that were stored since the full record.
    pub(crate) pages_since_full: u64,
    /// Every object that it needs, with its bytes.
    pub(crate) objects: OrdMap<Digest, u64>,
    pub(crate) contents: OrdMap<Digest, Arc<StoredContent>>,
    pub(crate) interpreters: BTreeMap<RuntimeType, StoredInterpreter>,
}
