//! Reads policy fields from TOML, one key at a time.
//!
//! By hand rather than derived, so that each error names the key, what it takes and what was found, and so that the
//! command line can set one field with the same rules.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::Value;

use super::{Deterministic, ExecutionPolicy, Mount, MountMode, PolicyValidationError};
use crate::{GuestPath, nearest, parse_bytes, parse_duration, units};

/// Every key of a policy file, for suggestions and for the test that compares them with the fields.
pub(super) const KEYS: [&str; 18] = [
    "fuel_budget",
    "memory_bytes",
    "timeout_seconds",
    "stdout_max_bytes",
    "stderr_max_bytes",
    "disk_bytes",
    "max_files",
    "max_open_files",
    "max_file_bytes",
    "guest_mount_path",
    "mounts",
    "mount_data_dir",
    "guest_data_path",
    "env",
    "argv",
    "packages",
    "deterministic",
    "preserve_logs",
];

/// Where `mount_data_dir` is seen unless `guest_data_path` says otherwise.
const DATA_PATH: &str = "/data";

impl ExecutionPolicy {
    /// Sets one field from a TOML value. Sizes also take text with a unit (`"64MiB"`), times too (`"10s"`).
    ///
    /// # Errors
    /// An unknown key or a wrong type; ranges are checked by [`ExecutionPolicy::validate`].
    pub fn set(&mut self, key: &str, value: &Value) -> Result<(), PolicyValidationError> {
        match key {
            "fuel_budget" => self.fuel_budget = count(key, value)?,
            "memory_bytes" => self.memory_bytes = bytes(key, value)?,
            "timeout_seconds" => self.timeout_seconds = timeout(key, value)?,
            "stdout_max_bytes" => self.stdout_max_bytes = bytes(key, value)?,
            "stderr_max_bytes" => self.stderr_max_bytes = bytes(key, value)?,
            "disk_bytes" => self.disk_bytes = bytes(key, value)?,
            "max_files" => self.max_files = count(key, value)?,
            "max_open_files" => {
                self.max_open_files = u32::try_from(count(key, value)?)
                    .map_err(|_too_large| PolicyValidationError::bad(key, "must be less than 2^32"))?;
            }
            "max_file_bytes" => self.max_file_bytes = bytes(key, value)?,
            "guest_mount_path" => self.guest_mount_path = guest_path(key, value)?,
            "mounts" => {
                self.mounts.extend(structured::<Vec<Mount>>(key, value, "a list of {host, guest, mode}")?);
            }
            "mount_data_dir" => self.data_mount().host = text(key, value)?.into(),
            "guest_data_path" => self.data_mount().guest = guest_path(key, value)?,
            "env" => self.env = structured::<BTreeMap<String, String>>(key, value, "a table of text values")?,
            "argv" => self.argv = Some(structured(key, value, "a list of text values")?),
            "packages" => self.packages = Some(structured(key, value, "a list of names of packages")?),
            "deterministic" => self.deterministic = deterministic(key, value)?,
            "preserve_logs" => {
                self.preserve_logs = value.as_bool().ok_or_else(|| wrong(key, "true or false", value))?;
            }
            _ => return Err(unknown(key)),
        }
        Ok(())
    }

    /// The mount that `mount_data_dir` and `guest_data_path` describe together, whichever comes first.
    fn data_mount(&mut self) -> &mut Mount {
        let is_short_form =
            |mount: &Mount| mount.guest.as_str() == DATA_PATH || mount.host.as_os_str().is_empty();
        let position = self.mounts.iter().position(is_short_form).unwrap_or_else(|| {
            let guest = GuestPath::parse(DATA_PATH).unwrap_or_else(|_never| GuestPath::workspace());
            self.mounts.push(Mount { host: "".into(), guest, mode: MountMode::ReadOnly });
            self.mounts.len() - 1
        });
        &mut self.mounts[position]
    }
}

fn unknown(key: &str) -> PolicyValidationError {
    PolicyValidationError::UnknownKey {
        key: key.to_owned(),
        suggestion: nearest(key, KEYS).map(str::to_owned),
    }
}

fn wrong(key: &str, expected: &'static str, found: &Value) -> PolicyValidationError {
    let found = match found {
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Table(_) => "a table".to_owned(),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => found.to_string(),
    };
    PolicyValidationError::WrongType { key: key.to_owned(), expected, found }
}

fn count(key: &str, value: &Value) -> Result<u64, PolicyValidationError> {
    let number = value.as_integer().ok_or_else(|| wrong(key, "a whole number", value))?;
    u64::try_from(number).map_err(|_negative| PolicyValidationError::bad(key, "must be greater than 0"))
}

fn bytes(key: &str, value: &Value) -> Result<u64, PolicyValidationError> {
    match value {
        Value::String(text) => {
            parse_bytes(text).map_err(|error| PolicyValidationError::bad(key, error.to_string()))
        }
        Value::Integer(_) => count(key, value),
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err(wrong(key, "a number of bytes or a text such as \"64MiB\"", value))
        }
    }
}

fn timeout(key: &str, value: &Value) -> Result<Option<std::time::Duration>, PolicyValidationError> {
    const EXPECTED: &str = "a number of seconds, a text such as \"10s\", or \"none\"";
    let out_of_range = || PolicyValidationError::bad(key, "must be greater than 0 (or \"none\")");
    match value {
        Value::String(text) if text == "none" => Ok(None),
        Value::String(text) => {
            parse_duration(text).map(Some).map_err(|error| PolicyValidationError::bad(key, error.to_string()))
        }
        #[expect(clippy::cast_precision_loss, reason = "a timeout of 2^53 seconds is refused just below")]
        Value::Integer(number) => units::seconds(*number as f64).map(Some).ok_or_else(out_of_range),
        Value::Float(number) => units::seconds(*number).map(Some).ok_or_else(out_of_range),
        Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err(wrong(key, EXPECTED, value))
        }
    }
}

fn text<'v>(key: &str, value: &'v Value) -> Result<&'v str, PolicyValidationError> {
    value.as_str().ok_or_else(|| wrong(key, "a text", value))
}

fn guest_path(key: &str, value: &Value) -> Result<GuestPath, PolicyValidationError> {
    GuestPath::parse(text(key, value)?)
        .map_err(|error| PolicyValidationError::bad(key, format!("is not usable: {error}")))
}

fn deterministic(key: &str, value: &Value) -> Result<Option<Deterministic>, PolicyValidationError> {
    match value {
        Value::Boolean(false) => Ok(None),
        Value::Boolean(true) => Ok(Some(Deterministic::new(0))),
        Value::Table(_) => structured(key, value, "false, true or {seed, epoch}").map(Some),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Datetime(_) | Value::Array(_) => {
            Err(wrong(key, "false, true or {seed, epoch}", value))
        }
    }
}

/// A value with a shape of its own; the inner message says which part of it is wrong.
fn structured<T: DeserializeOwned>(
    key: &str,
    value: &Value,
    expected: &'static str,
) -> Result<T, PolicyValidationError> {
    value.clone().try_into().map_err(|error: toml::de::Error| PolicyValidationError::BadValue {
        key: key.to_owned(),
        problem: format!("must be {expected}: {}", error.message()),
    })
}
