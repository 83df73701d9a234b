//! `files`, `cat`, `rm` and `diff`: the files of a session, as they are or were.

use std::io::{self, Write as _};

use sbx::{Change, ChangeKind, ExecutionPolicy, FileType, GuestPath, Item, Session, Tree};
use serde_json::{Value, json};

use super::{Desk, glob};
use crate::{
    args::{CatArgs, DiffArgs, FilesArgs, RemoveArgs},
    console,
    failure::{Failure, Outcome},
    when::{ago, now_ms},
};

/// Lists the files of the workspace that are not the runtime's own.
pub(super) fn files(desk: &Desk<'_>, args: &FilesArgs) -> Outcome<()> {
    let (_, session) = desk.open(&args.id, ExecutionPolicy::default())?;
    let tree = tree(&session, args.turn)?;
    let workspace = workspace(desk, &session)?;
    let is_meant = |item: &Item| {
        let below = item.path.strip_prefix(&workspace).unwrap_or_default();
        let is_file = matches!(item.file_type(), FileType::File | FileType::Symlink);
        is_file && !item.read_only && args.glob.as_ref().is_none_or(|glob| glob::matches(glob, below))
    };
    let items: Vec<Item> = tree.walk(&workspace).filter(is_meant).collect();
    if desk.json {
        let files: Vec<Value> = items
            .iter()
            .map(|item| {
                json!({
                    "path": item.path,
                    "size_bytes": size(item),
                    "modified_ms": modified_ms(item),
                    "is_link": item.file_type() == FileType::Symlink,
                })
            })
            .collect();
        return console::print_json(json!({ "id": args.id, "files": files }));
    }
    if items.is_empty() {
        console::say("no files");
        return Ok(());
    }
    let now = now_ms();
    let rows = items.iter().map(|item| {
        let target = item.target.as_ref().map_or_else(String::new, |target| format!(" -> {target}"));
        [sbx::show_bytes(size(item)), ago(modified_ms(item), now), format!("{}{target}", item.path)]
    });
    console::print_table(["SIZE", "MODIFIED", "PATH"], &[0], rows)
}

/// Prints a file.
pub(super) fn cat(desk: &Desk<'_>, args: &CatArgs) -> Outcome<()> {
    desk.no_json("sbx session cat")?;
    let (_, session) = desk.open(&args.id, ExecutionPolicy::default())?;
    let path = resolve(desk, &session, &args.path)?;
    let tree = tree(&session, args.turn)?;
    let mut stdout = io::stdout().lock();
    stream(&tree, &path, |part| stdout.write_all(part).map_err(Failure::of_output))?;
    stdout.flush().map_err(Failure::of_output)
}

/// Gives the bytes of a file piece by piece, and says how many there were. A file from an archive may be longer than memory.
pub(super) fn stream(
    tree: &Tree,
    path: &GuestPath,
    mut take: impl FnMut(&[u8]) -> Outcome<()>,
) -> Outcome<u64> {
    let mut buf = vec![0; 1 << 20];
    let mut at = 0;
    loop {
        let n = tree.read_at(path, at, &mut buf).map_err(sbx::Error::from)?;
        let part = buf.get(..n).unwrap_or_default();
        if part.is_empty() {
            return Ok(at);
        }
        take(part)?;
        at = at.saturating_add(n as u64);
    }
}

/// Removes a file or folder.
pub(super) fn rm(desk: &Desk<'_>, args: &RemoveArgs) -> Outcome<()> {
    let (sessions, session) = desk.open(&args.id, ExecutionPolicy::default())?;
    let files = sessions.files()?;
    let removed = desk.ask(|| files.delete_session_path(&args.id, &args.path, args.recursive));
    if let Err(Failure::Usage(error)) = &removed
        && error.downcast_ref::<sbx::Error>().is_some_and(|error| error.code() == "vfs.not_empty")
    {
        return Err(Failure::usage(format!("{error}; -r removes it with all in it")));
    }
    removed?;
    if desk.json {
        let path = resolve(desk, &session, &args.path)?;
        return console::print_json(json!({ "id": args.id, "removed": path }));
    }
    Ok(())
}

/// Lists what changed between two turns.
pub(super) fn diff(desk: &Desk<'_>, args: &DiffArgs) -> Outcome<()> {
    let (_, session) = desk.open(&args.id, ExecutionPolicy::default())?;
    let changes = session.diff(args.from, args.to)?;
    if desk.json {
        return console::print_json(json!({
            "id": args.id, "from": args.from, "to": args.to, "changes": changes,
        }));
    }
    changes.iter().try_for_each(|change| console::print(&line(change)))
}

/// A change as `git diff --name-status` has it; folders end with a slash.
fn line(change: &Change) -> String {
    let name = |path: &GuestPath| {
        let slash = if change.file_type == FileType::Dir { "/" } else { "" };
        format!("{}{slash}", console::one_line(path.as_str()))
    };
    let path = name(&change.path);
    match &change.kind {
        ChangeKind::Created => format!("A\t{path}"),
        ChangeKind::Deleted => format!("D\t{path}"),
        ChangeKind::Renamed { from } => format!("R\t{}\t{path}", name(from)),
        ChangeKind::Modified | _ => format!("M\t{path}"),
    }
}

/// The files after a turn, or the latest.
pub(super) fn tree(session: &Session, turn: Option<u64>) -> Outcome<Tree> {
    Ok(match turn {
        Some(turn) => session.files_at(turn)?,
        None => session.files()?,
    })
}

/// The workspace of a session.
pub(super) fn workspace(desk: &Desk<'_>, session: &Session) -> Outcome<GuestPath> {
    Ok(desk.ask(|| desk.store.info(session.id()))?.workspace)
}

/// A path in the workspace of a session.
pub(super) fn resolve(desk: &Desk<'_>, session: &Session, path: &str) -> Outcome<GuestPath> {
    let workspace = workspace(desk, session)?;
    let resolved = workspace.resolve(path).map_err(sbx::Error::from)?;
    if !resolved.starts_with(&workspace) {
        return Err(Failure::usage(format!("{path:?} is outside the workspace {workspace}")));
    }
    Ok(resolved)
}

/// Bytes of a file; of a link there are none to read.
fn size(item: &Item) -> u64 {
    if item.file_type() == FileType::Symlink { 0 } else { item.stat.size }
}

fn modified_ms(item: &Item) -> u64 {
    item.stat.times.mtime_ns / 1_000_000
}
