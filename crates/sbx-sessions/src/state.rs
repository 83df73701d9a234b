//! What a session is at one moment.

use std::collections::BTreeMap;

use sbx_core::{RuntimeType, Snapshot};
use sbx_vfs::{DescriptorTable, Tree};

/// The whole state of a session after a turn; a clone shares everything.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "whoever runs programs makes it")]
pub struct SessionState {
    /// All files.
    pub tree: Tree,
    /// The runtime's own files, which `tree` is a fork of. They are not stored: a session is opened over them.
    pub base: Tree,
    /// The interpreters that go on; none for a session of files alone.
    pub interpreters: BTreeMap<RuntimeType, InterpreterState>,
}

impl SessionState {
    /// The state of a session that has just the runtime's files.
    #[must_use]
    pub fn new(base: Tree) -> Self {
        Self { tree: base.clone(), base, interpreters: BTreeMap::new() }
    }
}

/// An interpreter at rest.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "whoever runs programs makes it")]
pub struct InterpreterState {
    /// Its memory.
    pub snapshot: Snapshot,
    /// Its open files, with the numbers of the tree beside it.
    pub descriptors: DescriptorTable,
}
