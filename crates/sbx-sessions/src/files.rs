//! The files of sessions at rest, for the host.
//!
//! Each change is a turn with a note. Interpreters sleep on: no page of them is read.

use sbx_core::GuestPath;
use sbx_vfs::{FileType, Item, Quota, Tree};

use crate::error::{Error, Result};
use crate::event::{alarm, event};
use crate::format::Head;
use crate::id::SessionId;
use crate::load::Parts;
use crate::store::SessionStore;
use crate::turn::TurnSummary;

/// Reads and changes the files of sessions. Paths are relative to a session's workspace, or absolute and in it; no
/// symbolic link is followed.
#[derive(Debug, Clone)]
pub struct SessionFiles {
    store: SessionStore,
    base: Tree,
    quota: Quota,
}

/// A file of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionFile {
    /// Where it is.
    pub path: GuestPath,
    /// Its bytes; 0 for a link.
    pub size: u64,
    /// When its content changed last, nanoseconds since 1970.
    pub modified_ns: u64,
    /// Whether it is a symbolic link: it can be seen and deleted, and not read through.
    pub is_link: bool,
}

impl SessionStore {
    /// The files of sessions over `base`, the runtime's own files; what is written may take `quota`.
    #[must_use]
    pub fn files(&self, base: &Tree, quota: Quota) -> SessionFiles {
        SessionFiles { store: self.clone(), base: base.clone(), quota }
    }
}

impl SessionFiles {
    /// Puts `bytes` at `path`, making folders on the way. A file that is there is replaced if `overwrite`.
    ///
    /// # Errors
    /// [`Error::Files`] with what [`sbx_vfs::Editor::write_file`] says, [`Error::Path`], [`Error::OutsideWorkspace`],
    /// and as [`SessionStore::open`].
    pub async fn write_session_file(
        &self,
        id: &SessionId,
        path: &str,
        bytes: &[u8],
        overwrite: bool,
    ) -> Result<()> {
        let write = |tree: &mut Tree, path: &GuestPath, now_ns: u64| {
            Ok(tree.edit(self.quota, now_ns).write_file(path, bytes, overwrite)?)
        };
        self.change(id, path, "file written", write).await?;
        event!("session.file.written", session_id = %id, bytes = bytes.len());
        Ok(())
    }

    /// All bytes of the file at `path`, up to `max_file_bytes` of the quota.
    ///
    /// # Errors
    /// [`Error::Files`], [`Error::Path`], [`Error::OutsideWorkspace`], and as [`SessionStore::state`].
    pub async fn read_session_file(&self, id: &SessionId, path: &str) -> Result<Vec<u8>> {
        let (head, tree) = self.look(id).await?;
        let path = in_workspace(&head, path)?;
        // A stored tree can say any length of a file.
        let bytes = tree.read_file_within(&path, self.quota.max_file_bytes)?;
        event!("session.file.read", session_id = %id, bytes = bytes.len());
        Ok(bytes)
    }

    /// The files of the workspace, by path: those that match `pattern`, or all.
    ///
    /// A pattern is a path below the workspace in which `*` stands for anything in one part, `?` for one character and
    /// `**` for any number of parts; without a slash it is looked for in all folders.
    ///
    /// # Errors
    /// [`Error::Path`] for a pattern longer than a path may be, and as [`SessionStore::state`].
    pub async fn list_session_files(
        &self,
        id: &SessionId,
        pattern: Option<&str>,
    ) -> Result<Vec<SessionFile>> {
        if let Some(bytes) = pattern.map(str::len).filter(|bytes| *bytes > GuestPath::MAX_BYTES) {
            return Err(sbx_core::PathError::TooLong { bytes }.into());
        }
        let (head, tree) = self.look(id).await?;
        let matches = |item: &Item| {
            let below = item.path.strip_prefix(&head.workspace).unwrap_or_default();
            pattern.is_none_or(|pattern| is_match(pattern, below))
        };
        let items = tree.walk(&head.workspace).filter(|item| !item.read_only);
        let files = items.filter(|item| matches!(item.file_type(), FileType::File | FileType::Symlink));
        let mut files: Vec<_> = files.filter(matches).map(SessionFile::new).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        event!("session.file.listed", session_id = %id, files = files.len());
        Ok(files)
    }

    /// Removes what is at `path`; a folder with all in it only if `recursive`.
    ///
    /// # Errors
    /// [`Error::Files`] with what [`sbx_vfs::Editor::remove`] says, [`Error::Path`], [`Error::OutsideWorkspace`], and as
    /// [`SessionStore::open`].
    pub async fn delete_session_path(&self, id: &SessionId, path: &str, recursive: bool) -> Result<()> {
        let remove = |tree: &mut Tree, path: &GuestPath, now_ns: u64| {
            Ok(tree.edit(self.quota, now_ns).remove(path, recursive)?)
        };
        self.change(id, path, "path deleted", remove).await?;
        event!("session.file.deleted", session_id = %id);
        Ok(())
    }

