//! Who may change a session, and until when.
//!
//! A lease keeps two from working on one session at once, so that neither works in vain. What keeps them from harming
//! each other is the compare-and-swap of the head: a holder whose lease is gone cannot write, whatever any clock says.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::format::head::{Holder, Lease};
use crate::random;

/// How long a lease lasts unless a store is told otherwise.
pub(crate) const DEFAULT: Duration = Duration::from_secs(30);
/// How far ahead of ours another machine's clock may be before its lease counts as a mistake of that clock.
const MAX_SKEW_MS: u64 = 5 * 60 * 1000;

/// The leases that this process holds.
static LIVE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// A lease of this process; while it exists, nobody in this process takes the session over.
#[derive(Debug)]
pub(crate) struct Claim {
    holder: Holder,
}

impl Claim {
    pub(crate) fn new() -> Self {
        let nonce = random::text();
        live().insert(nonce.clone());
        let machine = machine();
        let holder =
            Holder { host: machine.host.clone(), pid: std::process::id(), started: machine.started, nonce };
        Self { holder }
    }

    pub(crate) fn nonce(&self) -> &str {
        &self.holder.nonce
    }

    /// The lease as it stands in a head that is written now.
    pub(crate) fn lease(&self, now_ms: u64, length: Duration) -> Lease {
        let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        Lease { holder: self.holder.clone(), renewed_ms: now_ms, expires_ms: now_ms.saturating_add(length) }
    }

    /// Whether `lease` is this one.
    pub(crate) fn is(&self, lease: Option<&Lease>) -> bool {
        lease.is_some_and(|lease| lease.holder.nonce == self.holder.nonce)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        live().remove(&self.holder.nonce);
    }
}

impl Lease {
    /// How long others have to wait for it; nothing if it is over or its holder is gone.
    pub(crate) fn remaining(&self, now_ms: u64) -> Option<Duration> {
        let length = self.expires_ms.saturating_sub(self.renewed_ms);
        let is_over = now_ms >= self.expires_ms;
        let is_absurd = self.renewed_ms > now_ms.saturating_add(MAX_SKEW_MS.max(length));
        if is_over || is_absurd || self.holder.is_gone() {
            return None;
        }
        // A clock that was set back does not make anybody wait longer than a lease lasts.
        Some(Duration::from_millis(self.expires_ms.saturating_sub(now_ms).min(length)))
    }
}

impl Holder {
    /// Whether the process is known to be there no more, or to have dropped the session.
    fn is_gone(&self) -> bool {
        let here = machine();
        if self.host.is_none() || self.host != here.host {
            return false;
        }
        if self.pid == std::process::id() && self.started == here.started {
            return !live().contains(&self.nonce);
        }
        !is_running(self.pid, self.started)
    }

    /// Who it is, for a message.
    pub(crate) fn describe(&self) -> String {
        match &self.host {
            Some(_) if self.host == machine().host => format!("process {} on this machine", self.pid),
            Some(host) => {
                format!("process {} on machine {}", self.pid, printable(host))
            }
            None => format!("process {} on another machine", self.pid),
        }
    }
}

/// The beginning of what a head says, which anybody may have written.
fn printable(host: &str) -> String {
    host.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
}

fn live() -> std::sync::MutexGuard<'static, BTreeSet<String>> {
    // A set of names is whole whatever panicked.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of where this process runs.
struct Machine {
    /// A hash of boot and process namespace: process numbers mean the same wherever it is the same.
    host: Option<String>,
    started: Option<u64>,
}

fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| Machine { host: host(), started: started(std::process::id()) })
}

#[cfg(target_os = "linux")]
fn host() -> Option<String> {
    let boot = std::fs::read("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&boot).update(namespace.as_os_str().as_encoded_bytes());
    Some(hasher.finalize().to_hex().chars().take(32).collect())
}

/// The start of a process in ticks since the boot: field 22 of its `stat` (`proc_pid_stat(5)`).
#[cfg(target_os = "linux")]
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field, a name in parentheses, can have anything in it.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// Whether a process is there; in doubt it is.
#[cfg(target_os = "linux")]
fn is_running(pid: u32, started_then: Option<u64>) -> bool {
    let Some(pid_number) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return true;
    };
    if rustix::process::test_kill_process(pid_number) == Err(rustix::io::Errno::SRCH) {
        return false;
    }
    match (started_then, started(pid)) {
        (Some(then), Some(now)) => then == now,
        _ => true,
    }
}

/// Here each process is a machine of its own: it knows its own leases, and waits for those of all others.
#[cfg(not(target_os = "linux"))]
fn host() -> Option<String> {
    Some(random::text())
}

#[cfg(not(target_os = "linux"))]
fn started(_pid: u32) -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
fn is_running(_pid: u32, _started_then: Option<u64>) -> bool {
    true
}
