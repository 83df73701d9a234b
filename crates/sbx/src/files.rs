//! The files of a sandbox, from the host's side: put, get, list, carry to and from a folder.

use std::{io, path::Path};

use cap_std::{ambient_authority, fs::Dir};
use sbx_core::{GuestPath, SandboxResult};
use sbx_vfs::{FileType, Quota, Transferred, Tree, remove_host_file, write_host_file};

use crate::{
    error::{Error, Result},
    sandbox::{LARGE_FILE_BYTES, Sandbox},
};

impl Sandbox {
    /// Puts a file into the workspace; `path` is relative to it or absolute. Replaces what is there.
    ///
    /// # Errors
    /// A path that cannot be one, a full quota, something in the way.
    pub fn write_file(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let (path, quota) = (self.resolve(path)?, self.quota());
        self.change("wrote a file", |tree| Ok(tree.edit(quota, now_ns()).write_file(&path, bytes, true)?))?;
        self.spill_now(bytes.len() as u64);
        Ok(())
    }

    /// What a file holds, up to `max_file_bytes` of the policy.
    ///
    /// # Errors
    /// No such file; `limit.disk` for a longer one, which a session may have from elsewhere.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        let limit = self.policy().max_file_bytes;
        Ok(self.files.read_file_within(&self.resolve(path)?, limit)?)
    }

    /// The files of the workspace, sorted; directories are walked, not listed.
    #[must_use]
    pub fn list_files(&self) -> Vec<GuestPath> {
        let items = self.files.walk(&self.policy().guest_mount_path);
        items.filter(|item| item.file_type() != FileType::Dir).map(|item| item.path).collect()
    }

    /// Removes a file, or a directory with all in it.
    ///
    /// # Errors
    /// No such file.
    pub fn remove_file(&mut self, path: &str) -> Result<()> {
        let (path, quota) = (self.resolve(path)?, self.quota());
        self.change("removed a file", |tree| Ok(tree.edit(quota, now_ns()).remove(&path, true)?))
    }

    /// Copies what is in the host's folder `from` into the workspace; all of it or, after an error, nothing.
    ///
    /// # Errors
    /// A folder that cannot be read, a link or device in it, a full quota.
    pub fn import_dir(&mut self, from: &Path) -> Result<Transferred> {
        let dir = open_dir(from)?;
        let (quota, workspace) = (self.quota(), self.policy().guest_mount_path.clone());
        let copied = self.change("imported a folder", |tree| {
            Ok(tree.edit(quota, now_ns()).import_dir(&workspace, &dir)?)
        })?;
        self.spill_now(copied.bytes);
        Ok(copied)
    }

    /// Copies the workspace into the host's folder `to`, which is made if it is not there. Files in it are overwritten;
    /// links in it are not followed, and links of the guest's are left out.
    ///
    /// # Errors
    /// What the host refuses. What was copied before stays.
    pub fn export_dir(&self, to: &Path) -> Result<Transferred> {
        std::fs::create_dir_all(to).map_err(host_file("create the folder", to))?;
        Ok(self.files.export_dir(&self.policy().guest_mount_path, &open_dir(to)?)?)
    }

    /// Does to the host's folder `to` what the run of `result` did to the workspace: writes the files that it created
    /// or modified, removes those that it deleted. Everything else in the folder stays untouched.
    ///
    /// # Errors
    /// What the host refuses. What was done before stays.
    ///
    /// # Security
    /// Nothing outside of the folder is reached. No link in it is followed, and one in the way is an error; links of the
    /// guest's are left out.
    pub fn export_changes(&self, result: &SandboxResult, to: &Path) -> Result<()> {
        let dir = open_dir(to)?;
        let workspace = &self.policy().guest_mount_path;
        for path in result.files_created.iter().chain(&result.files_modified) {
            let Some(below) = path.strip_prefix(workspace) else { continue };
            if self.files.stat(path)?.file_type() != FileType::File {
                continue;
            }
            let bytes = self.files.read_file_within(path, self.policy().max_file_bytes)?;
            write_host_file(&dir, below, &bytes).map_err(host_file("write", &to.join(below)))?;
        }
        for path in &result.files_deleted {
            let Some(below) = path.strip_prefix(workspace) else { continue };
            match remove_host_file(&dir, below) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(host_file("remove", &to.join(below))(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// The files as they are now, to start another sandbox with: a fork in constant time.
    #[must_use]
    pub fn files(&self) -> Tree {
        self.files.clone()
    }

    /// Changes the files, in the session too if there is one.
    fn change<R>(&mut self, note: &str, change: impl FnOnce(&mut Tree) -> Result<R>) -> Result<R> {
        let Some(session) = &self.session else { return change(&mut self.files) };
        let outcome = session.change_files(note, change)?;
        self.files = session.files()?;
        Ok(outcome)
    }

    /// Moves large files out of memory once, here: otherwise every sandbox that starts with these files would move its own
    /// copy after its program. Looking for them costs time for each file, hence only after bytes that can be one.
    fn spill_now(&mut self, written: u64) {
        if self.session.is_none() && written >= LARGE_FILE_BYTES {
            self.spill();
        }
    }

    fn resolve(&self, path: &str) -> Result<GuestPath> {
        Ok(self.policy().guest_mount_path.resolve(path)?)
    }

    fn quota(&self) -> Quota {
        sbx_host::quota(self.policy())
    }
}

pub(crate) fn open_dir(path: &Path) -> Result<Dir> {
    Dir::open_ambient_dir(path, ambient_authority()).map_err(host_file("open the folder", path))
}

fn host_file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::HostFile { action, path, source }
}

pub(crate) fn now_ns() -> u64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}
