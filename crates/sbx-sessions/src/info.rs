//! What can be known of a session without opening it.

use std::collections::BTreeMap;
use std::time::Duration;

use sbx_core::GuestPath;
use serde::Serialize;

use crate::error::Error;
use crate::format::Head;
use crate::format::head::ForkedFrom;
use crate::id::SessionId;

/// What is known of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its name.
    pub id: SessionId,
    /// When it was made, milliseconds since 1970.
    pub created_ms: u64,
    /// When its last turn ended, milliseconds since 1970.
    pub updated_ms: u64,
    /// The number of its last turn, good or not.
    pub turn: u64,
    /// The turn that its latest good state is from.
    pub good_turn: u64,
    /// Turns that are kept.
    pub n_turns: usize,
    /// Names and values to find it by.
    pub labels: BTreeMap<String, String>,
    /// Where its workspace is.
    pub workspace: GuestPath,
    /// Stored bytes that it needs; forks share most of them.
    pub size_bytes: u64,
    /// Where it comes from, if it is a fork.
    pub forked_from: Option<ForkedFrom>,
    /// Who is working on it.
    pub in_use: Option<InUse>,
}

/// Who is working on a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InUse {
    /// As far as others may know.
    pub holder: String,
    /// When it is free if nothing more is heard of them, milliseconds from now.
    pub expires_in_ms: u64,
}

/// All sessions of a storage.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct SessionList {
    /// Those that can be read, by name.
    pub sessions: Vec<SessionInfo>,
    /// Those that cannot.
    pub unreadable: Vec<Unreadable>,
}

/// A session that cannot be read. It is never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unreadable {
    /// The part of its key that stands for its name.
    pub key_part: String,
    /// The code of the error.
    pub code: &'static str,
    /// What is wrong.
    pub problem: String,
}

impl SessionInfo {
    pub(crate) fn new(head: &Head, now_ms: u64) -> Self {
        let in_use = head.lease.as_ref().and_then(|lease| {
            let remaining: Duration = lease.remaining(now_ms)?;
            let expires_in_ms = u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX);
            Some(InUse { holder: lease.holder.describe(), expires_in_ms })
        });
        Self {
            id: head.id.clone(),
            created_ms: head.created_ms,
            updated_ms: head.updated_ms,
            turn: head.last_turn(),
            good_turn: head.latest.as_ref().map_or(0, |latest| latest.turn),
            n_turns: head.turns.len(),
            labels: head.labels.clone(),
            workspace: head.workspace.clone(),
            size_bytes: head.size_bytes(),
            forked_from: head.forked_from.clone(),
            in_use,
        }
    }
}

impl Unreadable {
    pub(crate) fn new((key_part, error): (String, Error)) -> Self {
        Self { key_part, code: error.code(), problem: error.to_string() }
    }
}
