//! WASI preview 1, served from the guest's own filesystem.
//!
//! wasmtime-wasi's preopened directories have no quotas, descriptors shared with the host process, and calls that cost
//! seconds for a handful of instructions. So its public trait is implemented anew, over [`sbx_vfs::Vfs`]; every call is
//! charged (see `budget`), and whatever a guest says is checked before the host allocates for it.

mod calls;
mod convert;
mod files;
mod link;
mod poll;

use std::sync::Arc;

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};
use sbx_core::{Deterministic, DeterministicState, GuestPath, MachineState};
use sbx_vfs::{Fd, ROOT_FD, Vfs};
use tokio::runtime::Handle;
use wasmtime_wasi::p1::types::{Errno, Error};

use crate::{
    budget::{self, HostBudget},
    clock::GuestClock,
    limits::Limits,
    output::{Captured, OutputSink, OutputStream},
};

pub(crate) use self::link::add_to_linker;

/// The guest called `proc_exit`.
#[derive(Debug, thiserror::Error)]
#[error("the guest exited with {0}")]
pub(crate) struct GuestExit(pub(crate) u32);

type WasiResult<T> = Result<T, Error>;

/// The host's side of one instance's WASI.
pub(crate) struct Wasi {
    /// `None` while a call to a host folder is under way on another thread, and for good if it never came back.
    vfs: Option<Vfs>,
    args: Vec<Vec<u8>>,
    environ: Vec<Vec<u8>>,
    /// `(path, target)` without their leading slashes, as the guest sends paths.
    aliases: Vec<(String, String)>,
    stdin: Arc<[u8]>,
    stdin_at: usize,
    stdout: Captured,
    stderr: Captured,
    sink: Option<Arc<dyn OutputSink>>,
    pub(crate) clock: GuestClock,
    random: ChaCha12Rng,
    /// What `random` was made from in deterministic mode.
    seed: Option<u64>,
    pub(crate) budget: HostBudget,
    /// Where timers run and where calls to host folders block.
    helper: Handle,
}

impl Wasi {
    pub(crate) fn new(
        vfs: Vfs,
        clock: GuestClock,
        deterministic: Option<Deterministic>,
        machine: &MachineState,
        helper: Handle,
    ) -> Self {
        let random = match deterministic {
            Some(Deterministic { seed, .. }) => seeded(seed, machine.deterministic),
            None => fresh_random(),
        };
        Self {
            vfs: Some(vfs),
            args: Vec::new(),
            environ: Vec::new(),
            aliases: Vec::new(),
            stdin: Arc::default(),
            stdin_at: 0,
            stdout: Captured::default(),
            stderr: Captured::default(),
            sink: None,
            clock,
            random,
            seed: deterministic.map(|deterministic| deterministic.seed),
            budget: HostBudget::default(),
            helper,
        }
    }

    /// What `args_get` and `environ_get` say; the guest reads them when its interpreter starts.
    pub(crate) fn set_process(&mut self, args: &[String], environ: &[(String, String)]) {
        self.args = args.iter().map(|text| with_nul(text)).collect();
        self.environ = environ.iter().map(|(name, value)| with_nul(&format!("{name}={value}"))).collect();
    }

    pub(crate) fn set_aliases(&mut self, aliases: &[(GuestPath, GuestPath)]) {
        let relative = |path: &GuestPath| path.as_str().trim_start_matches('/').to_owned();
        self.aliases = aliases.iter().map(|(path, target)| (relative(path), relative(target))).collect();
    }

    /// The path that `path`, relative to `dir`, stands for.
    fn resolve_alias(&self, dir: Fd, path: String) -> String {
        if dir == ROOT_FD {
            for (alias, target) in &self.aliases {
                if let Some(rest) = path.strip_prefix(alias.as_str())
                    && (rest.is_empty() || rest.starts_with('/'))
                {
                    return format!("{target}{rest}");
                }
            }
        }
        path
    }

