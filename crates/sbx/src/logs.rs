//! What runs wrote, kept as files where only their user can read it.

use std::{fs, io, io::Write as _, path::Path};

use cap_std::{
    ambient_authority,
    fs::{Dir, DirBuilder, OpenOptions},
};
use sbx_core::SandboxResult;

use crate::error::{Error, Result};

/// Keeps the output of a run in a new folder `name` of `folder`, which is made if it is not there.
///
/// # Errors
/// A folder that cannot be written to; a `name` that is there already, as a link too.
///
/// # Security
/// The new folder has mode 0700 and its files 0600. Nothing that was there is opened, so no link of anybody leads elsewhere.
pub(crate) fn keep(folder: &Path, name: &str, result: &SandboxResult) -> Result<()> {
    let write = || {
        make_private(folder)?;
        let folder = Dir::open_ambient_dir(folder, ambient_authority())?;
        folder.create_dir_with(name, &private_dir())?;
        let run = folder.open_dir(name)?;
        for (file, text) in [("stdout.log", &result.stdout), ("stderr.log", &result.stderr)] {
            run.open_with(file, &private_file())?.write_all(text.as_bytes())?;
        }
        Ok(())
    };
    write().map_err(|source| Error::HostFile { action: "keep the logs in", path: folder.join(name), source })
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

fn private_dir() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes elsewhere"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use cap_std::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        os::unix::fs::{MetadataExt as _, symlink},
        path::PathBuf,
    };

    use sbx_core::{Ending, RuntimeType};

    use super::*;

    fn result() -> SandboxResult {
        let mut result = SandboxResult::new(RuntimeType::Python, Ending::Ok, 0);
        result.stdout = "secret".to_owned();
        result
    }

    fn mode(path: PathBuf) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn only_their_user_can_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("new/logs");
        keep(&logs, "run", &result()).unwrap();
        assert_eq!(fs::read_to_string(logs.join("run/stdout.log")).unwrap(), "secret");
        assert_eq!(
            [mode(logs.clone()), mode(logs.join("run")), mode(logs.join("run/stdout.log"))],
            [0o700, 0o700, 0o600]
        );
    }

    #[test]
    fn what_is_there_is_never_written_to() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(elsewhere.path(), folder.path().join("run")).unwrap();
        assert_eq!(keep(folder.path(), "run", &result()).unwrap_err().code(), "host.file");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
        keep(folder.path(), "once", &result()).unwrap();
        assert_eq!(keep(folder.path(), "once", &result()).unwrap_err().code(), "host.file");
    }
}
