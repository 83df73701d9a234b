//! Drives pip: finds it, lets it download one wheel into a scratch folder, and puts its failure into one sentence.
//!
//! pip is used as the user has set it up (index, proxy, certificates, cache). It is told which Python to resolve
//! for, so the version of the Python that runs it does not matter. It works in a private folder that also is its
//! temporary folder: a download that is cut off leaves nothing elsewhere, and its growth shows the progress.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::fetch::progress::{Piece, Progress};
use crate::fetch::source::Job;
use crate::private;

/// How often the growth of the download is looked at.
const POLL: Duration = Duration::from_millis(100);
/// How much of pip's output is kept, in bytes, from its end.
const MAX_OUTPUT: usize = 64 * 1024;
/// The longest line of pip that a message quotes, in characters.
const MAX_QUOTED: usize = 300;

/// Words of pip and of its libraries that speak of the way to the index rather than of the package.
const NETWORK_WORDS: [&str; 8] = [
    "Retrying (",
    "ConnectionError",
    "Max retries",
    "timed out",
    "ProxyError",
    "SSLError",
    "Name or service not known",
    "Temporary failure in name resolution",
];

/// What to ask pip for.
pub(super) struct Wanted<'a> {
    pub(super) package: &'a str,
    pub(super) version: &'a str,
    /// How many bytes to expect.
    pub(super) bytes: u64,
    /// The Python version to resolve for, for packages without native code; else what fits this machine is taken.
    pub(super) python_version: Option<&'a str>,
}

impl Wanted<'_> {
    fn requirement(&self) -> String {
        format!("{}=={}", self.package, self.version)
    }
}

/// Downloads the manifest's wheel into `scratch` and returns where it is. It is not verified yet.
pub(super) fn download(job: &Job<'_>, scratch: &Path, python: Option<&Path>) -> Result<PathBuf> {
    let manifest = job.manifest;
    let wanted = Wanted {
        package: &manifest.package,
        version: &manifest.version,
        bytes: manifest.wheel.bytes,
        python_version: Some(&manifest.python_version),
    };
    download_wheel(&wanted, scratch, python, job.progress)
}

/// Downloads a wheel into `scratch` and returns where it is. It is not verified yet.
pub(super) fn download_wheel(
    wanted: &Wanted<'_>,
    scratch: &Path,
    python: Option<&Path>,
    progress: &dyn Progress,
) -> Result<PathBuf> {
    let pip = Pip::find_for(scratch, &wanted.requirement(), python)?;
    let (target, temp) = (scratch.join("wheel"), scratch.join("tmp"));
    private::create_dir(&target)?;
    private::create_dir(&temp)?;

    let text = format!("downloading {} {} with {}", wanted.package, wanted.version, pip.shown());
    let piece = Piece::start(progress, &text, wanted.bytes);
    let mut command = pip.command(scratch);
    command
        .args(["download", "--no-deps", "--only-binary=:all:", "--no-input", "--progress-bar=off"])
        .arg("--disable-pip-version-check");
    if let Some(version) = wanted.python_version {
        command.args(["--python-version", version]);
        command.args(["--implementation=py", "--abi=none", "--platform=any"]);
    }
    command
        .arg("--dest")
        .arg(&target)
        .arg(wanted.requirement())
        .env("TMPDIR", &temp)
        .env("TEMP", &temp)
        .env("TMP", &temp);
    let tick = || piece.advance(size_of(scratch).min(wanted.bytes));
    pip.finish(command, &wanted.requirement(), &target, tick)?;
    let wheels = fs::read_dir(&target).map_err(Error::io("list", &target))?;
    let mut wheels = wheels.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    wheels.find(|path| path.extension().is_some_and(|extension| extension == "whl")).ok_or_else(|| {
        Error::Pip {
            package: wanted.requirement(),
            status: "exit status: 0".to_owned(),
            line: "it brought no wheel".to_owned(),
            advice: "check what index pip is set up to use",
        }
    })
}

/// A way to run pip, as the user has set it up: index, proxy, certificates, cache.
#[derive(Debug)]
pub struct Pip {
    program: OsString,
    args: &'static [&'static str],
}

/// Arguments that let the program's first `-m pip` be the module.
const MODULE: &[&str] = &["-m", "pip"];

impl Pip {
    /// The first of `python3 -m pip`, `python -m pip`, `pip3` and `pip` that runs; `$SBX_PYTHON` names another
    /// interpreter. `folder` is private, `subject` is what it is wanted for, in messages.
    ///
    /// # Errors
    /// [`Error::NoPip`] if none runs.
    pub fn find(folder: &Path, subject: &str) -> Result<Self> {
        let python = std::env::var_os("SBX_PYTHON").filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::find_for(folder, subject, python.as_deref())
    }

