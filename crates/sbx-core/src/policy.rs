//! What a run may use and reach.
//!
//! Nothing is allowed until a policy allows it: the default has limits on everything and grants nothing.

mod read;

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{GuestPath, PathError};

/// What one run may use and reach; build it with [`Default`] and the `with_*` methods, or read it from TOML.
///
/// Every field is a limit or a grant of the run itself; `config/policy.toml` in the repository explains each one
/// at length. [`ExecutionPolicy::validate`] is called before every run, so a nonsensical value is an error, never a
/// weaker limit.
///
/// # Examples
/// ```
/// use sbx_core::ExecutionPolicy;
/// let policy = ExecutionPolicy::default().with_fuel_budget(1_000_000_000).with_timeout_seconds(5.0);
/// policy.validate()?;
/// # Ok::<(), sbx_core::PolicyValidationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExecutionPolicy {
    /// Instructions per run (WebAssembly operators, exact). Default 20 × 10⁹, three or four seconds of Python.
    /// Work that the host does for the guest is priced separately, against a budget of the same size. Stops
    /// endless loops. Not covered: time spent waiting, see `timeout_seconds`.
    pub fuel_budget: u64,
    /// Bytes of linear memory, tables and GC heap that a run may add to the image it starts from (the image is
    /// shared and not charged). Default 128 MB. Stops memory bombs. Not covered: files, see `disk_bytes`.
    pub memory_bytes: u64,
    /// Wall clock per run, sleeps and host calls included; `None` is unbounded. Default 30 s.
    #[serde(serialize_with = "seconds_or_none")]
    pub timeout_seconds: Option<Duration>,
    /// Bytes of standard output that are kept; the rest is dropped, flagged, and reported to the guest as written.
    /// Default 2 MB.
    pub stdout_max_bytes: u64,
    /// The same for standard error. Default 1 MB.
    pub stderr_max_bytes: u64,
    /// Bytes of files that the guest may hold, apparent sizes (a sparse file counts in full). Default 256 MiB.
    /// Exceeding it is `ENOSPC` to the guest.
    pub disk_bytes: u64,
    /// Files, directories and links that the guest may hold. Default 10 000; beyond it `ENOSPC`.
    pub max_files: u64,
    /// Descriptors open at once. Default 256; beyond it `EMFILE`.
    pub max_open_files: u32,
    /// Size of one file. Default 128 MiB; beyond it `EFBIG`.
    pub max_file_bytes: u64,
    /// Where the workspace is, also the working directory. Default `/app`.
    pub guest_mount_path: GuestPath,
    /// Host folders granted to the guest. Default none.
    pub mounts: Vec<Mount>,
    /// Environment of the guest, added to the runtime's own safe set. Nothing of the host's is inherited.
    pub env: BTreeMap<String, String>,
    /// Arguments of the program (`sys.argv`); `None` is the runtime's own.
    pub argv: Option<Vec<String>>,
    /// Vendored packages that the guest can import, by name, each with what it needs; the runtime's lock file has them.
    /// Default `None`: all of them. An empty list: none. Packages are read-only and count against no quota. Not covered:
    /// what is built into the runtime, and what the image has imported already.
    pub packages: Option<Vec<String>>,
    /// Fixed clock and randomness: same run, same output, same fuel, same memory. Default off.
    pub deterministic: Option<Deterministic>,
    /// Keeps what a run wrote to its log files after the run. Default false.
    pub preserve_logs: bool,
}

/// A host folder granted to the guest.
///
/// # Security
/// The folder is opened once and only names below it are reached, without following symbolic links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Mount {
    /// The folder on the host.
    pub host: PathBuf,
    /// Where the guest sees it.
    pub guest: GuestPath,
    /// What the guest may do there.
    #[serde(default)]
    pub mode: MountMode,
}

