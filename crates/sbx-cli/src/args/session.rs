//! `sbx session` and all that is below it.

use std::{path::PathBuf, time::Duration};

use clap::{ArgAction, Args as ClapArgs, Subcommand};
use sbx::{SessionId, parse_bytes, parse_duration};

use super::{PolicyArgs, ProgramArgs};

/// `sbx session`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SessionCommandArgs {
    /// Where sessions are kept: a folder, file:///folder, s3://bucket/prefix, az://container/prefix, gs://bucket/prefix
    /// [default: $SBX_STORAGE, else `sbx/sessions` in the user's data folder]
    #[arg(long, global = true, display_order = 100, value_name = "URL")]
    pub(crate) storage: Option<String>,
    /// How long to wait for a session that somebody else is working on, such as 10s [default: not at all]
    #[arg(long, global = true, display_order = 100, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) wait: Option<Duration>,
    /// Print one JSON object in place of tables and lines
    #[arg(long, global = true, display_order = 100)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: SessionCommand,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// List the sessions
    Ls(ListArgs),
    /// Tell what is known of one
    Show(OneArgs),
    /// List its turns
    Log(OneArgs),
    /// List the files of its workspace
    Files(FilesArgs),
    /// Print a file, byte for byte
    Cat(CatArgs),
    /// Copy a file or folder into a session, or out of it
    Cp(CopyArgs),
    /// Remove a file or folder from its workspace
    Rm(RemoveArgs),
    /// Delete sessions
    Delete(DeleteArgs),
    /// Make sessions that go on from here, each on its own, and print their ids
    Fork(ForkArgs),
    /// Make a session that goes on from an earlier turn, and print its id
    Branch(BranchArgs),
    /// Go back to an earlier turn; 0 is the beginning
    Rewind(RewindArgs),
    /// List what changed in the files between two turns: A added, M modified, D deleted, R renamed
    Diff(DiffArgs),
    /// Run a program in a fork that is thrown away
    Peek(Box<PeekArgs>),
    /// Set and remove labels
    Label(LabelArgs),
    /// Delete sessions by age, number or size, the oldest first, and what no session needs any more
    Prune(PruneArgs),
    /// Write a session with all its turns into one file
    Export(ExportArgs),
    /// Make a session of an exported file, and print its id
    Import(ImportArgs),
}

/// `show` and `log`.
#[derive(Debug, ClapArgs)]
pub(crate) struct OneArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
}

/// `ls`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    /// Only those with this label; repeatable
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = parse_label)]
    pub(crate) labels: Vec<(String, String)>,
}

/// `files`.
#[derive(Debug, ClapArgs)]
pub(crate) struct FilesArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// Only those that match: `*.csv` in any folder, `out/*.csv` in that one, `out/**` all below it
    #[arg(value_name = "GLOB")]
    pub(crate) glob: Option<String>,
    /// As they were after this turn [default: the last good one]
    #[arg(long, value_name = "N")]
    pub(crate) turn: Option<u64>,
}

/// `cat`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CatArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The file, from the workspace on
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// As it was after this turn [default: the last good one]
    #[arg(long, value_name = "N")]
    pub(crate) turn: Option<u64>,
}

/// `cp`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CopyArgs {
    /// What to copy: ID:PATH in a session, PATH on this machine
    #[arg(value_name = "SRC")]
    pub(crate) from: String,
    /// Where to, the other of the two; a file goes into a folder that is there under its own name
    #[arg(value_name = "DST")]
    pub(crate) to: String,
    /// Copy what is in the folder SRC into the folder DST, which is made if it is not there
    #[arg(short, long)]
    pub(crate) recursive: bool,
}

/// `rm`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RemoveArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The file or folder, from the workspace on
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// Remove a folder with all in it
    #[arg(short, long)]
    pub(crate) recursive: bool,
}

