//! Counts what the host logs while a program runs: no program may fill the host's log.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing::{
    Event, Level, Metadata, Subscriber, dispatcher,
    span::{Attributes, Id, Record},
};

/// Does something, and says how many lines of level `info` and above were logged on this thread meanwhile.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let lines = Arc::new(AtomicUsize::new(0));
    let result = dispatcher::with_default(&Counter(Arc::clone(&lines)).into(), work);
    (result, lines.load(Ordering::Relaxed))
}

struct Counter(Arc<AtomicUsize>);

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, _event: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_that_an_operator_would_see() {
        let (result, n_lines) = counted(|| {
            tracing::error!("one");
            tracing::warn!("two");
            tracing::info!("three");
            tracing::debug!("not shown");
            let _span = tracing::info_span!("a span is no line").entered();
            7
        });
        assert_eq!((result, n_lines), (7, 3));
        assert_eq!(counted(|| ()).1, 0);
    }
}
