//! A storage in one file: each write and delete is a line at its end, `KEY VERSION HEX` or `KEY`; the last one counts.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::Bytes;
use sbx_storage::{Error, Expect, Key, Listing, Meta, Object, Result, StorageAdapter, Version};

#[derive(Debug)]
pub(crate) struct LogStorage {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    log: File,
    n_writes: u64,
    there: BTreeMap<Key, (Object, SystemTime)>,
}

impl LogStorage {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).read(true).open(path)?;
        let mut there = BTreeMap::new();
        let mut n_writes = 0;
        for line in BufReader::new(&log).lines() {
            let line = line?;
            let mut words = line.split(' ');
            let key = Key::parse(words.next().unwrap_or_default()).map_err(std::io::Error::other)?;
            match (words.next(), words.next()) {
                (Some(version), Some(hex)) => {
                    n_writes = version.parse().map_err(std::io::Error::other)?;
                    let object = Object { bytes: from_hex(hex), version: Version::new(version) };
                    there.insert(key, (object, SystemTime::now()));
                }
                _ => drop(there.remove(&key)),
            }
        }
        Ok(Self { state: Mutex::new(State { log, n_writes, there }) })
    }
}

impl State {
    fn append(&mut self, line: &str) -> Result<()> {
        let written = self.log.write_all(line.as_bytes()).and_then(|()| self.log.sync_data());
        written.map_err(|source| Error::Unavailable {
            action: "append to the log".to_owned(),
            problem: source.kind().to_string(),
            source: Some(Box::new(source)),
        })
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> Bytes {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

#[async_trait]
impl StorageAdapter for LogStorage {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        Ok(self.state.lock().unwrap().there.get(key).map(|(object, _)| object.clone()))
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let mut state = self.state.lock().unwrap();
        let there = state.there.get(key).map(|(object, _)| &object.version);
        let as_expected = match &expect {
            Expect::Any => true,
            Expect::Absent => there.is_none(),
            Expect::Version(version) => there == Some(version),
        };
        if !as_expected {
            return Err(Error::Conflict { key: key.clone() });
        }
        state.n_writes += 1;
        let version = Version::new(state.n_writes.to_string());
        state.append(&format!("{key} {} {}\n", version.as_str(), to_hex(&bytes)))?;
        let object = Object { bytes, version: version.clone() };
        state.there.insert(key.clone(), (object, SystemTime::now()));
        Ok(version)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        state.append(&format!("{key}\n"))?;
        state.there.remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let state = self.state.lock().unwrap();
        let wanted = |key: &Key| key.as_str().starts_with(prefix) && after.is_none_or(|after| key > after);
        let items = state.there.iter().filter(|(key, _)| wanted(key)).map(|(key, (object, modified))| Meta {
            key: key.clone(),
            bytes: object.bytes.len() as u64,
            modified: *modified,
        });
        Ok(Listing { items: items.collect(), more: false })
    }
}

#[test]
fn the_log_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("log"), Key::parse("a/b").unwrap());
    let log = LogStorage::open(&path).unwrap();
    pollster::block_on(log.write(&key, Bytes::from_static(b"x"), Expect::Absent)).unwrap();
    let again = pollster::block_on(LogStorage::open(&path).unwrap().read(&key)).unwrap().unwrap();
    assert_eq!(again.bytes, b"x"[..]);
}
