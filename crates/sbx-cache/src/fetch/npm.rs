//! Drives npm: lets it resolve and download, and puts its failure into one sentence.
//!
//! npm is used as the user has set it up (registry, proxy, certificates, cache). No script of a package is ever run by it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::fetch::pip::{quote, watch};

/// What every command gets: nothing of a package is run, nothing is asked, nothing is said but errors.
const QUIET: [&str; 5] =
    ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/// Codes of npm that speak of the way to the registry rather than of the package.
const NETWORK_CODES: [&str; 7] =
    ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "UNABLE_TO_GET", "CERT_"];

/// The npm that is on the path, as the user has set it up: registry, proxy, certificates, cache.
#[derive(Debug)]
pub struct Npm(());

impl Npm {
    /// `subject` is what it is wanted for, in messages.
    ///
    /// # Errors
    /// [`Error::NoNpm`] if none runs.
    pub fn find(folder: &Path, subject: &str) -> Result<Self> {
        let mut command = command(folder);
        let status = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if status.is_ok_and(|status| status.success()) {
            return Ok(Self(()));
        }
        Err(Error::NoNpm { package: subject.to_owned() })
    }

    /// Runs npm with `args` in `folder`, which is private, and returns the end of what it printed.
    ///
    /// # Errors
    /// [`Error::Npm`] with npm's own reason, [`Error::Io`] if it cannot be started.
    pub fn run<I, A>(&self, folder: &Path, subject: &str, args: I) -> Result<String>
    where
        I: IntoIterator<Item = A>,
        A: AsRef<OsStr>,
    {
        let mut command = command(folder);
        command.args(QUIET).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = Path::new("npm");
        let mut child = command.spawn().map_err(Error::io("start", program))?;
        let (status, output) = watch(&mut child, || ()).map_err(Error::io("run", program))?;
        if status.success() {
            return Ok(output);
        }
        Err(explain(subject, status.to_string(), &output))
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// npm's failure as one error: its code, and the first line that says what of.
fn explain(subject: &str, status: String, output: &str) -> Error {
    let lines = || output.lines().filter_map(|line| line.strip_prefix("npm error ")).map(str::trim);
    let code = lines().find_map(|line| line.strip_prefix("code ")).unwrap_or_default();
    let is_network = NETWORK_CODES.iter().any(|known| code.contains(known));
    let advice = if is_network {
        "check the network, the proxy, and the registry that npm is set up to use"
    } else {
        "check that the registry that npm is set up to use has it"
    };
    // Lines begin with the code once more, or with its last word; addresses are nobody's business.
    let word = code.strip_prefix('E').unwrap_or(code).to_ascii_lowercase();
    let plain = |line: &&str| !line.is_empty() && !line.starts_with("code ") && !line.contains("://");
    let telling = lines().filter(plain).find(|line| line.contains(' ')).unwrap_or("no output");
    let telling = telling.strip_prefix(word.as_str()).unwrap_or(telling).trim();
    let line = if code.is_empty() { quote(telling) } else { format!("{code}: {}", quote(telling)) };
    Error::Npm { package: subject.to_owned(), status, line, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_told_without_an_address() {
        let output = "npm error code E404\nnpm error 404 Not Found - GET https://host/nope - Not found\nnpm error 404\n\
                      npm error 404  'nope@*' is not in this registry.\nnpm error 404\n";
        let error = explain("nope", "exit status: 1".to_owned(), output).to_string();
        assert!(
            error.contains("E404: 'nope@*' is not in this registry.") && !error.contains("host"),
            "{error}"
        );
        let output = "npm error code ETARGET\nnpm error notarget No matching version found for lodash@99.\n";
        let error = explain("lodash", "exit status: 1".to_owned(), output).to_string();
        assert!(error.contains("No matching version found for lodash@99."), "{error}");
        let error = explain("x", "exit status: 1".to_owned(), "npm error code ENOTFOUND\n").to_string();
        assert!(error.contains("check the network"), "{error}");
    }
}
