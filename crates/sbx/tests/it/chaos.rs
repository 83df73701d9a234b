//! A host that runs short, and callers that go away: errors that say so, neighbours that notice nothing, nothing left over.
//!
//! `SBX_CHAOS=1` takes some twenty times as long; `cargo xtask chaos` runs it so.

#[cfg(test)]
#[cfg(target_os = "linux")]
mod descriptors; // a process with few descriptors
#[cfg(test)]
mod storms; // cancelled, dropped and slowly read runs, all at once

/// How often something is done: `n`, or twenty times as often in the long form.
#[cfg(test)]
fn times(n: usize) -> usize {
    if std::env::var_os("SBX_CHAOS").is_some() { n * 20 } else { n }
}

/// Open descriptors and threads of this process.
#[cfg(test)]
#[cfg(target_os = "linux")]
fn resources() -> (usize, usize) {
    let count = |folder| std::fs::read_dir(folder).unwrap().count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}
