//! Sessions as files: out of one storage, into another.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use sbx_storage::{Expect, StorageAdapterExt};
use sbx_vfs::Digest;

use crate::error::{Error, Result};
use crate::event::{alarm, event};
use crate::format::archive::{ArchiveReader, ArchiveWriter, bad};
use crate::format::{Head, RecordRef, object};
use crate::id::SessionId;
use crate::new::check_labels;
use crate::read::Reader;
use crate::store::SessionStore;

impl SessionStore {
    /// Writes a session with all turns that are kept into one archive; says how many bytes that are. The same session
    /// gives the same bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Corrupt`] for anything that is not as it was stored, [`Error::Io`],
    /// [`Error::Storage`].
    pub async fn export(&self, id: &SessionId, to: &mut (dyn Write + Send)) -> Result<u64> {
        let found = self.read(id).await?;
        let head = Head { lease: None, revision: String::new(), ..found.head };
        let mut writer = ArchiveWriter::begin(to, &head.to_bytes()?, head.objects.len())?;
        for (digest, listed) in &head.objects {
            let damaged = |problem: &str| Error::corrupt(format!("object {digest}"), problem);
            let bytes = match self.storage.get(&object::key(digest)?).await {
                Err(sbx_storage::Error::NotFound { .. }) => return Err(damaged("it is missing")),
                other => other?,
            };
            if bytes.len() as u64 != listed.bytes || Digest::of(&bytes) != *digest {
                return Err(damaged("its bytes are not those that were stored"));
            }
            writer.object(digest, &bytes)?;
        }
        let bytes = writer.finish()?;
        event!("session.exported", session_id = %id, bytes);
        Ok(bytes)
    }

    /// Makes a session of an archive, under its own name or `as_id`. It is there when everything has been read, found
    /// whole and stored; what an archive that turns out to be bad left behind goes with a later
    /// [`SessionStore::sweep`].
    ///
    /// # Security
    /// An archive is taken for what anybody could have written: lengths are bounded, each object is checked against its
    /// name and each record against its objects, and it can speak of no object that it does not bring along.
    ///
    /// # Errors
    /// [`Error::BadArchive`], [`Error::OverBound`], [`Error::NewerFormat`], [`Error::Corrupt`], [`Error::Exists`],
    /// [`Error::NotAUuid`], [`Error::Io`], [`Error::Storage`].
    pub async fn import(&self, from: &mut (dyn Read + Send), as_id: Option<SessionId>) -> Result<SessionId> {
        let imported = self.import_archive(from, as_id).await;
        if let Err(error @ (Error::BadArchive { .. } | Error::Corrupt { .. })) = &imported {
            alarm!("security.bad_archive", code = error.code());
        }
        imported
    }

    async fn import_archive(
        &self,
        from: &mut (dyn Read + Send),
        as_id: Option<SessionId>,
    ) -> Result<SessionId> {
        let (mut reader, head, n_objects) = ArchiveReader::begin(from)?;
        let head = read_head(&head)?;
        let id = as_id.unwrap_or_else(|| head.id.clone());
        self.admit(&id)?;
        check_labels(&id, &head.labels)?;
        let expect = self.vacancy(&id).await?;
        if n_objects as usize != head.objects.len() {
            return Err(bad("it has other objects than its head says"));
        }
        let mut seen = BTreeSet::new();
        for _ in 0..n_objects {
            let (digest, bytes) = reader.object()?;
            let listed = head.objects.get(&digest).is_some_and(|listed| listed.bytes == bytes.len() as u64);
            if !listed || !seen.insert(digest) {
                return Err(bad("it has other objects than its head says"));
            }
            object::read_header(&bytes).map_err(bad)?;
            // Written even if it is there, so that it is new to a sweep.
            self.storage.write(&object::key(&digest)?, bytes.into(), Expect::Any).await?;
        }
        reader.finish()?;
        self.check_records(&head).await?;
        let now_ms = self.clock.now_ms();
        let head = Head { id: id.clone(), updated_ms: now_ms, lease: None, ..head };
        let written = self.put_new(head, expect).await?;
        event!("session.created", session_id = %id, bytes = written.head.size_bytes());
        Ok(id)
    }

    /// Reads every record that a head names, and those below them.
    async fn check_records(&self, head: &Head) -> Result<()> {
        let listed = |digest: &Digest| head.objects.get(digest).map(|object| object.bytes);
        let latest = head.latest.iter().map(|latest| &latest.record);
        let mut todo: Vec<RecordRef> =
            head.turns.iter().filter_map(|turn| turn.record.as_ref()).chain(latest).cloned().collect();
        let mut seen: BTreeSet<Digest> = BTreeSet::new();
        while let Some(reference) = todo.pop() {
            if seen.insert(reference.digest) {
                let record = Reader::new(&self.frames, &listed).record(&reference).await?;
                let files = record.contents.iter().map(|content| content.len);
                self.admit_bytes(&head.id, files.fold(0, u64::saturating_add))?;
                todo.extend(record.base);
            }
        }
        Ok(())
    }
}

/// The head of an archive, which has no place in a storage that it could be compared with.
fn read_head(bytes: &[u8]) -> Result<Head> {
    let head = Head::parse_any(bytes, "the head of the archive")?;
    if head.deleted.is_some() {
        return Err(bad("it is of a session that was deleted"));
    }
    Ok(head)
}
