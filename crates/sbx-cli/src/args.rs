//! The command line as clap reads it. Touches nothing: files and environment are for `config.rs`.
#![expect(clippy::doc_markdown, reason = "the comments are the help, which shows no marks")]

mod session;

use std::{path::PathBuf, time::Duration};

use clap::{Args as ClapArgs, Parser, Subcommand};
use sbx::{Figures, Mount, RuntimeType, SessionId, parse_bytes, parse_duration};

pub(crate) use session::{
    BranchArgs, CatArgs, CopyArgs, DeleteArgs, DiffArgs, ExportArgs, FilesArgs, ForkArgs, ImportArgs,
    LabelArgs, ListArgs, PeekArgs, PruneArgs, RemoveArgs, RewindArgs, SessionCommand, SessionCommandArgs,
};

/// Runs untrusted Python, JavaScript and TypeScript in a sandbox, under exact limits.
///
/// Exit codes of `run`: the program's own; 2 usage, 75 the session is in use, 124 time limit, 125 sbx itself failed,
/// 130 interrupted, 134 trap, 137 fuel or memory limit.
#[derive(Debug, Parser)]
#[command(name = "sbx", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, ClapArgs)]
pub(crate) struct GlobalArgs {
    /// Folder of the compiled guests and images [default: $SBX_CACHE, else `sbx` in the user's cache folder]
    #[arg(long, global = true, display_order = 200, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// What to log to stderr: error, warn, info, debug, trace, or a filter of `tracing` [default: off]
    #[arg(long, global = true, display_order = 200, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program
    Run(Box<RunArgs>),
    /// Open a console with an interpreter that remembers
    Repl(Box<ReplArgs>),
    /// Look at sessions and change them: files, turns, forks
    Session(Box<SessionCommandArgs>),
    /// List the images that interpreters start from, and build own ones
    Images(ImagesArgs),
    /// Look at vendored packages and change them
    Packages(PackagesArgs),
    /// Find out what is wrong and how to mend it
    Doctor,
    /// Fetch and prepare what running needs; once
    Setup(SetupArgs),
    /// Print the policy that a run would have
    Policy(Box<PolicyCommandArgs>),
}

/// `sbx run`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    /// Print the result as one JSON object, in place of the program's output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    /// Go on with the session's files alone: a fresh interpreter for this program
    #[arg(long, requires = "session", help_heading = "Session")]
    pub(crate) fresh: bool,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}

/// Which program.
#[derive(Debug, ClapArgs)]
pub(crate) struct ProgramArgs {
    /// The program's file, or `-` for standard input [default: `-` unless that is a terminal]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,
    /// The program's arguments; those that begin with a dash go after `--`
    #[arg(value_name = "ARGS")]
    pub(crate) rest: Vec<String>,
    /// The program itself, in place of a file
    #[arg(short = 'c', long = "code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) code: Option<String>,
    /// Say nothing on stderr about how the program ended
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Give the program an empty standard input
    #[arg(long)]
    pub(crate) no_stdin: bool,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// What becomes of the figures that a program shows or leaves open.
#[derive(Debug, ClapArgs)]
pub(crate) struct FigureArgs {
    /// Write figures and other pictures of the result into this folder, as figure-1.png and so on
    #[arg(long, value_name = "DIR")]
    pub(crate) save_figures: Option<PathBuf>,
    /// How figures are drawn into the result: png, svg or none [default: png]
    #[arg(long, value_name = "FORM", value_parser = parse_figures, hide_default_value = true, default_value = "png")]
    pub(crate) figures: Figures,
}

/// `sbx repl`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ReplArgs {
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
    #[command(flatten)]
    pub(crate) sandbox: SandboxArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}

/// `sbx images`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ImagesArgs {
    /// Print one JSON object in place of the table
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<ImagesCommand>,
}

/// What to do with images.
#[derive(Debug, Subcommand)]
pub(crate) enum ImagesCommand {
    /// Build an image from packages, imports and set-up code; with a name alone, one that is there again
    Build(BuildArgs),
    /// Remove an own image
    Rm {
        /// The image
        name: String,
    },
}

/// `sbx images build`.
#[derive(Debug, ClapArgs)]
pub(crate) struct BuildArgs {
    /// Its name: lower-case letters, digits, hyphens
    pub(crate) name: String,
    /// The language of the runs that start from it: python, javascript or js, typescript or ts [default: python]
    #[arg(long, value_name = "NAME")]
    pub(crate) runtime: Option<RuntimeType>,
    /// The image that it begins as [default: by the language]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) from: Option<String>,
    /// A vendored package that programs can import, with what it needs; repeatable
    #[arg(long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,
    /// A module to import in it; repeatable
    #[arg(long = "import", value_name = "MODULE")]
    pub(crate) imports: Vec<String>,
    /// A file of code to run in it, after the imports and in order; what it defines is there in every run; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) setup: Vec<PathBuf>,
}

/// `sbx packages`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PackagesArgs {
    /// Whose packages: python, or javascript or js (TypeScript has the same) [default: python]
    #[arg(long, global = true, value_name = "NAME", hide_default_value = true, default_value = "python")]
    pub(crate) runtime: RuntimeType,
    /// The lock file, made by the first change [default: $SBX_LOCK, or $SBX_LOCK_JS for JavaScript, else the packages
    /// that come with sbx]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) lock: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: PackagesCommand,
}

