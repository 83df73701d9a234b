//! The files of a sandbox, from the host's side: put, get, list, carry to and from a folder.

use sbx_core::GuestPath;
use sbx_vfs::{Quota, Tree};

use crate::{error::Result, sandbox::Sandbox};

impl Sandbox {
    /// Puts a file into the workspace; `path` is relative to it or absolute. Replaces what is there.
    ///
    /// # Errors
    /// A path that cannot be one, a full quota, something in the way.
    pub fn write_file(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.resolve(path)?;
        let quota = self.quota();
        Ok(self.files.edit(quota, now_ns()).write_file(&path, bytes, true)?)
    }

    /// What a file holds.
    ///
    /// # Errors
    /// No such file.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        Ok(self.files.read_file(&self.resolve(path)?)?)
    }

    /// The files of the workspace, sorted; directories are walked, not listed.
    #[must_use]
    pub fn list_files(&self) -> Vec<GuestPath> {
        let items = self.files.walk(&self.policy().guest_mount_path);
        items.filter(|item| item.file_type() != sbx_vfs::FileType::Dir).map(|item| item.path).collect()
    }

    /// Removes a file, or a directory with all in it.
    ///
    /// # Errors
    /// No such file.
    pub fn remove_file(&mut self, path: &str) -> Result<()> {
        let path = self.resolve(path)?;
        let quota = self.quota();
        Ok(self.files.edit(quota, now_ns()).remove(&path, true)?)
    }

    /// The files as they are now, to start another sandbox with: a fork in constant time.
    #[must_use]
    pub fn files(&self) -> Tree {
        self.files.clone()
    }

    fn resolve(&self, path: &str) -> Result<GuestPath> {
        Ok(self.policy().guest_mount_path.resolve(path)?)
    }

    fn quota(&self) -> Quota {
        sbx_runtime_python::quota(self.policy())
    }
}

fn now_ns() -> u64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}
