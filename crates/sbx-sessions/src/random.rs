//! Random bytes for names that must not repeat.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// 16 bytes from the system. Where it has none to give (no known system that runs this), time, process and a counter
/// are hashed: the bytes name things and keep nothing secret, so that being unlike all others is enough.
pub(crate) fn bytes() -> [u8; 16] {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let seed = format!("{now} {} {count}", std::process::id());
        let hash = blake3::hash(seed.as_bytes());
        bytes.copy_from_slice(hash.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
    }
    bytes
}

/// The same as 32 hexadecimal digits.
pub(crate) fn text() -> String {
    bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
