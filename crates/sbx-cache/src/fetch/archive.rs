//! Unpacks verified archives: wheels, which are zip files, and the compressed tar files of other managers.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use flate2::read::GzDecoder;
use zip::ZipArchive;

use crate::error::{Error, Result};

/// The most that an archive may unpack to, in bytes.
const MAX_UNPACKED: u64 = 2 << 30;

/// Unpacks `archive` into the folder `target`; nothing of it can lead elsewhere.
pub(super) fn unpack(archive: &Path, target: &Path) -> Result<()> {
    let file = File::open(archive).map_err(Error::io("open", archive))?;
    let is_zip = archive.extension().is_some_and(|extension| extension == "whl");
    let unpacked = if is_zip { unpack_zip(file, target) } else { unpack_tar(file, target) };
    unpacked.map_err(|error| {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Error::DiskFull { path: target.to_owned(), source: error };
        }
        Error::Archive { path: archive.to_owned(), problem: error.to_string() }
    })
}

fn unpack_zip(file: File, target: &Path) -> io::Result<()> {
    let mut archive = ZipArchive::new(file)?;
    let mut room = MAX_UNPACKED;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index)?;
        let path = member.enclosed_name().ok_or_else(|| refused("a name in it leads elsewhere"))?;
        let path = target.join(path);
        if member.is_dir() {
            fs::create_dir_all(&path)?;
            continue;
        }
        room = room.checked_sub(member.size()).ok_or_else(|| refused("it is too large"))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut to = File::create_new(&path)?;
        let n_written = io::copy(&mut member, &mut to)?;
        if n_written != member.size() {
            return Err(refused("a file in it is not as long as it says"));
        }
        #[cfg(unix)]
        if member.unix_mode().is_some_and(|mode| mode & 0o100 != 0) {
            use std::os::unix::fs::PermissionsExt as _;
            to.set_permissions(fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

fn unpack_tar(file: File, target: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut room = MAX_UNPACKED;
    for entry in archive.entries()? {
        let mut entry = entry?;
        room = room.checked_sub(entry.size()).ok_or_else(|| refused("it is too large"))?;
        // Plain files and folders: sources have nothing else, and links could lead elsewhere.
        if (entry.header().entry_type().is_file() || entry.header().entry_type().is_dir())
            && !entry.unpack_in(target)?
        {
            return Err(refused("a name in it leads elsewhere"));
        }
    }
    Ok(())
}

fn refused(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zip_of(members: &[(&str, &str, u32)]) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".whl").tempfile().unwrap();
        let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
        for (name, text, mode) in members {
            let options = zip::write::SimpleFileOptions::default().unix_permissions(*mode);
            zip.start_file(*name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        file
    }

    #[test]
    fn wheels_keep_what_can_be_run() {
        let target = tempfile::tempdir().unwrap();
        let wheel = zip_of(&[("a/tool", "x", 0o755), ("a/data", "y", 0o644)]);
        unpack(wheel.path(), target.path()).unwrap();
        assert_eq!(fs::read_to_string(target.path().join("a/data")).unwrap(), "y");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |name: &str| fs::metadata(target.path().join(name)).unwrap().permissions().mode();
            assert_eq!((mode("a/tool") & 0o100, mode("a/data") & 0o100), (0o100, 0));
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let target = tempfile::tempdir().unwrap();
        let wheel = zip_of(&[("../outside", "x", 0o644)]);
        let error = unpack(wheel.path(), target.path()).unwrap_err();
        assert_eq!(error.code(), "fetch.archive");
        assert!(!target.path().parent().unwrap().join("outside").exists());
    }
}
