//! Writes on their way: files that nobody sees until they are whole.

use std::{
    io::{self, Write},
    time::{Duration, SystemTime},
};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, OpenOptions};

/// What is younger may still be on its way.
const LEFTOVER_AGE: Duration = Duration::from_secs(60 * 60);

/// A file on its way; removed if it does not arrive.
pub(super) struct Temp<'a> {
    temps: &'a Dir,
    name: String,
    has_arrived: bool,
}

impl<'a> Temp<'a> {
    /// A new file with `bytes` in it, which are on the disk when this returns.
    pub(super) fn write(temps: &'a Dir, bytes: &[u8]) -> io::Result<Self> {
        // By chance, so that neither threads nor processes nor machines that share the folder have to know each other.
        let random = getrandom::u64().map_err(io::Error::other)?;
        let name = format!("{random:016x}");
        let options = &mut OpenOptions::new();
        let options = options.write(true).create_new(true).follow(FollowSymlinks::No);
        let mut file = temps.open_with(&name, options)?.into_std();
        let temp = Self { temps, name, has_arrived: false };
        file.write_all(bytes)?;
        file.sync_data()?;
        Ok(temp)
    }

    /// Puts it into its place, over whatever is there. After an error it is still on its way.
    pub(super) fn rename(&mut self, dir: &Dir, name: &str) -> io::Result<()> {
        self.temps.rename(&self.name, dir, name)?;
        self.has_arrived = true;
        Ok(())
    }
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if !self.has_arrived {
            // The next open sweeps what cannot be removed now.
            self.temps.remove_file(&self.name).ok();
        }
    }
}

/// Removes what crashes have left, as far as that works: a folder that can only be read is still good for reading.
pub(super) fn sweep(temps: &Dir) {
    let now = SystemTime::now();
    let removed = || -> io::Result<()> {
        for entry in temps.entries()? {
            let entry = entry?;
            let Ok(modified) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
            let age = now.duration_since(modified.into_std()).unwrap_or_default();
            if age > LEFTOVER_AGE {
                match temps.remove_file(entry.file_name()) {
                    // Another process that opens it sweeps, too.
                    Err(source) if source.kind() == io::ErrorKind::NotFound => {}
                    result => result?,
                }
            }
        }
        Ok(())
    };
    if let Err(error) = removed() {
        tracing::warn!(target: "sbx::storage", %error, "cannot remove what crashed writes have left");
    }
}
