//! Keeps what a guest writes to its output, up to a limit.

use std::fmt;

/// A stream that a guest writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Sees output while it is produced, on the thread that runs the guest; it should return quickly.
///
/// It sees what is kept: nothing after the stream's limit.
pub trait OutputSink: Send + Sync {
    /// The guest wrote these bytes; they may end in the middle of a character.
    fn write(&self, stream: OutputStream, bytes: &[u8]);
}

impl fmt::Debug for dyn OutputSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutputSink")
    }
}

/// What was kept of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Captured {
    /// The first bytes, up to the limit.
    pub bytes: Vec<u8>,
    /// All bytes that the guest wrote, kept or not.
    pub n_written: u64,
    /// How many bytes are kept.
    pub limit: u64,
}

impl Captured {
    pub(crate) fn with_limit(limit: u64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Whether the guest wrote more than was kept.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.n_written > self.bytes.len() as u64
    }

    /// The text: cut before a character that the limit split, other invalid UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = if self.truncated() { without_split_character(&self.bytes) } else { &self.bytes };
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// How many of `n` further bytes will be kept. The rest is counted and dropped: the guest is told that it was
    /// written, so that it neither retries nor fails.
    pub(crate) fn room(&self, n: usize) -> usize {
        let free = self.limit.saturating_sub(self.bytes.len() as u64);
        usize::try_from(free).unwrap_or(usize::MAX).min(n)
    }

    pub(crate) fn write(&mut self, kept: &[u8], n_written: usize) {
        self.bytes.extend_from_slice(kept);
        self.n_written = self.n_written.saturating_add(n_written as u64);
    }
}

fn without_split_character(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()).unwrap_or(bytes),
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(limit: u64, text: &[u8]) -> Captured {
        let mut captured = Captured::with_limit(limit);
        for chunk in text.chunks(3) {
            let kept = captured.room(chunk.len());
            captured.write(&chunk[..kept], chunk.len());
        }
        captured
    }

    #[test]
    fn output_is_cut_at_the_limit_and_on_a_character() {
        assert_eq!(
            (capture(10, b"hello").text().as_str(), capture(10, b"hello").truncated()),
            ("hello", false)
        );
        assert!(!capture(5, b"hello").truncated());
        let cut = capture(4, "aññ".as_bytes());
        assert_eq!((cut.text().as_str(), cut.truncated(), cut.n_written), ("añ", true, 5));
        assert_eq!(capture(9, b"ok\xff!").text(), "ok\u{fffd}!");
        assert_eq!(capture(9, "ñ".as_bytes().split_last().unwrap().1).text(), "\u{fffd}", "not ours to cut");
    }
}
