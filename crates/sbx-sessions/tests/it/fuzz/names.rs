//! Any text as a name: of a session, of a file, of a key, of a storage, of a mount; as a size and as a time.
//!
//! [`names`] is the whole of the fuzz target of that name.

use std::path::{Component, Path};
use std::time::Duration;

use sbx_core::{GuestPath, Mount, is_unprintable, parse_bytes, parse_duration, show_bytes};
use sbx_sessions::SessionId;
use sbx_storage::Key;

/// Reads `bytes` as everything that has a name.
///
/// # Panics
/// If something was accepted that breaks what its type promises, or does not come back from what is written of it.
pub(crate) fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    session(&text);
    file(&text);
    key(&text);
    address(&text);
    mount(&text);
    size(&text);
    time(&text);
}

/// Whether `below`, put after any folder, is still in it.
fn stays_below(below: &str) -> bool {
    Path::new(below).components().all(|part| matches!(part, Component::Normal(_)))
}

fn session(text: &str) {
    let id = match SessionId::parse(text) {
        Ok(id) => id,
        Err(error) => {
            assert!(!error.to_string().contains(is_unprintable), "{error}");
            return;
        }
    };
    assert_eq!(id.as_str(), text);
    assert!(!text.is_empty() && text.len() <= SessionId::MAX_BYTES);
    assert!(!text.starts_with('.') && !text.contains("..") && !text.contains(['/', '\\', ':', '\0']));
    assert!(!text.contains(is_unprintable));
    assert!(stays_below(text) && Path::new(text).components().count() == 1, "{text:?}");
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(serde_json::from_str::<SessionId>(&json).unwrap(), id);
    let part = id.key_part();
    let key = Key::parse(&format!("sessions/{part}/head")).unwrap();
    assert_eq!(key.parts().count(), 3);
    assert!(
        part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    );
    // No other name has the same key: the name can be read from it.
    if !part.starts_with("_h") {
        assert_eq!(unescaped(&part), text.as_bytes());
    }
}

/// What a part of a key says, as the documentation of [`SessionId::key_part`] has it.
fn unescaped(part: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let (byte, len) = match first {
            '_' => (u8::from_str_radix(&rest[1..3], 16).unwrap(), 3),
            plain => (u8::try_from(plain).unwrap(), 1),
        };
        bytes.push(byte);
        rest = &rest[len..];
    }
    bytes
}

fn file(text: &str) {
    for path in [GuestPath::parse(text), GuestPath::in_workspace(text)] {
        let path = match path {
            Ok(path) => path,
            Err(error) => {
                assert!(!error.to_string().contains(is_unprintable), "{error}");
                continue;
            }
        };
        assert_eq!(GuestPath::parse(path.as_str()), Ok(path.clone()));
        assert!(path.as_str().starts_with('/') && path.as_str().len() <= GuestPath::MAX_BYTES);
        assert!(path.parts().count() <= GuestPath::MAX_DEPTH);
        for part in path.parts() {
            assert!(
                !part.is_empty() && part.len() <= GuestPath::MAX_PART_BYTES && part != "." && part != ".."
            );
            assert!(!part.contains(|char: char| char.is_control() || char == '\\'), "{path}");
        }
        assert!(stays_below(&path.as_str()[1..]), "{path}");
        let parent = path.parent();
        assert_eq!(parent.is_none(), path == GuestPath::root());
        if let (Some(parent), Some(name)) = (parent, path.file_name()) {
            assert_eq!(parent.join(name), Ok(path.clone()));
            assert!(path.starts_with(&parent));
        }
    }
    if let Ok(entry) = GuestPath::workspace().join(text) {
        assert_eq!(entry.parent(), Some(GuestPath::workspace()), "{text:?} is one part");
    }
}

fn key(text: &str) {
    let Ok(key) = Key::parse(text) else { return };
    assert_eq!((key.as_str(), key.to_string().parse()), (text, Ok(key.clone())));
    assert!(text.len() <= Key::MAX_BYTES && stays_below(text));
    for part in key.parts() {
        assert!(!part.is_empty() && part.len() <= Key::MAX_PART_BYTES && !part.starts_with('.'));
        assert!(part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
    }
}

/// Addresses that would open a folder of this machine are left out: whatever is there would be closed to others.
fn address(text: &str) {
    let Some((scheme, rest)) = text.split_once(':') else { return };
    let opens_a_folder = scheme.len() < 2
        || scheme.eq_ignore_ascii_case("file")
        || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A store in memory stays for as long as the process: few names are enough.
    let stays = scheme.eq_ignore_ascii_case("memory") && rest.len() > 1;
    if opens_a_folder || scheme.as_bytes()[0].is_ascii_digit() || stays {
        return;
    }
    if let Err(error) = sbx_storage::open_with(text, [("", ""); 0]) {
        let said = error.to_string();
        // Before an `@` and after a `?` or a `#` is where secrets are.
        let has_place = ["SECRET@", "?SECRET", "#SECRET"].iter().any(|place| text.contains(place));
        assert!(!(has_place && said.contains("SECRET")), "{text:?}: {said}");
    }
}

fn mount(text: &str) {
    let Ok(mount) = Mount::parse(text) else { return };
    assert_eq!(Mount::parse(&mount.to_string()), Ok(mount.clone()));
    assert!(!mount.host.as_os_str().is_empty());
    file(mount.guest.as_str());
}

fn size(text: &str) {
    let Ok(bytes) = parse_bytes(text) else { return };
    assert!(i64::try_from(bytes).is_ok());
    assert_eq!(parse_bytes(&bytes.to_string()), Ok(bytes));
    let shown = show_bytes(bytes);
    // With a fraction it is for people.
    if !shown.contains('.') {
        assert_eq!(parse_bytes(&shown), Ok(bytes), "{shown}");
    }
}

fn time(text: &str) {
    let Ok(time) = parse_duration(text) else { return };
    assert!(time <= Duration::from_secs(1000 * 365 * 86_400));
    // Seconds have 53 bits here, which is less than a time can have.
    let again = parse_duration(&format!("{}s", time.as_secs_f64())).unwrap();
    let off = time.abs_diff(again);
    assert!(off <= time / (1 << 30) || off <= Duration::from_nanos(1), "{time:?} became {again:?}");
}

#[cfg(test)]
mod tests {
    use crate::mutate::{self, Changes};

    #[test]
    fn any_text_is_a_name_as_promised_or_none() {
        mutate::run(Changes::of("names").inputs(10_000), super::names);
    }
}
