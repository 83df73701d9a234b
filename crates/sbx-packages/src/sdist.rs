//! Takes archives of sources apart that have nothing to build: their packages stand there as they would be installed.
//!
//! Some packages have never had a wheel. Building one would run the package's own program on the host, so it is not done:
//! what the archive says of itself (`PKG-INFO`, `top_level.txt`, `requires.txt`) is enough for those that are plain Python.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::archive::{MAX_FILES, MAX_UNFOLDED_BYTES, MAX_UNPACKED_BYTES, Member};
use crate::error::{Error, Result};
use crate::name::{PackageName, Version};
use crate::wheel::{check_identity, check_member, too_large};

/// What only a package has that must be compiled.
const SOURCE_ENDS: [&str; 13] = [
    ".c",
    ".cc",
    ".cpp",
    ".cxx",
    ".h",
    ".pyx",
    ".pxd",
    ".rs",
    ".f",
    ".f90",
    "cargo.toml",
    "cmakelists.txt",
    "meson.build",
];

/// The files of the archive that come into a guest.
pub(crate) fn take_apart(name: &PackageName, version: &Version, bytes: &[u8]) -> Result<Vec<Member>> {
    let files = unpack(name, bytes)?;
    if let Some(path) = files.keys().find(|path| is_to_compile(path)) {
        let reason = format!("it has no wheel, and its sources are to be compiled ({path})");
        return Err(Error::refused(name, reason));
    }
    let text = |path: &str| files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let unknown = || Error::refused(name, "it has no wheel, and its sources do not say what they are");
    let info = files
        .keys()
        .filter_map(|path| path.strip_suffix("/top_level.txt"))
        .find(|dir| dir.ends_with(".egg-info"));
    let info = info.ok_or_else(unknown)?;
    let metadata = text("PKG-INFO").ok_or_else(unknown)?;
    let requires = text(&format!("{info}/requires.txt")).unwrap_or_default();
    let root = info.rsplit_once('/').map(|(root, _)| format!("{root}/")).unwrap_or_default();
    let top_level = text(&format!("{info}/top_level.txt")).unwrap_or_default();
    let tops: Vec<&str> =
        top_level.lines().map(str::trim).filter(|top| !top.is_empty() && *top != "tests").collect();
    let mut members = Vec::new();
    for (path, content) in &files {
        let Some(path) = path.strip_prefix(&root) else { continue };
        let is_wanted =
            |top: &&str| path.strip_prefix(*top).is_some_and(|rest| rest.starts_with('/') || rest == ".py");
        if tops.iter().any(is_wanted) {
            check_member(name, path, content)?;
            members.push((path.to_owned(), content.clone()));
        }
    }
    if members.is_empty() {
        return Err(unknown());
    }
    let dist_info = format!("{}-{version}.dist-info", name.as_str().replace('-', "_"));
    members.push((format!("{dist_info}/METADATA"), with_requires(&metadata, &requires).into_bytes()));
    check_identity(name, version, &members)?;
    Ok(members)
}

/// All files, below the one folder that such an archive has.
pub(crate) fn unpack(name: &PackageName, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let unreadable =
        |error: std::io::Error| Error::refused(name, format!("its archive cannot be read ({error})"));
    // Headers can be long too, and the reader below holds them in memory.
    let mut archive = tar::Archive::new(GzDecoder::new(bytes).take(MAX_UNFOLDED_BYTES));
    let mut files = BTreeMap::new();
    let mut room = MAX_UNPACKED_BYTES;
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path().map_err(unreadable)?.to_string_lossy().into_owned();
        let mut content = Vec::new();
        (&mut entry).take(room + 1).read_to_end(&mut content).map_err(unreadable)?;
        room = room.checked_sub(content.len() as u64).ok_or_else(|| too_large(name))?;
        if let Some((_, path)) = path.split_once('/') {
            files.insert(path.to_owned(), content);
        }
        if files.len() > MAX_FILES {
            return Err(Error::refused(name, format!("it has more than {MAX_FILES} files")));
        }
    }
    Ok(files)
}

fn is_to_compile(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    SOURCE_ENDS.iter().any(|end| lower.ends_with(end))
}

/// The metadata with what `requires.txt` says, which older archives keep apart.
fn with_requires(metadata: &str, requires: &str) -> String {
    let (first, rest) = metadata.split_once('\n').unwrap_or((metadata, ""));
    let mut lines = vec![first.to_owned()];
    let mut condition = String::new();
    let has_own = metadata.lines().any(|line| line.starts_with("Requires-Dist:"));
    for line in requires.lines().map(str::trim).filter(|line| !line.is_empty() && !has_own) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(section) => {
                let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
                let extra = (!extra.is_empty()).then(|| format!("extra == \"{extra}\""));
                let marker = (!marker.is_empty()).then(|| format!("({marker})"));
                let parts: Vec<String> = extra.into_iter().chain(marker).collect();
                condition = format!("; {}", parts.join(" and "));
            }
            None => lines.push(format!("Requires-Dist: {line}{condition}")),
        }
    }
    lines.join("\n") + "\n" + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("demo-1.0/{path}"), text.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    const INFO: (&str, &str) = ("PKG-INFO", "Metadata-Version: 1.1\nName: demo\nVersion: 1.0\n\nText");
    const TOP: (&str, &str) = ("demo.egg-info/top_level.txt", "demo\n");

    fn check(files: &[(&str, &str)]) -> Result<Vec<Member>> {
        take_apart(&PackageName::parse("demo").unwrap(), &Version::parse("1.0").unwrap(), &archive(files))
    }

    #[test]
    fn plain_sources_are_taken_as_they_stand() {
        let requires =
            ("demo.egg-info/requires.txt", "six\n\n[fast]\nnumpy\n\n[:python_version < \"3\"]\nenum34\n");
        let members =
            check(&[INFO, TOP, requires, ("setup.py", "raise SystemExit"), ("demo/__init__.py", "x = 1")])
                .unwrap();
        let paths: Vec<&str> = members.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["demo/__init__.py", "demo-1.0.dist-info/METADATA"]);
        assert_eq!(
            String::from_utf8_lossy(&members[1].1),
            "Metadata-Version: 1.1\nRequires-Dist: six\nRequires-Dist: numpy; extra == \"fast\"\n\
             Requires-Dist: enum34; (python_version < \"3\")\nName: demo\nVersion: 1.0\n\nText"
        );
    }

    #[test]
    fn what_would_have_to_be_built_is_refused() {
        for (file, wanted) in
            [("demo/fast.c", "compiled (demo/fast.c)"), ("Cargo.toml", "compiled (Cargo.toml)")]
        {
            let error = check(&[INFO, TOP, ("demo/__init__.py", ""), (file, "")]).unwrap_err();
            assert!(error.code() == "packages.refused" && error.to_string().contains(wanted), "{error}");
        }
        for files in [&[INFO, ("demo/__init__.py", "")][..], &[TOP, ("demo/__init__.py", "")], &[INFO, TOP]] {
            assert!(check(files).unwrap_err().to_string().contains("do not say what they are"));
        }
    }
}
