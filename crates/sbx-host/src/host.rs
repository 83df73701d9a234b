//! The host: one engine, and the one path on which every run goes.

mod drive;

use std::{fmt, future::Future, sync::Arc, time::Instant};

use sbx_cache::Cache;
use tokio::runtime::{Builder, Handle, Runtime};
use wasmtime::Engine;

use crate::{
    engine::{ImageMode, new_engine},
    error::{Error, Result},
    guest::Guest,
    image::Image,
    instance::{Instance, InstanceSetup},
    output::Captured,
    report::{Call, Outcome, RunReport, RunRequest},
};

/// How a host is set up.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct HostConfig {
    /// How images get under memory; the best way of the platform by default.
    pub images: ImageMode,
}

impl HostConfig {
    /// The same with another way for images.
    #[must_use]
    pub fn with_images(mut self, images: ImageMode) -> Self {
        self.images = images;
        self
    }
}

/// One engine and the helper threads that timers and calls to host folders need; a cheap handle.
///
/// Guests run on the thread that polls or blocks on [`Host::run`]; the host starts no thread for a run.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    images: ImageMode,
    /// `None` only while dropping.
    helper: Option<Runtime>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("images", &self.inner.images).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Not by `Drop` of the runtime: that waits, and panics when the last handle goes inside another runtime.
        if let Some(helper) = self.helper.take() {
            helper.shutdown_background();
        }
    }
}

impl Host {
    /// Starts an engine.
    ///
    /// # Errors
    /// If the processor lacks what compiled guests need, or no helper thread can be started.
    pub fn new(config: &HostConfig) -> Result<Self> {
        let helper = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sbx-helper")
            .enable_time()
            .build()
            .map_err(Error::system("start the helper thread"))?;
        let engine = new_engine(config.images)?;
        Ok(Self { inner: Arc::new(Inner { engine, images: config.images, helper: Some(helper) }) })
    }

    /// Checks and compiles a guest and makes its base image, or takes the compiled form from `cache`. `on_compile` is
    /// called before the long work of compiling.
    ///
    /// # Errors
    /// A guest that imports or needs what is not served; a cache that cannot be written.
    pub fn build_guest(
        &self,
        cache: &Cache,
        wasm: &[u8],
        on_compile: impl FnOnce(),
    ) -> Result<(Guest, Image)> {
        Guest::build(&self.inner.engine, self.inner.images, cache, wasm, on_compile)
    }

    /// The guest whose module has this hash, if its compiled form is in `cache` and sound.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn load_guest(&self, cache: &Cache, guest_hash: &str) -> Result<Option<Guest>> {
        Guest::load(&self.inner.engine, self.inner.images, cache, guest_hash)
    }

    /// Opens an instance of `guest` that starts as `image`.
    ///
    /// # Errors
    /// An image of another guest; a system without memory.
    pub async fn open(&self, guest: &Guest, image: &Image, setup: InstanceSetup) -> Result<Instance> {
        Instance::open(guest, image, setup, self.helper()?).await
    }

    /// Runs one request in `instance`. Every run of every kind comes through here.
    ///
    /// The limits hold from here on: fuel to the instruction; deadline and cancel flag at every slice of fuel and while
    /// the guest waits. Dropping the future ends the guest too, and leaves the instance spent.
    ///
    /// # Errors
    /// What the host fails at; whatever the guest does is in the report.
    pub async fn run(&self, instance: &mut Instance, request: RunRequest) -> Result<RunReport> {
        let started = Instant::now();
        if instance.is_spent() {
            return Err(Error::Spent);
        }
        arm(instance, &request)?;
        // Spent until the guest comes to rest in good order: also if this future is dropped on the way.
        instance.spent = true;
        let outcome = drive::drive(instance, &request, started, &self.helper()?).await?;
        let fuel_left = instance.store.get_fuel().map_err(Error::engine("read the fuel"))?;
        let outcome = if fuel_left == 0 { outcome.without_fuel() } else { outcome };
        instance.spent = !outcome.is_orderly();
        Ok(report(instance, &request, outcome, started, fuel_left))
    }

    /// Waits for a future of this crate on the calling thread, inside or outside of an async runtime.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        pollster::block_on(future)
    }

    fn helper(&self) -> Result<Handle> {
        let helper = self.inner.helper.as_ref().ok_or_else(|| Error::refused("the host is shutting down"))?;
        Ok(helper.handle().clone())
    }
}

/// What the engine is given on top of the budget. It looks at the fuel where functions start and loops turn, so the last
/// straight piece of code may run past the end unseen; a run that has used this one too went over its budget.
const MARKER_FUEL: u64 = 1;

/// Everything that is counted starts anew.
fn arm(instance: &mut Instance, request: &RunRequest) -> Result<()> {
    let limits = &request.limits;
    instance
        .store
        .set_fuel(limits.fuel.saturating_add(MARKER_FUEL))
        .map_err(Error::engine("set the fuel"))?;
    let state = instance.store.data_mut();
    state.report = None;
    state.limiter.arm(limits.memory_bytes);
    state.wasi.arm(limits, Arc::clone(&request.stdin), request.sink.clone());
    Ok(())
}

fn report(
    instance: &mut Instance,
    request: &RunRequest,
    outcome: Outcome,
    started: Instant,
    fuel_left: u64,
) -> RunReport {
    let budget = request.limits.fuel;
    let memory_bytes = instance.exports.memory.data_size(&instance.store) as u64;
    let state = instance.store.data_mut();
    let (stdout, stderr): (Captured, Captured) = state.wasi.take_output();
    RunReport {
        outcome,
        fuel_consumed: budget.saturating_add(MARKER_FUEL).saturating_sub(fuel_left).min(budget),
        host_work: state.wasi.budget.spent(),
        n_host_calls: state.wasi.budget.n_calls(),
        memory_bytes,
        memory_denied: state.limiter.denied(),
        quota_hits: state.wasi.files().map(sbx_vfs::Vfs::hits).unwrap_or_default(),
        stdout,
        stderr,
        report: state.report.take(),
        duration: started.elapsed(),
        files: state.wasi.files().map(sbx_vfs::Vfs::tree),
    }
}

/// What a call needs in place before it starts.
fn check_call(call: &Call) -> Result<()> {
    const MAX_TURN_BYTES: usize = 64 << 20;
    match call {
        Call::Turn(bytes) if bytes.len() > MAX_TURN_BYTES => {
            Err(Error::TooLarge { what: "the program", bytes: bytes.len(), limit: MAX_TURN_BYTES })
        }
        Call::Turn(_) | Call::Export { .. } => Ok(()),
    }
}
