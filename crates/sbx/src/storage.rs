//! Where sessions and logs are kept unless somebody says otherwise.

use std::path::PathBuf;

use crate::error::{Error, Result};

/// The folder for sessions of this user: `sbx/sessions` in the user's data folder (`$XDG_DATA_HOME`, else `~/.local/share`,
/// on macOS `~/Library/Application Support`).
///
/// # Errors
/// If neither `$XDG_DATA_HOME` nor `$HOME` is set to an absolute path.
pub fn default_storage_dir() -> Result<PathBuf> {
    Ok(data_dir()?.join("sessions"))
}

/// The folder for the output of this user's runs, if it is kept: `sbx/logs` in the user's data folder.
///
/// # Errors
/// As [`default_storage_dir`].
pub fn default_log_dir() -> Result<PathBuf> {
    Ok(data_dir()?.join("logs"))
}

fn data_dir() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let in_home = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    let data = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(in_home)));
    Ok(data.ok_or(Error::NoDataFolder)?.join("sbx"))
}
