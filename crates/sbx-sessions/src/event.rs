//! The names of what is logged. Contents, code and labels never are.

/// The target of all events of this crate.
pub(crate) const TARGET: &str = "sbx::session";

macro_rules! event {
    ($name:literal $(, $($fields:tt)+)?) => {
        tracing::info!(target: crate::event::TARGET, event = $name $(, $($fields)+)?)
    };
}

/// Somebody tried what is not allowed, or something stored is not what was stored.
macro_rules! alarm {
    ($name:literal $(, $($fields:tt)+)?) => {
        tracing::warn!(target: crate::event::TARGET, event = $name $(, $($fields)+)?)
    };
}

pub(crate) use {alarm, event};
