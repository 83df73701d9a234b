//! How work of minutes tells what it is doing; the front ends draw it.

/// Hears what is going on. Called from one thread at a time.
pub trait Progress: Send + Sync {
    /// Says something once.
    fn step(&self, text: &str);

    /// Begins a piece of work of `total` bytes or other units; 0 if that is not known.
    fn start(&self, text: &str, total: u64);

    /// So much of the piece is done: a position, not a difference.
    fn advance(&self, done: u64);

    /// The piece that was started last has ended, well or not.
    fn finish(&self);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "it will never hold anything")]
pub struct NoProgress;

impl Progress for NoProgress {
    fn step(&self, _text: &str) {}
    fn start(&self, _text: &str, _total: u64) {}
    fn advance(&self, _done: u64) {}
    fn finish(&self) {}
}

/// Ends the piece however its block is left.
pub(super) struct Piece<'a>(&'a dyn Progress);

impl<'a> Piece<'a> {
    pub(super) fn start(progress: &'a dyn Progress, text: &str, total: u64) -> Self {
        progress.start(text, total);
        Self(progress)
    }

    pub(super) fn advance(&self, done: u64) {
        self.0.advance(done);
    }
}

impl Drop for Piece<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}
