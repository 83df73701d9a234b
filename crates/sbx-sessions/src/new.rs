//! What a session begins with, and what it may be labelled with.

use std::collections::BTreeMap;

use sbx_core::GuestPath;

use crate::error::{Error, Result};
use crate::id::SessionId;

/// Labels of a session.
const MAX_LABELS: usize = 64;
/// Bytes of the name, and of the value, of a label.
const MAX_LABEL_BYTES: usize = 1024;

/// What a new session begins with besides its state.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct NewSession {
    /// Names and values to find it by; default none.
    pub labels: BTreeMap<String, String>,
    /// Where its workspace is; default `/app`.
    pub workspace: Option<GuestPath>,
}

impl NewSession {
    /// The same with a label.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// The same with these labels and no others.
    #[must_use]
    pub fn with_labels(mut self, labels: BTreeMap<String, String>) -> Self {
        self.labels = labels;
        self
    }

    /// The same with another workspace.
    #[must_use]
    pub fn with_workspace(mut self, workspace: GuestPath) -> Self {
        self.workspace = Some(workspace);
        self
    }
}

/// Checks labels against the bounds that keep heads small.
pub(crate) fn check_labels(id: &SessionId, labels: &BTreeMap<String, String>) -> Result<()> {
    let refuse = |problem: String| Err(Error::Labels { id: id.clone(), problem });
    if labels.len() > MAX_LABELS {
        return refuse(format!("there are {}, over the limit of {MAX_LABELS}", labels.len()));
    }
    let is_long = |text: &String| text.len() > MAX_LABEL_BYTES;
    if labels.iter().any(|(name, value)| name.is_empty() || is_long(name) || is_long(value)) {
        return refuse(format!("a name is empty, or a name or value is longer than {MAX_LABEL_BYTES} bytes"));
    }
    Ok(())
}