    fn find_for(folder: &Path, subject: &str, python: Option<&Path>) -> Result<Self> {
        let ways = match python {
            Some(path) => vec![Self { program: absolute(path), args: MODULE }],
            None => vec![
                Self { program: "python3".into(), args: MODULE },
                Self { program: "python".into(), args: MODULE },
                Self { program: "pip3".into(), args: &[] },
                Self { program: "pip".into(), args: &[] },
            ],
        };
        let tried: Vec<String> = ways.iter().map(Self::shown).collect();
        let runs = |pip: &Self| {
            let mut command = pip.command(folder);
            let status = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        let found = ways.into_iter().find(runs);
        found.ok_or_else(|| Error::NoPip { package: subject.to_owned(), tried: tried.join(", ") })
    }

    /// Runs pip with `args` in `folder`, which is private and also its temporary folder, and returns the end of what it
    /// printed.
    ///
    /// # Errors
    /// [`Error::Pip`] with pip's first line of error, [`Error::DiskFull`], [`Error::Io`] if it cannot be started.
    pub fn run<I, A>(&self, folder: &Path, subject: &str, args: I) -> Result<String>
    where
        I: IntoIterator<Item = A>,
        A: AsRef<std::ffi::OsStr>,
    {
        let mut command = self.command(folder);
        command.args(args).env("TMPDIR", folder).env("TEMP", folder).env("TMP", folder);
        self.finish(command, subject, folder, || ())
    }

    /// Runs a Python program with the interpreter that has pip, isolated from the user's own modules.
    ///
    /// # Errors
    /// As [`Pip::run`]; [`Error::Pip`] if only the command `pip` is known, and not its interpreter.
    pub fn python<I, A>(&self, folder: &Path, subject: &str, program: &str, args: I) -> Result<String>
    where
        I: IntoIterator<Item = A>,
        A: AsRef<std::ffi::OsStr>,
    {
        if self.args != MODULE {
            return Err(Error::Pip {
                package: subject.to_owned(),
                status: "not started".to_owned(),
                line: format!("the interpreter of {} is not known", self.shown()),
                advice: "set SBX_PYTHON to a Python that has pip",
            });
        }
        let mut command = Command::new(&self.program);
        command.args(["-I", "-c", program]).args(args).current_dir(folder).stdin(Stdio::null());
        self.finish(command, subject, folder, || ())
    }

    fn finish(&self, mut command: Command, subject: &str, target: &Path, tick: impl Fn()) -> Result<String> {
        let program = Path::new(&self.program);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Error::io("start", program))?;
        let (status, output) = watch(&mut child, tick).map_err(Error::io("run", program))?;
        if status.success() { Ok(output) } else { Err(explain(subject, target, status, &output)) }
    }

    /// Ready for more arguments. The working folder is private: `python -m` would import `pip` from there.
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.args).current_dir(folder).env("PYTHONUNBUFFERED", "1").stdin(Stdio::null());
        command
    }

    fn shown(&self) -> String {
        let program = Path::new(&self.program).display().to_string();
        self.args.iter().fold(program, |shown, arg| shown + " " + arg)
    }
}

/// A path is made absolute, since pip runs in another folder; a bare name is looked up by the system.
fn absolute(program: &Path) -> OsString {
    if program.components().count() < 2 {
        return program.into();
    }
    // Without resolving links, which would lead out of a virtual environment.
    std::path::absolute(program).map_or_else(|_| program.into(), PathBuf::into_os_string)
}

/// Waits for the child, calls `tick` meanwhile, and returns the end of what it printed.
pub(super) fn watch(child: &mut Child, tick: impl Fn()) -> io::Result<(ExitStatus, String)> {
    let pipes: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|pipe| Box::new(pipe) as _),
        child.stderr.take().map(|pipe| Box::new(pipe) as _),
    ];
    let readers = pipes.map(|pipe| pipe.map(|pipe| thread::spawn(|| tail(pipe))));
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        tick();
        thread::sleep(POLL);
    };
    let mut output = Vec::new();
    for reader in readers.into_iter().flatten() {
        // A reader that panicked has no output to give; the exit status still tells.
        output.extend(reader.join().unwrap_or_default());
    }
    Ok((status, String::from_utf8_lossy(&output).into_owned()))
}

fn tail(mut pipe: Box<dyn Read + Send>) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 8192];
    while let Ok(n_read @ 1..) = pipe.read(&mut buffer) {
        kept.extend(buffer.iter().take(n_read));
        let n_over = kept.len().saturating_sub(MAX_OUTPUT);
        kept.drain(..n_over);
    }
    kept
}

/// The bytes in the files below a folder, as far as they can be seen: pip moves them about meanwhile.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// pip's failure as one error.
fn explain(package: &str, target: &Path, status: ExitStatus, output: &str) -> Error {
    if output.contains("No space left on device") || output.contains("Disk quota exceeded") {
        let source = io::Error::from(io::ErrorKind::StorageFull);
        return Error::DiskFull { path: target.to_owned(), source };
    }
    let advice = if NETWORK_WORDS.iter().any(|word| output.contains(word)) {
        "check the network, the proxy, and the index that pip is set up to use"
    } else if output.contains("(from versions:") {
        "check that the index that pip is set up to use has it"
    } else {
        "check that pip can download other packages"
    };
    let lines = || output.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines()
        .find(|line| line.starts_with("ERROR:"))
        .or_else(|| lines().next_back())
        .unwrap_or("no output");
    Error::Pip { package: package.to_owned(), status: status.to_string(), line: quote(line), advice }
}

/// A line fit for a message: short, and without control characters.
pub(super) fn quote(line: &str) -> String {
    let line = line.strip_prefix("ERROR:").unwrap_or(line).trim();
    let mut quoted: String =
        line.chars().take(MAX_QUOTED).map(|char| if char.is_control() { ' ' } else { char }).collect();
    if line.chars().count() > MAX_QUOTED {
        quoted.push('…');
    }
    quoted
}
