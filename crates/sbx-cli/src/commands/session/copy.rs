//! `cp`: files and folders from this machine into a session, and out of it.
//!
//! On this machine no link is followed in place of what is named, and nothing but regular files is read or written.

use std::{
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::{
    ambient_authority,
    fs::{Dir, File, OpenOptions},
};
use sbx::{ExecutionPolicy, FileType, SessionId, Tree};
use serde_json::json;

use super::{
    Desk,
    files::{resolve, stream},
};
use crate::{
    args::CopyArgs,
    commands::place::patiently,
    console,
    failure::{Failure, Outcome},
};

/// One side of a copy.
#[derive(Debug, PartialEq, Eq)]
enum Side {
    Session(SessionId, String),
    Here(PathBuf),
}

/// What was copied.
#[derive(Default)]
struct Copied {
    files: u64,
    bytes: u64,
    skipped: Vec<String>,
}

/// Copies.
pub(super) fn cp(desk: &Desk<'_>, args: &CopyArgs) -> Outcome<()> {
    let copied = match (Side::parse(&args.from), Side::parse(&args.to)) {
        (Side::Session(id, path), Side::Here(to)) => out(desk, (&id, &path), &to, args.recursive),
        (Side::Here(from), Side::Session(id, path)) => into(desk, &from, (&id, &path), args.recursive),
        (Side::Session(..), Side::Session(..)) => {
            Err(Failure::usage("both sides are in sessions; copy to this machine first, then from here"))
        }
        (Side::Here(_), Side::Here(_)) => {
            Err(Failure::usage("neither side is in a session: write it as ID:PATH, such as notes:data.csv"))
        }
    }?;
    for path in &copied.skipped {
        console::remark(&format!("{path} is a symbolic link, which is left out"));
    }
    if desk.json {
        let Copied { files, bytes, skipped } = copied;
        return console::print_json(json!({ "files": files, "bytes": bytes, "skipped": skipped }));
    }
    Ok(())
}

impl Side {
    /// `ID:PATH`, else a path of this machine; `./a:b` is one.
    fn parse(text: &str) -> Self {
        let is_drive = cfg!(windows) && text.get(1..2) == Some(":");
        let named = text.split_once(':').filter(|_| !is_drive);
        match named.and_then(|(id, path)| Some((SessionId::parse(id).ok()?, path))) {
            Some((id, "")) => Self::Session(id, ".".to_owned()),
            Some((id, path)) => Self::Session(id, path.to_owned()),
            None => Self::Here(PathBuf::from(text)),
        }
    }
}

fn out(desk: &Desk<'_>, (id, path): (&SessionId, &str), to: &Path, recursive: bool) -> Outcome<Copied> {
    let (_, session) = desk.open(id, ExecutionPolicy::default())?;
    let tree: Tree = session.files()?;
    let from = resolve(desk, &session, path)?;
    if tree.stat(&from).map_err(sbx::Error::from)?.file_type() == FileType::Dir {
        if !recursive {
            return Err(Failure::usage(format!("{from} is a folder: -r copies what is in it")));
        }
        let made = std::fs::create_dir_all(to).and_then(|()| Dir::open_ambient_dir(to, ambient_authority()));
        let dir = made.with_context(|| cannot("write into", to)).map_err(Failure::Usage)?;
        let done = tree.export_dir(&from, &dir).map_err(sbx::Error::from)?;
        let skipped = done.skipped.iter().map(ToString::to_string).collect();
        return Ok(Copied { files: done.files, bytes: done.bytes, skipped });
    }
    // Before anything here is touched: whether it can be read at all.
    tree.read_at(&from, 0, &mut []).map_err(sbx::Error::from)?;
    let name = from.file_name().filter(|_| to.is_dir());
    let to = name.map_or_else(|| to.to_owned(), |name| to.join(name));
    let failed = |error: io::Error| Failure::Usage(anyhow::Error::new(error).context(cannot("write", &to)));
    let mut file = create(&to).map_err(failed)?;
    let bytes = stream(&tree, &from, |part| file.write_all(part).map_err(failed))?;
    Ok(Copied { files: 1, bytes, ..Copied::default() })
}

fn into(desk: &Desk<'_>, from: &Path, (id, path): (&SessionId, &str), recursive: bool) -> Outcome<Copied> {
    let found = from.symlink_metadata().with_context(|| cannot("read", from)).map_err(Failure::Usage)?;
    if found.is_dir() && !recursive {
        return Err(Failure::usage(format!("{} is a folder: -r copies what is in it", from.display())));
    }
    let (sessions, session) = desk.open(id, ExecutionPolicy::default())?;
    let to = resolve(desk, &session, path)?;
    if found.is_dir() {
        let done = patiently(desk.wait, || Ok(session.import_dir_to(to.as_str(), from)?))?;
        session.close()?;
        return Ok(Copied { files: done.files, bytes: done.bytes, ..Copied::default() });
    }
    let max_bytes = ExecutionPolicy::default().max_file_bytes;
    let bytes = read(from, max_bytes).with_context(|| cannot("read", from)).map_err(Failure::Usage)?;
    let is_folder =
        path.ends_with('/') || session.files()?.stat(&to).is_ok_and(|item| item.file_type() == FileType::Dir);
    let to = match from.file_name().filter(|_| is_folder) {
        Some(name) => to.join(&name.to_string_lossy()).map_err(sbx::Error::from)?,
        None => to,
    };
    let files = sessions.files()?;
    desk.ask(|| files.write_session_file(id, to.as_str(), &bytes, true))?;
    Ok(Copied { files: 1, bytes: bytes.len() as u64, ..Copied::default() })
}

/// The bytes of a regular file, one more than `max_bytes` at most.
fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    let mut bytes = Vec::new();
    open(path, options)?.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An empty file to write to, in place of a regular one that is there.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    let file = open(path, options)?;
    file.set_len(0)?;
    Ok(file)
}

/// The regular file of this name: not what a link leads to, and without waiting for the other end of a FIFO.
fn open(path: &Path, mut options: OpenOptions) -> io::Result<File> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = Dir::open_ambient_dir(folder, ambient_authority())?;
    let file = folder.open_with(name, options.follow(FollowSymlinks::No).nonblock(true))?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok(file)
}

fn cannot(action: &str, path: &Path) -> String {
    format!("cannot {action} {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_told_apart() {
        let of = |id: &str, path: &str| Side::Session(SessionId::parse(id).unwrap(), path.to_owned());
        assert_eq!(Side::parse("notes:a/b.csv"), of("notes", "a/b.csv"));
        assert_eq!(Side::parse("notes:"), of("notes", "."));
        assert_eq!(Side::parse("my notes:/app/a:b"), of("my notes", "/app/a:b"));
        for path in ["a.csv", "./a:b", "/tmp/a:b", "../x:y", ".hidden:x"] {
            assert_eq!(Side::parse(path), Side::Here(path.into()));
        }
    }
}
