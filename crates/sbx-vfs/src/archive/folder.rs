//! Export to and import from a folder of the host.

use std::io::Write;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, File, OpenOptions};
use sbx_core::GuestPath;

use super::{Transferred, each_buffer};
use crate::mount::{OpenHow, open_file};
use crate::tree::Editor;
use crate::{Errno, Error, FileType, QuotaKind, Result, Tree};

impl Tree {
    /// Copies what is below `prefix` into `dest`. Files that are there are overwritten; links in `dest` are not
    /// followed, and links of the guest's and devices are left out.
    ///
    /// # Errors
    /// [`Error::NotADirectory`] if `prefix` is none; [`Error::Io`] for what the host refuses, among it a link or
    /// something else than a file or directory in the way. What was copied before stays.
    pub fn export_dir(&self, prefix: &GuestPath, dest: &Dir) -> Result<Transferred> {
        drop(self.list(prefix)?);
        let mut done = Transferred::default();
        let mut open: Vec<(GuestPath, Dir)> = vec![(prefix.clone(), clone_dir(dest, prefix)?)];
        for item in self.walk(prefix) {
            // The walk goes depth first: what is open is always a chain of directories above the item.
            while open.last().is_some_and(|(at, _)| item.path.parent().as_ref() != Some(at)) {
                open.pop();
            }
            let (Some((_, dir)), Some(name)) = (open.last(), item.path.file_name()) else { continue };
            let failed = |source| Error::Io { path: item.path.clone(), source };
            match item.file_type() {
                FileType::Dir => {
                    match dir.create_dir(name) {
                        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                            return Err(failed(error));
                        }
                        Ok(()) | Err(_) => {}
                    }
                    let below = dir.open_dir_nofollow(name).map_err(failed)?;
                    open.push((item.path, below));
                }
                FileType::File => {
                    let mut file = create(dir, name).map_err(failed)?;
                    done.bytes += each_buffer(self, &item.path, |bytes| file.write_all(bytes))?;
                    done.files += 1;
                }
                FileType::Symlink => done.skipped.push(item.path),
                FileType::CharacterDevice | FileType::Stream | FileType::Other => {}
            }
        }
        Ok(done)
    }
}

impl Editor<'_> {
    /// Copies what is in `from` below `prefix`, over what is there. All of it or, after an error, nothing.
    ///
    /// # Errors
    /// [`Error::RefusedEntry`] for a link, device, FIFO or socket; [`Error::BadName`]; [`Error::Quota`] and the others
    /// of [`Editor::write_file`].
    pub fn import_dir(&mut self, prefix: &GuestPath, from: &Dir) -> Result<Transferred> {
        self.all_or_nothing(|editor| {
            let mut done = Transferred::default();
            editor.mkdir_all(prefix)?;
            let mut pending = vec![(prefix.clone(), clone_dir(from, prefix)?)];
            while let Some((path, dir)) = pending.pop() {
                editor.import_entries(&path, &dir, &mut pending, &mut done)?;
            }
            Ok(done)
        })
    }

    fn import_entries(
        &mut self,
        path: &GuestPath,
        dir: &Dir,
        pending: &mut Vec<(GuestPath, Dir)>,
        done: &mut Transferred,
    ) -> Result<()> {
        let failed = |source| Error::Io { path: path.clone(), source };
        for entry in dir.entries().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = path.join(&name).map_err(|source| Error::BadName { name: name.clone(), source })?;
            let failed = |source| Error::Io { path: below.clone(), source };
            let file_type = entry.file_type().map_err(failed)?;
            if file_type.is_dir() {
                self.mkdir_all(&below)?;
                let dir = dir.open_dir_nofollow(&name).map_err(failed)?;
                pending.push((below, dir));
            } else if file_type.is_file() {
                let max_bytes = self.ledger.quota.max_file_bytes;
                let mut file = open_file(dir, &name, OpenHow::default(), max_bytes).map_err(|errno| {
                    let too_big =
                        Error::Quota { path: below.clone(), kind: QuotaKind::FileSize, limit: max_bytes };
                    if errno == Errno::Fbig { too_big } else { failed(std::io::Error::other(errno)) }
                })?;
                done.bytes += self.put_stream(&below, &mut file)?;
                done.files += 1;
            } else {
                let what = if file_type.is_symlink() { "a symbolic link" } else { "no regular file" };
                return Err(Error::RefusedEntry { name, what });
            }
        }
        Ok(())
    }
}

/// Writes `bytes` to `below`, a relative path in the host's folder `dest`, over what is there, making folders on the way.
///
/// # Errors
/// What the host refuses, among it a link, or something else than a file or folder, anywhere in `below`.
///
/// # Security
/// No link is followed, not even one that stays in the folder, and nothing waits for the other end of a FIFO.
pub fn write_host_file(dest: &Dir, below: &str, bytes: &[u8]) -> std::io::Result<()> {
    let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
    let mut dir = dest.try_clone()?;
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        match dir.create_dir(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => dir = dir.open_dir_nofollow(folder)?,
        }
    }
    create(&dir, name)?.write_all(bytes)
}

/// Removes `below`, a relative path in the host's folder `dest`; a link itself, not what it leads to.
///
/// # Errors
/// What the host refuses, among it a link on the way.
pub fn remove_host_file(dest: &Dir, below: &str) -> std::io::Result<()> {
    let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
    let mut dir = dest.try_clone()?;
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        dir = dir.open_dir_nofollow(folder)?;
    }
    dir.remove_file(name)
}

fn clone_dir(dir: &Dir, path: &GuestPath) -> Result<Dir> {
    dir.try_clone().map_err(|source| Error::Io { path: path.clone(), source })
}

/// An empty regular file `name` in `dir`, never through a link and never waiting for a FIFO's other end.
fn create(dir: &Dir, name: &str) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).follow(FollowSymlinks::No).nonblock(true);
    let file = dir.open_with(name, &options)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    file.set_len(0)?;
    Ok(file)
}