/// What to do with packages.
#[derive(Debug, Subcommand)]
pub(crate) enum PackagesCommand {
    /// List the packages that programs can import beside what is built in
    List {
        /// Print one JSON object in place of the table
        #[arg(long)]
        json: bool,
    },
    /// Add packages with all that they need: pure Python by pip, plain JavaScript by npm
    Add {
        /// Packages, such as mammoth or `markdown<4`; of JavaScript, such as lodash or `zod@3`
        #[arg(required = true, value_name = "NAME")]
        requests: Vec<String>,
    },
    /// Remove packages, with what only they needed
    Remove {
        /// Packages
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Resolve everything anew: to the newest releases that go together
    Lock,
    /// Check that the lock file holds: hashes, native code, needs, old releases
    Check,
}

/// `sbx setup`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SetupArgs {
    /// A wheel, or a folder with packages, to take the guests from [default: $SBX_GUEST_SOURCE, else downloads]
    #[arg(long, value_name = "PATH")]
    pub(crate) source: Option<PathBuf>,
}

/// `sbx policy`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PolicyCommandArgs {
    /// Print the defaults with every key explained, as a policy file to start from
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
}

/// Which sandbox.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Sandbox")]
pub(crate) struct SandboxArgs {
    /// The language: python, javascript or js, typescript or ts [default: by the file's name, else python]
    #[arg(long, value_name = "NAME")]
    pub(crate) runtime: Option<RuntimeType>,
    /// The image that the interpreter starts from; `sbx images` lists them [default: by the language]
    #[arg(long, value_name = "NAME")]
    pub(crate) image: Option<String>,
    /// Copy this folder into the workspace first, and the files that the program changed back into it
    #[arg(long, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
}

/// Which session, if any.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Session")]
pub(crate) struct SessionArgs {
    /// Go on where the last turn of this session ended, variables, modules and open files included; a new one if there
    /// is none of that name
    #[arg(long = "session", value_name = "ID", value_parser = SessionId::parse)]
    pub(crate) session: Option<SessionId>,
    /// Where sessions are kept: a folder, file:///folder, s3://bucket/prefix, az://container/prefix, gs://bucket/prefix
    /// [default: $SBX_STORAGE, else `sbx/sessions` in the user's data folder]
    #[arg(long, value_name = "URL", requires = "session")]
    pub(crate) storage: Option<String>,
    /// How long to wait for a session that somebody else is working on, such as 10s [default: not at all]
    #[arg(long, value_name = "TIME", requires = "session", value_parser = parse_duration)]
    pub(crate) wait: Option<Duration>,
}

/// What a run may use and reach. Each flag sets one field of the policy, over what `--policy` says.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Policy")]
pub(crate) struct PolicyArgs {
    /// A policy file; `sbx policy --explain` prints one
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Instructions, such as 500M or 20_000_000_000 [default: 20G]
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) fuel: Option<u64>,
    /// Memory beyond the image's, such as 64MiB [default: 128MB]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) memory: Option<u64>,
    /// Wall clock, such as 10s or 500ms, or `none` [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = parse_timeout)]
    pub(crate) timeout: Option<Timeout>,
    /// Standard output that is kept [default: 2MB]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) stdout_max: Option<u64>,
    /// Standard error that is kept [default: 1MB]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) stderr_max: Option<u64>,
    /// Size of all files [default: 256MiB]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) disk: Option<u64>,
    /// Size of one file [default: 128MiB]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) max_file: Option<u64>,
    /// Number of files and folders [default: 10000]
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) max_files: Option<u64>,
    /// Files open at once [default: 256]
    #[arg(long, value_name = "N")]
    pub(crate) max_open_files: Option<u32>,
    /// Grant a folder of this machine; repeatable. MODE is `ro` (the default), `rw`, or `overlay`, where changes stay in
    /// the sandbox
    #[arg(long = "mount", value_name = "HOST:GUEST[:MODE]", value_parser = Mount::parse)]
    pub(crate) mounts: Vec<Mount>,
    /// Set a variable of the program's environment; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_env)]
    pub(crate) env: Vec<(String, String)>,
    /// Let the program import this vendored package, and what it needs, in place of all; repeatable [default: all that
    /// `sbx packages` lists]
    #[arg(long = "package", value_name = "NAME")]
    pub(crate) packages: Vec<String>,
    /// Fixed clock and randomness: the same program, the same output and fuel [default seed: 0]
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub(crate) deterministic: Option<u64>,
}

/// A wall-clock limit as it is given: not the `Option` itself, which clap would take for an optional flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timeout(pub(crate) Option<Duration>);

fn parse_timeout(text: &str) -> Result<Timeout, String> {
    if text == "none" {
        return Ok(Timeout(None));
    }
    parse_duration(text).map(|limit| Timeout(Some(limit))).map_err(|error| format!("{error}, or `none`"))
}

/// A count: digits, `_` between them, and `k`, `M` or `G` for thousands, millions or billions.
fn parse_figures(text: &str) -> Result<Figures, String> {
    match text {
        "png" => Ok(Figures::Png),
        "svg" => Ok(Figures::Svg),
        "none" => Ok(Figures::None),
        _ => Err("it is `png`, `svg` or `none`".to_owned()),
    }
}

fn parse_count(text: &str) -> Result<u64, String> {
    let (digits, scale) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        Some(b'G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let number = digits.replace('_', "").parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(scale))
        .ok_or_else(|| format!("{text:?} is not a count (write it as 20000, 20_000, 20k, 500M or 2G)"))
}

fn parse_env(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or("write it as NAME=VALUE; nothing of this environment is inherited")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Args::command().debug_assert();
    }

    #[test]
    fn counts_take_thousands_and_separators() {
        for (text, count) in
            [("7", 7), ("20_000", 20_000), ("2k", 2000), ("500M", 500_000_000), ("20G", 20_000_000_000)]
        {
            assert_eq!(parse_count(text), Ok(count), "{text}");
        }
        for text in ["", "G", "-1", "1.5G", "1e9", "2 G", "99999999999G", "ñ"] {
            assert!(parse_count(text).is_err(), "{text}");
        }
    }
}
