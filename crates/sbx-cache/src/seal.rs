//! The seal: what a file must be, under a keyed MAC.
//!
//! The MAC covers a canonical encoding, not the JSON text, so formatting is free and parsing is strict.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::private::Stamp;

/// Version of the JSON and of the encoding under the MAC.
const SCHEMA: u32 = 1;
/// The longest seal that is read, in bytes. Real ones have some 500.
pub(crate) const MAX_SEAL: u64 = 64 * 1024;

/// A BLAKE3 digest; compared in constant time, shown in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(blake3::Hash);

impl Digest {
    /// Of bytes in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes))
    }

    /// Of all that `reader` gives.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn of_reader(reader: impl io::Read) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(reader)?;
        Ok(Self(hasher.finalize()))
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// What seals are made with; never shown.
#[derive(Clone)]
pub(crate) struct Key([u8; Self::BYTES]);

impl Key {
    pub(crate) const BYTES: usize = 32;

    pub(crate) fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts<'a> {
    /// The entry's name, so that a seal cannot be moved to another entry.
    pub(crate) name: &'a str,
    pub(crate) context: &'a str,
    pub(crate) digest: Digest,
    pub(crate) bytes: u64,
    /// None where files are hashed each time.
    pub(crate) stamp: Option<Stamp>,
}

/// The JSON of a seal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    schema: u32,
    context: String,
    digest: String,
    bytes: u64,
    stamp: Option<Stamp>,
    mac: String,
}

impl<'a> Facts<'a> {
    /// The text to store beside the file.
    pub(crate) fn seal(&self, key: &Key) -> io::Result<Vec<u8>> {
        let form = Form {
            schema: SCHEMA,
            context: self.context.to_owned(),
            digest: self.digest.to_string(),
            bytes: self.bytes,
            stamp: self.stamp,
            mac: self.mac(key).to_hex().to_string(),
        };
        let mut text = serde_json::to_vec(&form)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads a seal back; the reason if it is not ours for this name and context.
    pub(crate) fn open(key: &Key, name: &'a str, context: &'a str, text: &[u8]) -> Result<Self, String> {
        let form: Form =
            serde_json::from_slice(text).map_err(|error| format!("its seal does not parse ({error})"))?;
        if form.schema != SCHEMA {
            return Err(format!("its seal has version {}, not {SCHEMA}", form.schema));
        }
        let (Ok(digest), Ok(mac)) = (blake3::Hash::from_hex(&form.digest), blake3::Hash::from_hex(&form.mac))
        else {
            return Err("its seal has a hash that is none".to_owned());
        };
        let stored = Facts {
            name,
            context: &form.context,
            digest: Digest(digest),
            bytes: form.bytes,
            stamp: form.stamp,
        };
        if stored.mac(key) != mac {
            return Err("its seal was not made here or was edited".to_owned());
        }
        if form.context != context {
            return Err(format!("it was made for {:?}, not for {context:?}", form.context));
        }
        Ok(Facts { name, context, ..stored })
    }

    /// `[domain][schema: u32 le][name: len u64 le, utf-8][context: len u64 le, utf-8][digest: 32][bytes: u64 le]`
    /// and, if there is a stamp, `[1][dev][ino][mtime_ns][ctime_ns]` (64 bits le each), else `[0]`.
    fn mac(&self, key: &Key) -> blake3::Hash {
        let mut mac = blake3::Hasher::new_keyed(&key.0);
        mac.update(b"sbx-cache seal\0").update(&SCHEMA.to_le_bytes());
        for text in [self.name, self.context] {
            mac.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        mac.update(self.digest.as_bytes()).update(&self.bytes.to_le_bytes());
        match self.stamp {
            None => mac.update(&[0]),
            Some(stamp) => mac
                .update(&[1])
                .update(&stamp.dev.to_le_bytes())
                .update(&stamp.ino.to_le_bytes())
                .update(&stamp.mtime_ns.to_le_bytes())
                .update(&stamp.ctime_ns.to_le_bytes()),
        };
        mac.finalize()
    }
}

/// `NAME.seal` for `NAME`.
pub(crate) fn seal_path(path: &Path) -> PathBuf {
    path.with_added_extension("seal")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts<'static> {
        let stamp = Stamp { dev: 1, ino: 2, mtime_ns: 3, ctime_ns: 4 };
        Facts { name: "n", context: "c", digest: Digest::of(b"x"), bytes: 1, stamp: Some(stamp) }
    }

    #[test]
    fn a_seal_opens_with_its_key_name_and_context_only() {
        let key = Key::new([7; 32]);
        let text = facts().seal(&key).unwrap();
        assert_eq!(Facts::open(&key, "n", "c", &text).unwrap(), facts());

        let other = Facts::open(&Key::new([8; 32]), "n", "c", &text).unwrap_err();
        assert_eq!(other, "its seal was not made here or was edited");
        let moved = Facts::open(&key, "m", "c", &text).unwrap_err();
        assert_eq!(moved, "its seal was not made here or was edited");
        let context = Facts::open(&key, "n", "d", &text).unwrap_err();
        assert_eq!(context, r#"it was made for "c", not for "d""#);
    }

    #[test]
    fn every_field_is_under_the_mac() {
        let key = Key::new([7; 32]);
        let text = String::from_utf8(facts().seal(&key).unwrap()).unwrap();
        let digest = Digest::of(b"y").to_string();
        for (from, to) in [
            (r#""context":"c""#, r#""context":"d""#),
            (r#""bytes":1"#, r#""bytes":2"#),
            (r#""dev":1"#, r#""dev":2"#),
            (r#""ino":2"#, r#""ino":3"#),
            (r#""mtime_ns":3"#, r#""mtime_ns":4"#),
            (r#""ctime_ns":4"#, r#""ctime_ns":5"#),
            (&Digest::of(b"x").to_string(), &digest),
        ] {
            let edited = text.replacen(from, to, 1);
            assert_ne!(edited, text, "{from}");
            let error = Facts::open(&key, "n", "c", edited.as_bytes()).unwrap_err();
            assert_eq!(error, "its seal was not made here or was edited", "{from}");
        }
        let stamp = r#"{"dev":1,"ino":2,"mtime_ns":3,"ctime_ns":4}"#;
        let edited = text.replacen(stamp, "null", 1);
        assert_ne!(edited, text);
        assert!(Facts::open(&key, "n", "c", edited.as_bytes()).is_err());
        let newer = text.replacen(r#""schema":1"#, r#""schema":2"#, 1);
        assert_eq!(
            Facts::open(&key, "n", "c", newer.as_bytes()).unwrap_err(),
            "its seal has version 2, not 1"
        );
    }

    #[test]
    fn a_cut_seal_does_not_parse() {
        let key = Key::new([7; 32]);
        let text = facts().seal(&key).unwrap();
        for len in 0..text.len() - 1 {
            assert!(Facts::open(&key, "n", "c", &text[..len]).is_err(), "{len}");
        }
    }
}