    /// Removes everything from the workspace that is not the runtime's own.
    ///
    /// # Errors
    /// As [`SessionFiles::delete_session_path`].
    pub async fn delete_session_workspace(&self, id: &SessionId) -> Result<()> {
        let clear = |tree: &mut Tree, path: &GuestPath, now_ns: u64| {
            let Ok(items) = tree.list(path) else { return Ok(()) };
            let items: Vec<Item> = items.collect();
            for item in items.into_iter().filter(|item| !item.read_only) {
                match tree.edit(self.quota, now_ns).remove(&item.path, true) {
                    // The runtime keeps something of its own in there.
                    Ok(()) | Err(sbx_vfs::Error::ReadOnly { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(())
        };
        self.change(id, ".", "workspace deleted", clear).await?;
        event!("session.file.deleted", session_id = %id);
        Ok(())
    }

    async fn look(&self, id: &SessionId) -> Result<(Head, Tree)> {
        let found = self.store.read(id).await?;
        let loaded = self.store.load_turn(&found.head, None, &self.base, Parts::Files).await?;
        Ok((found.head, loaded.state.tree))
    }

    /// Takes the lease, changes the tree, stores that as a turn and gives the lease back.
    async fn change(
        &self,
        id: &SessionId,
        path: &str,
        note: &str,
        change: impl FnOnce(&mut Tree, &GuestPath, u64) -> Result<()> + Send,
    ) -> Result<()> {
        let mut held = self.store.open_parts(id, &self.base, Parts::Files).await?;
        let mut next = held.state().clone();
        let now_ns = self.store.clock.now_ms().saturating_mul(1_000_000);
        let path = in_workspace(held.head(), path);
        let changed = path.and_then(|path| change(&mut next.tree, &path, now_ns));
        if changed.is_ok() {
            held.stage(TurnSummary::new().with_note(note), Some(next));
        }
        let released = held.release().await;
        changed.and(released)
    }
}

impl SessionFile {
    fn new(item: Item) -> Self {
        let is_link = item.file_type() == FileType::Symlink;
        let size = if is_link { 0 } else { item.stat.size };
        Self { path: item.path, size, modified_ns: item.stat.times.mtime_ns, is_link }
    }
}

/// A path in the workspace of a session.
fn in_workspace(head: &Head, path: &str) -> Result<GuestPath> {
    let resolved = head.workspace.resolve(path).inspect_err(|error| {
        alarm!("security.path_refused", session_id = %head.id, code = error.code());
    })?;
    if resolved.starts_with(&head.workspace) {
        return Ok(resolved);
    }
    alarm!("security.path_refused", session_id = %head.id, code = "session.outside_workspace");
    Err(Error::OutsideWorkspace {
        path: resolved.as_str().to_owned(),
        workspace: head.workspace.as_str().to_owned(),
    })
}

/// Whether a path below the workspace is one that `pattern` means.
fn is_match(pattern: &str, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let mut wanted: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if wanted.len() == 1 {
        wanted.insert(0, "**");
    }
    // Row by row, as in comparing texts: whether the first parts of one match the first parts of the other.
    let mut row: Vec<bool> = (0..=parts.len()).map(|n| n == 0).collect();
    for want in wanted {
        let is_any = want == "**";
        let mut next = vec![is_any && row.first() == Some(&true)];
        for (idx, part) in parts.iter().enumerate() {
            let (before, above) = (row.get(idx) == Some(&true), row.get(idx + 1) == Some(&true));
            let left = next.last() == Some(&true);
            next.push(if is_any { above || left } else { before && part_matches(want, part) });
        }
        row = next;
    }
    row.last() == Some(&true)
}

/// The same for one part, with `*` and `?`.
fn part_matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|n| n == 0).collect();
    for want in pattern.chars() {
        let mut next = vec![want == '*' && row.first() == Some(&true)];
        for (idx, char) in text.iter().enumerate() {
            let (before, above) = (row.get(idx) == Some(&true), row.get(idx + 1) == Some(&true));
            let left = next.last() == Some(&true);
            next.push(match want {
                '*' => above || left,
                '?' => before,
                want => before && want == *char,
            });
        }
        row = next;
    }
    row.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_shells_mean() {
        for (pattern, path, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "x/y/a.csv", true),
            ("*.csv", "a.csv.bak", false),
            ("./*.csv", "x/a.csv", true),
            ("x/*.csv", "x/a.csv", true),
            ("x/*.csv", "x/y/a.csv", false),
            ("x/**/*.csv", "x/a.csv", true),
            ("x/**/*.csv", "x/y/z/a.csv", true),
            ("**", "x/y", true),
            ("x/**", "x/y", true),
            ("?.txt", "a.txt", true),
            ("?.txt", "ab.txt", false),
            ("ä*", "äöü", true),
            ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(is_match(pattern, path), expected, "{pattern} {path}");
        }
    }
}
