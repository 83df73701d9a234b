//! What sweeps remember from one to the next.

use std::collections::BTreeMap;

use sbx_vfs::Digest;
use serde::{Deserialize, Serialize};

/// The key that it is kept under.
pub(crate) const KEY: &str = "gc/pending";

const FORMAT: u64 = 1;

/// Objects that no session needed when they were looked at, and when that was first seen.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    format: u64,
    /// Object → milliseconds since 1970.
    pub(crate) unused_since_ms: BTreeMap<Digest, u64>,
}

impl Pending {
    pub(crate) fn new(unused_since_ms: BTreeMap<Digest, u64>) -> Self {
        Self { format: FORMAT, unused_since_ms }
    }

    /// Reads what an earlier sweep left; says what is wrong with it if that cannot be used.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let pending: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if pending.format == FORMAT { Ok(pending) } else { Err(format!("it has format {}", pending.format)) }
    }
}