impl Mount {
    /// A read-only mount of `host` at `guest`.
    #[must_use]
    pub fn read_only(host: impl Into<PathBuf>, guest: GuestPath) -> Self {
        Self { host: host.into(), guest, mode: MountMode::ReadOnly }
    }

    /// Reads `HOST:GUEST`, with `:ro`, `:rw` or `:overlay` after it if it is to have a mode. It is read from the right: a
    /// path of the host may have colons.
    ///
    /// # Errors
    /// Another shape, or a path of the guest that cannot be one.
    pub fn parse(text: &str) -> Result<Self, MountError> {
        let (rest, mode) = match text.rsplit_once(':') {
            Some((rest, "ro")) => (rest, MountMode::ReadOnly),
            Some((rest, "rw")) => (rest, MountMode::ReadWrite),
            Some((rest, "overlay")) => (rest, MountMode::Overlay),
            _ => (text, MountMode::ReadOnly),
        };
        let (host, guest) =
            rest.rsplit_once(':').filter(|(host, _)| !host.is_empty()).ok_or(MountError::Shape)?;
        if !guest.starts_with('/') {
            return Err(MountError::Place { guest: guest.to_owned() });
        }
        Ok(Self::read_only(host, GuestPath::parse(guest)?).with_mode(mode))
    }

    /// The same mount with another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: MountMode) -> Self {
        self.mode = mode;
        self
    }
}

/// As [`Mount::parse`] reads it.
impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.host.display(), self.guest, self.mode)
    }
}

/// A text that is no mount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MountError {
    /// It has no two paths.
    #[error("write it as HOST:GUEST, HOST:GUEST:rw or HOST:GUEST:overlay")]
    Shape,
    /// The last part is nothing that can stand there.
    #[error("{guest:?} is neither a mode (ro, rw, overlay) nor a path that begins with a slash")]
    Place {
        /// The part.
        guest: String,
    },
    /// The guest's path cannot be one.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// What a guest may do in a mounted host folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MountMode {
    /// Read only (`ro`, the default).
    #[default]
    #[serde(rename = "ro")]
    ReadOnly,
    /// Read and write the host's files (`rw`).
    #[serde(rename = "rw")]
    ReadWrite,
    /// Read the host's files; writes stay in the guest's own tree (`overlay`).
    #[serde(rename = "overlay")]
    Overlay,
}

impl fmt::Display for MountMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadOnly => "ro",
            Self::ReadWrite => "rw",
            Self::Overlay => "overlay",
        })
    }
}

/// A fixed clock and fixed randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deterministic {
    /// Seed of everything random in the guest.
    pub seed: u64,
    /// Where the guest's wall clock starts, in seconds since 1970. Reading a clock advances it by a microsecond,
    /// sleeping advances it by the time asked for, without waiting. Default 2026-01-01T00:00:00Z.
    #[serde(default = "default_epoch")]
    pub epoch: u64,
}

impl Deterministic {
    /// A seed, with the clock starting at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, epoch: default_epoch() }
    }
}

/// A policy that cannot be used; names the key and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyValidationError {
    /// No field has this name.
    #[error("policy key `{key}` does not exist{}", suggestion.as_ref().map(|s| format!(" (did you mean `{s}`?)")).unwrap_or_default())]
    UnknownKey {
        /// The name that was given.
        key: String,
        /// The field with the nearest name.
        suggestion: Option<String>,
    },
    /// The value has another type than the field.
    #[error("policy key `{key}` must be {expected}, not {found}")]
    WrongType {
        /// The field.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// The value is out of range: a limit of zero, a name that is not one.
    #[error("policy key `{key}` {problem}")]
    BadValue {
        /// The field.
        key: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The text is not TOML.
    #[error("policy is not valid TOML: {problem}")]
    Syntax {
        /// What the parser said, with the line.
        problem: String,
    },
}

impl PolicyValidationError {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey { .. } => "policy.unknown_key",
            Self::WrongType { .. } => "policy.wrong_type",
            Self::BadValue { .. } => "policy.bad_value",
            Self::Syntax { .. } => "policy.syntax",
        }
    }

    fn bad(key: &str, problem: impl Into<String>) -> Self {
        Self::BadValue { key: key.to_owned(), problem: problem.into() }
    }
}