    /// Everything that is counted or read starts anew.
    pub(crate) fn arm(&mut self, limits: &Limits, stdin: Arc<[u8]>, sink: Option<Arc<dyn OutputSink>>) {
        self.stdin = stdin;
        self.stdin_at = 0;
        self.stdout = Captured::with_limit(limits.stdout_bytes);
        self.stderr = Captured::with_limit(limits.stderr_bytes);
        self.sink = sink;
        self.budget = HostBudget::new(limits.fuel);
    }

    /// What was written since the run began: standard output and standard error.
    pub(crate) fn take_output(&mut self) -> (Captured, Captured) {
        (std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr))
    }

    /// The files, unless they were lost with a call that never came back.
    pub(crate) fn files(&self) -> Option<&Vfs> {
        self.vfs.as_ref()
    }

    pub(crate) fn fill_random(&mut self, bytes: &mut [u8]) {
        self.random.fill_bytes(bytes);
    }

    /// Where clocks and random numbers stand, to go on from there in another instance.
    pub(crate) fn machine_state(&mut self) -> MachineState {
        let wall_ns = self.clock.peek_wall_ns();
        let random_words = u64::try_from(self.random.get_word_pos()).unwrap_or(u64::MAX);
        let deterministic = self.seed.map(|seed| DeterministicState { seed, random_words, wall_ns });
        MachineState { monotonic_ns: self.clock.peek_monotonic_ns(), deterministic }
    }

    /// The files, with their clock set.
    fn vfs(&mut self) -> WasiResult<&mut Vfs> {
        let vfs = self.vfs.as_mut().ok_or(Errno::Io)?;
        vfs.set_now(self.clock.peek_wall_ns());
        Ok(vfs)
    }

    fn charge(&mut self, price: u64) -> WasiResult<()> {
        self.budget.charge(price).map_err(trap)
    }

    /// Runs `call` on the files; on another thread if it may wait for a disk, so that the run's deadline still holds
    /// and neighbours on this thread go on.
    async fn with_files<R: Send + 'static>(
        &mut self,
        may_wait: bool,
        call: impl FnOnce(&mut Vfs) -> Result<R, sbx_vfs::Errno> + Send + 'static,
    ) -> WasiResult<R> {
        let vfs = self.vfs()?;
        let outcome = if may_wait {
            self.budget.add(budget::HOST_FOLDER).map_err(trap)?;
            let Some(mut vfs) = self.vfs.take() else { return Err(Errno::Io.into()) };
            let task = self.helper.spawn_blocking(move || {
                let outcome = call(&mut vfs);
                (vfs, outcome)
            });
            let (vfs, outcome) = task.await.map_err(trap)?;
            self.vfs = Some(vfs);
            outcome
        } else {
            call(vfs)
        };
        let work = self.vfs.as_mut().map_or(0, Vfs::take_work);
        self.budget.add(work.saturating_mul(budget::ENTRY)).map_err(trap)?;
        outcome.map_err(convert::errno)
    }

    fn captured(&mut self, stream: OutputStream) -> &mut Captured {
        match stream {
            OutputStream::Stdout => &mut self.stdout,
            OutputStream::Stderr => &mut self.stderr,
        }
    }
}

fn with_nul(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

/// An error that ends the guest instead of being told to it.
fn trap(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::trap(wasmtime::Error::new(error))
}

/// The generator of deterministic mode, from where an earlier instance with the same seed left it.
fn seeded(seed: u64, reached: Option<DeterministicState>) -> ChaCha12Rng {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    if let Some(reached) = reached.filter(|reached| reached.seed == seed) {
        random.set_word_pos(u128::from(reached.random_words));
    }
    random
}

/// A generator seeded from the operating system.
///
/// # Panics
/// If the operating system has no randomness to give: nothing safe can be done without.
fn fresh_random() -> ChaCha12Rng {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system gives randomness");
    ChaCha12Rng::from_seed(seed)
}
