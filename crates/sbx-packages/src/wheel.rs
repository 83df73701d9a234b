//! Takes wheels apart: what comes into a guest, and why it does not.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::archive::{MAX_FILES, MAX_UNPACKED_BYTES, Member};
use crate::error::{Error, Result};
use crate::name::{PackageName, Version};

/// How names of files of native code end; `.node` is JavaScript's.
const NATIVE_ENDS: [&str; 7] = [".so", ".pyd", ".dylib", ".dll", ".a", ".wasm", ".node"];

/// How files of native code begin: ELF, and Mach-O in its forms.
const NATIVE_STARTS: [&[u8]; 4] = [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];

/// The files of the wheel that come into a guest.
pub(crate) fn take_apart(name: &PackageName, version: &Version, bytes: &[u8]) -> Result<Vec<Member>> {
    let unreadable =
        |error: &dyn std::fmt::Display| Error::refused(name, format!("it is no wheel ({error})"));
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if zip.len() > MAX_FILES {
        return Err(Error::refused(name, format!("it has more than {MAX_FILES} files")));
    }
    let mut members = Vec::new();
    let mut room = MAX_UNPACKED_BYTES;
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).map_err(|error| unreadable(&error))?;
        if member.is_dir() {
            continue;
        }
        let path = member.name().map_err(|error| unreadable(&error))?.into_owned();
        let mut content = Vec::new();
        (&mut member).take(room + 1).read_to_end(&mut content).map_err(|error| unreadable(&error))?;
        room = room.checked_sub(content.len() as u64).ok_or_else(|| too_large(name))?;
        check_member(name, &path, &content)?;
        members.push((path, content));
    }
    check_wheel(name, &members)?;
    check_identity(name, version, &members)?;
    Ok(members.into_iter().filter_map(keep).collect())
}

/// Whether a file may be part of a package: nothing native, and no name that leads elsewhere.
pub(crate) fn check_member(name: &PackageName, path: &str, content: &[u8]) -> Result<()> {
    let plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.len() <= 200
            && !part.contains(|char: char| char.is_control() || char == '\\')
    };
    if !path.split('/').all(plain) || path.len() > 900 || path.split('/').count() > 24 {
        return Err(Error::refused(name, format!("it has a file with a name that cannot be: {path:?}")));
    }
    let lower = path.to_ascii_lowercase();
    let named = NATIVE_ENDS.iter().any(|end| lower.ends_with(end)) || lower.contains(".so.");
    if named || NATIVE_STARTS.iter().any(|start| content.starts_with(start)) {
        return Err(Error::refused(
            name,
            format!("it has native code ({path}), which cannot run inside WebAssembly"),
        ));
    }
    Ok(())
}

pub(crate) fn too_large(name: &PackageName) -> Error {
    Error::refused(name, format!("it unpacks to more than {} MiB", MAX_UNPACKED_BYTES >> 20))
}

/// A wheel that says of itself that it is for every platform.
fn check_wheel(name: &PackageName, members: &[Member]) -> Result<()> {
    let text = text_of(members, ".dist-info/WHEEL")
        .ok_or_else(|| Error::refused(name, "it is no wheel (it has no file WHEEL)"))?;
    let is_pure = field(&text, "Root-Is-Purelib").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let tags: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Tag:")).map(str::trim).collect();
    if !is_pure || !tags.iter().any(|tag| tag.ends_with("-none-any")) {
        let tags = tags.join(", ");
        return Err(Error::refused(
            name,
            format!("it is built for one platform ({tags}), so it has native code"),
        ));
    }
    Ok(())
}

/// The package must be the one that it is taken for: two names for the same files would hide one from `check`.
pub(crate) fn check_identity(name: &PackageName, version: &Version, members: &[Member]) -> Result<()> {
    let text = text_of(members, ".dist-info/METADATA")
        .ok_or_else(|| Error::refused(name, "it does not say what it is (it has no METADATA)"))?;
    let (own_name, own_version) =
        (field(&text, "Name").unwrap_or_default(), field(&text, "Version").unwrap_or_default());
    let same_name = PackageName::parse(own_name).is_ok_and(|own| own == *name);
    if same_name && own_version == version.as_str() {
        return Ok(());
    }
    Err(Error::refused(
        name,
        format!("it says that it is {own_name:?} {own_version:?}, not {name} {version}"),
    ))
}

fn text_of(members: &[Member], end: &str) -> Option<String> {
    let is_it = |(path, _): &&Member| path.ends_with(end) && path.split('/').count() == 2;
    members.iter().find(is_it).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
}

/// A header of metadata; headers end with an empty line.
pub(crate) fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let headers = text.lines().take_while(|line| !line.is_empty());
    headers
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value.trim())
}

/// The file as it comes into `site-packages`, if it does: scripts, headers, compiled caches and tests beside the package
/// are left out.
fn keep((path, content): Member) -> Option<Member> {
    let (top, rest) = path.split_once('/').unwrap_or((path.as_str(), ""));
    if top.ends_with(".data") {
        let (scheme, rest) = rest.split_once('/')?;
        return matches!(scheme, "purelib" | "platlib").then(|| (rest.to_owned(), content));
    }
    let is_record = top.ends_with(".dist-info") && (rest.starts_with("RECORD") || rest == "INSTALLER");
    let is_test = matches!(top, "test" | "tests") && !rest.is_empty();
    let is_cache = path.split('/').any(|part| part == "__pycache__") || path.ends_with(".pth");
    (!is_record && !is_test && !is_cache).then_some((path, content))
}
