//! `export` and `import`: sessions as files.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, IsTerminal as _, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sbx::SessionError;
use serde_json::json;

use super::Desk;
use crate::{
    args::{ExportArgs, ImportArgs},
    console,
    failure::{Failure, Outcome},
};

/// Writes a session into a file, which is there when all of it is.
pub(super) fn export(desk: &Desk<'_>, args: &ExportArgs) -> Outcome<()> {
    if args.file.as_os_str() == "-" {
        desk.no_json("sbx session export ID -")?;
        if io::stdout().is_terminal() {
            return Err(Failure::usage(
                "an archive is not for a terminal: name a file, or send it through a pipe",
            ));
        }
        let mut stdout = BufWriter::new(io::stdout());
        let exported = pollster::block_on(desk.store.export(&args.id, &mut stdout));
        if let Err(SessionError::Io { source, .. }) = exported {
            return Err(Failure::of_output(source));
        }
        exported?;
        return stdout.flush().map_err(Failure::of_output);
    }
    let bytes = export_to(desk, args)?;
    if desk.json {
        return console::print_json(json!({ "id": args.id, "file": args.file, "bytes": bytes }));
    }
    console::say(&format!("{} in {}", sbx::show_bytes(bytes), args.file.display()));
    Ok(())
}

fn export_to(desk: &Desk<'_>, args: &ExportArgs) -> Outcome<u64> {
    let cannot = || format!("cannot write {}", args.file.display());
    let part = beside(&args.file);
    let mut file = BufWriter::new(File::create_new(&part).with_context(cannot).map_err(Failure::Usage)?);
    let exported = pollster::block_on(desk.store.export(&args.id, &mut file)).map_err(Failure::from);
    let done = exported.and_then(|bytes| {
        let synced = file.flush().and_then(|()| file.get_ref().sync_all());
        let moved = synced.and_then(|()| fs::rename(&part, &args.file));
        moved.with_context(cannot).map_err(Failure::Broken)?;
        Ok(bytes)
    });
    if done.is_err() {
        // What is wrong has been said; half a file is of no use to anybody.
        fs::remove_file(&part).ok();
    }
    done
}

/// A name in the same folder that nobody else uses.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}

/// Makes a session of a file, and prints its id.
pub(super) fn import(desk: &Desk<'_>, args: ImportArgs) -> Outcome<()> {
    let mut from: Box<dyn Read + Send> = if args.file.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        let opened = File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()));
        Box::new(BufReader::new(opened.map_err(Failure::Usage)?))
    };
    let id = pollster::block_on(desk.store.import(&mut *from, args.name))?;
    if desk.json {
        return console::print_json(json!({ "id": id }));
    }
    console::print(id.as_str())
}
