//! Small file systems, to fill and to make read-only.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of its own, for root only.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// None, said aloud, where mounting is not allowed.
    pub(crate) fn tmpfs(path: &Path, options: &str) -> Option<Self> {
        fs::create_dir(path).unwrap();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(path);
        match command.output() {
            Ok(output) if output.status.success() => Some(Self(path.canonicalize().unwrap())),
            _ => {
                eprintln!("skipped: mounting a small file system takes root");
                None
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Fills it up to `room` bytes, with the file that is given back.
    pub(crate) fn fill(&self, room: u64) -> PathBuf {
        let path = self.0.join("ballast");
        let mut file = fs::File::create(&path).unwrap();
        let full = std::iter::repeat_with(|| file.write_all(&[7; 4096])).find_map(Result::err).unwrap();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        file.set_len(file.metadata().unwrap().len().saturating_sub(room)).unwrap();
        path
    }

    /// Makes the room again. A process that is about to start may still have the file open, so it is emptied first.
    pub(crate) fn clear(&self, ballast: &Path) {
        assert!(ballast.starts_with(&self.0));
        fs::File::create(ballast).unwrap();
        fs::remove_file(ballast).unwrap();
    }

    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a test that failed may still have a file open in it.
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}
