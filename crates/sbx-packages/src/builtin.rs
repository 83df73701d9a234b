//! What is built into the guest, from the manifest that it comes with.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::name::{PackageName, Version};

/// The distributions that are linked into the guest, and its Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builtin {
    python: String,
    packages: BTreeMap<PackageName, Version>,
}

impl Builtin {
    /// Reads the guest's manifest: lines `python VERSION` and `package NAME VERSION`; others are passed over.
    ///
    /// # Errors
    /// [`Error::Answer`] if no line says which Python it is.
    pub fn parse(manifest: &str) -> Result<Self> {
        let mut python = None;
        let mut packages = BTreeMap::new();
        for line in manifest.lines() {
            match line.split_ascii_whitespace().collect::<Vec<_>>()[..] {
                ["python", version] => python = minor(version),
                ["package", name, version] => {
                    if let (Ok(name), Ok(version)) = (PackageName::parse(name), Version::parse(version)) {
                        packages.insert(name, version);
                    }
                }
                _ => {}
            }
        }
        let problem = "it does not say which Python the guest is".to_owned();
        let python = python.ok_or(Error::Answer { who: "the guest's manifest", problem })?;
        Ok(Self { python, packages })
    }

    /// The guest's Python, as pip takes it: `3.15`.
    #[must_use]
    pub fn python(&self) -> &str {
        &self.python
    }

    /// The version of a built-in distribution.
    #[must_use]
    pub fn get(&self, name: &PackageName) -> Option<&Version> {
        self.packages.get(name)
    }

    /// All of them.
    pub fn packages(&self) -> impl Iterator<Item = (&PackageName, &Version)> {
        self.packages.iter()
    }
}

fn minor(version: &str) -> Option<String> {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(format!("{major}.{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guests_manifest_is_read() {
        let builtin =
            Builtin::parse("python 3.15.0\npackage numpy 2.5.2\nx-other 1\npackage ??? 1\n").unwrap();
        assert_eq!(builtin.python(), "3.15");
        assert_eq!(builtin.get(&PackageName::parse("NumPy").unwrap()).unwrap().as_str(), "2.5.2");
        assert_eq!(builtin.packages().count(), 1);
        assert_eq!(Builtin::parse("package a 1").unwrap_err().code(), "packages.answer");
    }
}