/// The latest start of a fixed clock, seconds since 1970: clocks of guests count nanoseconds in 63 bits, which end in 2262,
/// and time passes.
const MAX_EPOCH: u64 = 8_835_955_200;

/// Folders with the runtimes' libraries and devices.
const OF_RUNTIME: [&str; 2] = ["dev", "usr"];

/// Whether a policy may not put anything at `path`: it is the root, or the runtimes' own.
fn is_of_runtime(path: &GuestPath) -> bool {
    path.parts().next().is_none_or(|top| OF_RUNTIME.contains(&top))
}

impl Default for ExecutionPolicy {
    fn default() -> Self {
        Self {
            fuel_budget: 20_000_000_000,
            memory_bytes: 128_000_000,
            timeout_seconds: Some(Duration::from_secs(30)),
            stdout_max_bytes: 2_000_000,
            stderr_max_bytes: 1_000_000,
            disk_bytes: 256 << 20,
            max_files: 10_000,
            max_open_files: 256,
            max_file_bytes: 128 << 20,
            guest_mount_path: GuestPath::workspace(),
            mounts: Vec::new(),
            env: BTreeMap::new(),
            argv: None,
            packages: None,
            deterministic: None,
            preserve_logs: false,
        }
    }
}

impl ExecutionPolicy {
    /// Reads a policy from TOML; what is not named keeps its default.
    ///
    /// # Errors
    /// An unknown key, a wrong type, a limit of zero, text that is not TOML: each names the key.
    pub fn from_toml(text: &str) -> Result<Self, PolicyValidationError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            PolicyValidationError::Syntax { problem: error.to_string().trim_end().to_owned() }
        })?;
        Self::from_table(&table)
    }

    /// Reads a policy from a TOML table; what is not named keeps its default.
    ///
    /// # Errors
    /// As [`ExecutionPolicy::from_toml`].
    pub fn from_table(table: &toml::Table) -> Result<Self, PolicyValidationError> {
        let mut policy = Self::default();
        for (key, value) in table {
            policy.set(key, value)?;
        }
        policy.validate()?;
        Ok(policy)
    }

    /// Checks every field: limits are not zero, mounts and environment are well-formed.
    ///
    /// # Errors
    /// The first field that is not as it should be.
    pub fn validate(&self) -> Result<(), PolicyValidationError> {
        for (key, value) in [
            ("fuel_budget", self.fuel_budget),
            ("memory_bytes", self.memory_bytes),
            ("stdout_max_bytes", self.stdout_max_bytes),
            ("stderr_max_bytes", self.stderr_max_bytes),
            ("disk_bytes", self.disk_bytes),
            ("max_files", self.max_files),
            ("max_open_files", u64::from(self.max_open_files)),
            ("max_file_bytes", self.max_file_bytes),
        ] {
            if value == 0 {
                return Err(PolicyValidationError::bad(key, "must be greater than 0"));
            }
            if i64::try_from(value).is_err() {
                return Err(PolicyValidationError::bad(key, "must be less than 2^63"));
            }
        }
        if self.timeout_seconds.is_some_and(|limit| limit.is_zero()) {
            return Err(PolicyValidationError::bad(
                "timeout_seconds",
                "must be greater than 0 (or \"none\")",
            ));
        }
        if self.deterministic.is_some_and(|fixed| fixed.epoch > MAX_EPOCH) {
            return Err(PolicyValidationError::bad(
                "deterministic",
                format!("has an `epoch` after the beginning of 2250; use at most {MAX_EPOCH}"),
            ));
        }
        self.validate_env()?;
        self.validate_packages()?;
        self.validate_mounts()
    }

    fn validate_env(&self) -> Result<(), PolicyValidationError> {
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(PolicyValidationError::bad(
                    "env",
                    format!("has a name that cannot be one: {name:?}"),
                ));
            }
            if value.contains('\0') {
                return Err(PolicyValidationError::bad("env", format!("has a NUL in the value of {name:?}")));
            }
        }
        if self.argv.iter().flatten().any(|argument| argument.contains('\0')) {
            return Err(PolicyValidationError::bad("argv", "has a NUL in an argument"));
        }
        Ok(())
    }

    fn validate_packages(&self) -> Result<(), PolicyValidationError> {
        let plain = |name: &String| {
            name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '@')
                && name
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '/' | '@'))
        };
        match self.packages.iter().flatten().find(|name| !plain(name)) {
            Some(name) => Err(PolicyValidationError::bad(
                "packages",
                format!("has a name that cannot be one: {name:?}"),
            )),
            None => Ok(()),
        }
    }

    fn validate_mounts(&self) -> Result<(), PolicyValidationError> {
        if is_of_runtime(&self.guest_mount_path) {
            return Err(PolicyValidationError::bad(
                "guest_mount_path",
                format!("cannot be {}, where the runtime's own files are", self.guest_mount_path),
            ));
        }
        for (position, mount) in self.mounts.iter().enumerate() {
            for other in &self.mounts[..position] {
                if other.guest == mount.guest {
                    return Err(PolicyValidationError::bad("mounts", format!("name {} twice", mount.guest)));
                }
            }
            if mount.host.as_os_str().is_empty() {
                return Err(PolicyValidationError::bad(
                    "mounts",
                    format!("have an empty `host` for {}; `.` is the current folder", mount.guest),
                ));
            }
            if is_of_runtime(&mount.guest) {
                return Err(PolicyValidationError::bad(
                    "mounts",
                    format!("cannot lie at {}, where the runtime's own files are", mount.guest),
                ));
            }
            if mount.guest == self.guest_mount_path {
                return Err(PolicyValidationError::bad(
                    "mounts",
                    format!("cannot replace the workspace at {}; mount below or beside it", mount.guest),
                ));
            }
        }
        Ok(())
    }

    /// The same policy with another fuel budget.
    #[must_use]
    pub fn with_fuel_budget(mut self, fuel: u64) -> Self {
        self.fuel_budget = fuel;
        self
    }

    /// The same policy with another memory limit.
    #[must_use]
    pub fn with_memory_bytes(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// The same policy with another wall-clock limit; one that is not a positive number fails validation.
    #[must_use]
    pub fn with_timeout_seconds(mut self, limit: f64) -> Self {
        self.timeout_seconds = Some(crate::units::seconds(limit).unwrap_or(Duration::ZERO));
        self
    }

    /// The same policy without a wall-clock limit.
    #[must_use]
    pub fn without_timeout(mut self) -> Self {
        self.timeout_seconds = None;
        self
    }

    /// The same policy in deterministic mode.
    #[must_use]
    pub fn with_deterministic(mut self, deterministic: Deterministic) -> Self {
        self.deterministic = Some(deterministic);
        self
    }

    /// The same policy with one more environment variable.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// The same policy with these vendored packages, and what they need, in place of all.
    #[must_use]
    pub fn with_packages<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.packages = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The same policy with one more host folder granted.
    #[must_use]
    pub fn with_mount(mut self, mount: Mount) -> Self {
        self.mounts.push(mount);
        self
    }
}

fn default_epoch() -> u64 {
    1_767_225_600
}

#[expect(clippy::ref_option, reason = "the form that serde calls")]
fn seconds_or_none<S: serde::Serializer>(limit: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match limit {
        Some(limit) => serializer.serialize_f64(limit.as_secs_f64()),
        None => serializer.serialize_str("none"),
    }
}

#[cfg(test)]
mod tests;