/// `delete`.
#[derive(Debug, ClapArgs)]
pub(crate) struct DeleteArgs {
    /// The sessions
    #[arg(value_name = "ID", required = true, value_parser = SessionId::parse)]
    pub(crate) ids: Vec<SessionId>,
    /// Do not ask for a yes, which is done on a terminal
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// `fork`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ForkArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// How many
    #[arg(short, long = "number", value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) n: u32,
    /// What to call it; several are NAME-1, NAME-2 and so on [default: random UUIDs]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Go on from this turn [default: the last good one]
    #[arg(long, value_name = "N")]
    pub(crate) turn: Option<u64>,
}

/// `branch`.
#[derive(Debug, ClapArgs)]
pub(crate) struct BranchArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The turn to go on from
    #[arg(value_name = "TURN")]
    pub(crate) turn: u64,
    /// What to call it [default: a random UUID]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// `rewind`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RewindArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The turn to go back to
    #[arg(value_name = "TURN")]
    pub(crate) turn: u64,
}

/// `diff`.
#[derive(Debug, ClapArgs)]
pub(crate) struct DiffArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The earlier turn
    #[arg(value_name = "FROM")]
    pub(crate) from: u64,
    /// The later one
    #[arg(value_name = "TO")]
    pub(crate) to: u64,
}

/// `peek`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PeekArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}

/// `label`.
#[derive(Debug, ClapArgs)]
pub(crate) struct LabelArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// Labels to set
    #[arg(value_name = "KEY=VALUE", value_parser = parse_label)]
    pub(crate) set: Vec<(String, String)>,
    /// A label to remove; repeatable
    #[arg(long, value_name = "KEY")]
    pub(crate) remove: Vec<String>,
}

/// `prune`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PruneArgs {
    /// Delete those whose last turn is longer ago, such as 7d or 12h
    #[arg(long, value_name = "TIME", value_parser = parse_age)]
    pub(crate) older_than: Option<Duration>,
    /// Delete the oldest until there are no more than this
    #[arg(long, value_name = "N")]
    pub(crate) max_sessions: Option<usize>,
    /// Delete the oldest until all together need no more than this, such as 1GiB; what they share is counted once
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) max_size: Option<u64>,
    /// Only count and delete those with this label; repeatable
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = parse_label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Say what would be deleted, and delete nothing
    #[arg(long, action = ArgAction::SetTrue)]
    pub(crate) dry_run: bool,
    /// How long what no session needs stays in the storage; 0 only while nobody else uses it
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_age)]
    pub(crate) grace: Duration,
}

/// `export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    /// The session
    #[arg(value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) id: SessionId,
    /// The file to write, or `-` for standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// `import`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ImportArgs {
    /// The file to read, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What to call the session [default: what it was called]
    #[arg(long, value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) name: Option<SessionId>,
}

fn parse_label(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("write it as KEY=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A duration that may also be in days or weeks.
fn parse_age(text: &str) -> Result<Duration, String> {
    const HOURS: [(char, u32); 2] = [('d', 24), ('w', 7 * 24)];
    let error = || format!("{text:?} is not a duration (write it as 90s, 12h, 7d or 2w)");
    let in_hours = HOURS.iter().find_map(|(unit, hours)| Some((text.strip_suffix(*unit)?, *hours)));
    match in_hours {
        Some((number, hours)) if number.ends_with(|last: char| last.is_ascii_digit()) => {
            let of_one = parse_duration(&format!("{number}h")).map_err(|_unit| error())?;
            of_one.checked_mul(hours).ok_or_else(error)
        }
        _ => parse_duration(text).map_err(|_unit| error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_go_up_to_weeks() {
        for (text, seconds) in
            [("90s", 90), ("12h", 43_200), ("7d", 604_800), ("1.5d", 129_600), ("2w", 1_209_600)]
        {
            assert_eq!(parse_age(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "-1d", "7 days", "md", "1e999d"] {
            assert!(parse_age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn labels_need_a_key_and_may_have_any_value() {
        assert_eq!(parse_label("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(parse_label("a="), Ok(("a".to_owned(), String::new())));
        assert!(parse_label("=b").is_err() && parse_label("a").is_err());
    }
}
