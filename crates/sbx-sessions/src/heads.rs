//! Reads and replaces heads.

use std::sync::Arc;

use bytes::Bytes;
use sbx_storage::{Expect, StorageAdapter, StorageAdapterExt, Version};

use crate::error::{Error, Result};
use crate::event::alarm;
use crate::format::Head;
use crate::id::{HEAD_SUFFIX, SESSIONS_PREFIX, SessionId};
use crate::random;

/// A head as it was read or written.
#[derive(Debug, Clone)]
pub(crate) struct Versioned {
    pub(crate) head: Head,
    pub(crate) version: Version,
}

/// Reads the head of a session, the mark of a deleted one too.
pub(crate) async fn read(storage: &dyn StorageAdapter, id: &SessionId) -> Result<Option<Versioned>> {
    let Some(object) = storage.read(&id.head_key()?).await? else { return Ok(None) };
    let head = Head::parse(&object.bytes, &id.key_part()).and_then(|head| {
        let same = head.id == *id;
        if same {
            Ok(head)
        } else {
            Err(Error::corrupt("a head", format!("it is not that of session {id:?}")))
        }
    });
    match head {
        Ok(head) => Ok(Some(Versioned { head, version: object.version })),
        Err(error) => {
            alarm!("security.corrupt_head", session_id = %id, code = error.code());
            Err(error)
        }
    }
}

/// Reads the head of a session that is there.
pub(crate) async fn read_live(storage: &dyn StorageAdapter, id: &SessionId) -> Result<Versioned> {
    let found = read(storage, id).await?.filter(|found| found.head.deleted.is_none());
    found.ok_or_else(|| Error::NotFound { id: id.clone() })
}

/// What came of trying to replace a head.
pub(crate) enum Written {
    /// It is done.
    Done(Versioned),
    /// Somebody else was quicker; this is what is there now.
    Lost(Option<Versioned>),
}

/// Puts `head` in the place of what is expected, with a revision of its own. A write whose outcome is unknown is looked
/// up: an error means that it has not happened, as far as can be seen now.
pub(crate) async fn write(storage: &dyn StorageAdapter, mut head: Head, expect: Expect) -> Result<Written> {
    head.revision = random::text();
    let bytes = Bytes::from(head.to_bytes()?);
    let error = match storage.write(&head.id.head_key()?, bytes, expect).await {
        Ok(version) => return Ok(Written::Done(Versioned { head, version })),
        Err(error) => error,
    };
    // Without an answer to either, the first one says more.
    let Ok(found) = read(storage, &head.id).await else { return Err(error.into()) };
    match found {
        Some(found) if found.head.revision == head.revision => Ok(Written::Done(found)),
        found if matches!(error, sbx_storage::Error::Conflict { .. }) => Ok(Written::Lost(found)),
        _ => Err(error.into()),
    }
}

/// All heads: those that can be read, and what is wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct AllHeads {
    pub(crate) heads: Vec<Versioned>,
    /// The part of the key that names the session, and the problem.
    pub(crate) unreadable: Vec<(String, Error)>,
}

/// Reads all heads there are.
pub(crate) async fn read_all(storage: &Arc<dyn StorageAdapter>) -> Result<AllHeads> {
    let mut all = AllHeads::default();
    for meta in storage.list_all(SESSIONS_PREFIX).await? {
        let name =
            meta.key.as_str().strip_prefix(SESSIONS_PREFIX).and_then(|rest| rest.strip_suffix(HEAD_SUFFIX));
        let Some(name) = name.filter(|name| !name.contains('/')) else { continue };
        match storage.read(&meta.key).await {
            // Removed since it was listed.
            Ok(None) => {}
            Ok(Some(object)) => match Head::parse(&object.bytes, name) {
                Ok(head) => all.heads.push(Versioned { head, version: object.version }),
                Err(error) => all.unreadable.push((name.to_owned(), error)),
            },
            Err(error) => all.unreadable.push((name.to_owned(), error.into())),
        }
    }
    Ok(all)
}
