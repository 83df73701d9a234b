//! The files of a session, from the host's side.

use std::path::Path;

use sbx_core::GuestPath;
use sbx_sessions::{SessionState, TurnSummary};
use sbx_vfs::{FileType, Transferred, Tree};

use super::Session;
use crate::{
    error::Result,
    files::{now_ns, open_dir},
};

impl Session {
    /// Puts a file into the workspace; `path` is relative to it or absolute. Replaces what is there. Counts as a turn.
    ///
    /// # Errors
    /// A path that cannot be one, a full quota, something in the way; what the storage fails at.
    pub fn write_file(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.resolve(path)?;
        self.change_files("wrote a file", |tree| {
            Ok(tree.edit(self.quota(), now_ns()).write_file(&path, bytes, true)?)
        })
    }

    /// What a file holds, up to `max_file_bytes` of the policy. Of [`Session::files`], parts can be read.
    ///
    /// # Errors
    /// No such file; `limit.disk` for a longer one; what the storage fails at.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        let limit = self.inner.policy.max_file_bytes;
        Ok(self.files()?.read_file_within(&self.resolve(path)?, limit)?)
    }

    /// The files of the workspace, sorted; directories are walked, not listed.
    ///
    /// # Errors
    /// What the storage fails at.
    pub fn list_files(&self) -> Result<Vec<GuestPath>> {
        let tree = self.files()?;
        let items = tree.walk(&self.inner.policy.guest_mount_path);
        Ok(items.filter(|item| item.file_type() != FileType::Dir).map(|item| item.path).collect())
    }

    /// Removes a file, or a directory with all in it. Counts as a turn.
    ///
    /// # Errors
    /// No such file; what the storage fails at.
    pub fn remove_file(&self, path: &str) -> Result<()> {
        let path = self.resolve(path)?;
        self.change_files("removed a file", |tree| {
            Ok(tree.edit(self.quota(), now_ns()).remove(&path, true)?)
        })
    }

    /// Copies what is in the host's folder `from` into the workspace; all of it or, after an error, nothing. Counts as a
    /// turn.
    ///
    /// # Errors
    /// A folder that cannot be read, a link or device in it, a full quota; what the storage fails at.
    pub fn import_dir(&self, from: &Path) -> Result<Transferred> {
        self.import_dir_to(".", from)
    }

    /// [`Session::import_dir`] into the folder `path` of the workspace, which is made if it is not there.
    ///
    /// # Errors
    /// As [`Session::import_dir`]; a path that cannot be one.
    pub fn import_dir_to(&self, path: &str, from: &Path) -> Result<Transferred> {
        let dir = open_dir(from)?;
        let path = self.resolve(path)?;
        self.change_files("imported a folder", |tree| {
            Ok(tree.edit(self.quota(), now_ns()).import_dir(&path, &dir)?)
        })
    }

    /// All files as they are now; one clone.
    ///
    /// # Errors
    /// What the storage fails at.
    pub fn files(&self) -> Result<Tree> {
        self.inner.block_on(self.files_async())
    }

    /// [`Session::files`] for async callers.
    ///
    /// # Errors
    /// As [`Session::files`].
    pub async fn files_async(&self) -> Result<Tree> {
        Ok(self.state(None).await?.tree)
    }

    /// All files as they were after `turn`.
    ///
    /// # Errors
    /// No such turn, or one that was rolled back; what the storage fails at.
    pub fn files_at(&self, turn: u64) -> Result<Tree> {
        Ok(self.inner.block_on(self.state(Some(turn)))?.tree)
    }

    /// Changes the files as a turn of its own. The interpreter goes on from where it is, and finds them changed.
    pub(crate) fn change_files<R>(
        &self,
        note: &str,
        change: impl FnOnce(&mut Tree) -> Result<R>,
    ) -> Result<R> {
        self.inner.block_on(async {
            let mut state = self.slot.state.lock().await;
            let awake = self.inner.wake(&self.slot, &mut state).await?;
            let mut next: SessionState = awake.held.state().clone();
            let outcome = change(&mut next.tree)?;
            awake.held.stage(TurnSummary::new().with_note(note), Some(next));
            // It has the old files; the next turn opens one with the new.
            awake.live = None;
            self.slot.touch(false);
            self.inner.after_change(awake).await?;
            Ok(outcome)
        })
    }

    fn resolve(&self, path: &str) -> Result<GuestPath> {
        Ok(self.inner.policy.guest_mount_path.resolve(path)?)
    }

    fn quota(&self) -> sbx_vfs::Quota {
        sbx_host::quota(&self.inner.policy)
    }
}
