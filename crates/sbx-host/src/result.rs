//! A report as a result, as far as no language has a say in it.

use sbx_core::{Ending, ExecutionPolicy, GuestError, RuntimeType, SandboxResult};
use sbx_vfs::Tree;

use crate::report::{Outcome, RunReport};

impl RunReport {
    /// How the run ended and the guest's exit code; `returned` says it for a call that returned a status.
    pub fn ending(&self, returned: impl FnOnce(i32) -> (Ending, u8)) -> (Ending, u8) {
        match self.outcome {
            Outcome::Returned(status) => returned(status),
            // Exit codes have eight bits, as on Unix.
            Outcome::Exited(code) => (Ending::Exit, code.to_le_bytes()[0]),
            Outcome::FuelExhausted => (Ending::FuelExhausted, 1),
            Outcome::TimedOut => (Ending::Timeout, 1),
            Outcome::Cancelled => (Ending::Cancelled, 1),
            Outcome::StackOverflow => (Ending::StackOverflow, 1),
            // An interpreter that aborts after memory was refused ran out of it.
            Outcome::Trapped(_) if self.memory_denied => (Ending::MemoryExhausted, 1),
            Outcome::Trapped(_) => (Ending::Trap, 1),
        }
    }

    /// The result of the run, without an error, values and advice. `before` are the files that it began with.
    #[must_use]
    pub fn result(
        &self,
        runtime: RuntimeType,
        (ending, code): (Ending, u8),
        policy: &ExecutionPolicy,
        before: &Tree,
    ) -> SandboxResult {
        let mut result = SandboxResult::new(runtime, ending, code);
        result.stdout = self.stdout.text();
        result.stderr = self.stderr.text();
        result.stdout_truncated = self.stdout.truncated();
        result.stderr_truncated = self.stderr.truncated();
        result.set_fuel(self.fuel_consumed, policy.fuel_budget);
        result.set_memory(self.memory_bytes);
        result.set_duration(self.duration);
        if let Some(after) = &self.files {
            let mut changes = before.diff_files(after);
            for paths in [&mut changes.created, &mut changes.modified, &mut changes.deleted] {
                paths.retain(|path| path.starts_with(&policy.guest_mount_path));
            }
            result.files_created = changes.created;
            result.files_modified = changes.modified;
            result.files_deleted = changes.deleted;
        }
        result.metadata.insert("host_calls".to_owned(), self.n_host_calls.to_string());
        result.metadata.insert("host_work".to_owned(), self.host_work.to_string());
        if let Outcome::Trapped(name) = self.outcome {
            result.metadata.insert("trap".to_owned(), name.to_owned());
        }
        result
    }

    /// The error of the run: the guest's own if it came to an orderly end, else a short word for what the host did.
    #[must_use]
    pub fn error(&self, ending: Ending, of_guest: Option<GuestError>) -> Option<GuestError> {
        if let Some(error) = of_guest
            && self.outcome.is_orderly()
        {
            return Some(error);
        }
        let (kind, message) = match ending {
            Ending::FuelExhausted => ("FuelExhausted", "the run used up its fuel"),
            Ending::Timeout => ("Timeout", "the run took longer than it may"),
            Ending::MemoryExhausted => ("MemoryExhausted", "the run asked for more memory than it may have"),
            Ending::StackOverflow => ("StackOverflow", "the run's calls are nested too deeply"),
            Ending::Cancelled => ("Cancelled", "the caller cancelled the run"),
            Ending::Trap => ("Trap", "the interpreter was broken or aborted"),
            Ending::Exception => ("Exception", "the run failed; see stderr"),
            Ending::Ok | Ending::Exit | _ => return None,
        };
        let mut error = GuestError::default();
        kind.clone_into(&mut error.kind);
        message.clone_into(&mut error.message);
        Some(error)
    }
}
