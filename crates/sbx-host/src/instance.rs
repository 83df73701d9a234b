//! A live guest: one store, one instance, its files.

use std::{fmt, future::Future, pin::pin, task::Poll};

use sbx_core::{Deterministic, ExecutionPolicy, GuestPath, MachineState, Mount, Snapshot};
use sbx_vfs::{DescriptorTable, HostMount, Quota, Tree, Vfs};
use wasmtime::{AsContextMut, Instance as WasmInstance, Memory, Store, TypedFunc};

use crate::{
    clock::GuestClock,
    engine::ImageMode,
    error::{Error, Result},
    guest::Guest,
    image::Image,
    memory::with_image,
    snapshot,
    state::State,
    wasi::Wasi,
};

/// What an instance starts with, beside its image.
#[derive(Debug)]
#[non_exhaustive]
pub struct InstanceSetup {
    /// Its files.
    pub tree: Tree,
    /// What it may hold in files.
    pub quota: Quota,
    /// Host folders it may reach.
    pub mounts: Vec<HostMount>,
    /// What `args_get` says; an image keeps the arguments it was captured with.
    pub args: Vec<String>,
    /// What `environ_get` says; likewise.
    pub environ: Vec<(String, String)>,
    /// Fixed clock and randomness.
    pub deterministic: Option<Deterministic>,
    /// Paths that stand for others, `(path, target)`; see [`InstanceSetup::with_alias`].
    pub aliases: Vec<(GuestPath, GuestPath)>,
    /// What it goes on from, if not from the image itself; see [`InstanceSetup::with_snapshot`].
    pub snapshot: Option<(Snapshot, DescriptorTable)>,
}

impl InstanceSetup {
    /// Files and quota; no mounts, arguments or environment.
    #[must_use]
    pub fn new(tree: Tree, quota: Quota) -> Self {
        Self {
            tree,
            quota,
            mounts: Vec::new(),
            args: Vec::new(),
            environ: Vec::new(),
            deterministic: None,
            aliases: Vec::new(),
            snapshot: None,
        }
    }

    /// Everything that `policy` says of an instance: quota, host folders, deterministic mode.
    ///
    /// # Errors
    /// A policy that makes no sense; a folder that cannot be opened.
    pub fn under(policy: &ExecutionPolicy, tree: Tree) -> Result<Self> {
        policy.validate()?;
        let open = |mount: &Mount| {
            let failed = |source| Error::Mount { path: mount.host.clone(), source };
            Ok(HostMount::open(mount).map_err(failed)?.with_max_file_bytes(policy.max_file_bytes))
        };
        let mounts = policy.mounts.iter().map(open).collect::<Result<_>>()?;
        Ok(Self::new(tree, quota(policy)).with_mounts(mounts).with_deterministic(policy.deterministic))
    }

    /// The same with arguments.
    #[must_use]
    pub fn with_args(mut self, args: Vec<String>) -> Self {
        self.args = args;
        self
    }

    /// The same with host folders.
    #[must_use]
    pub fn with_mounts(mut self, mounts: Vec<HostMount>) -> Self {
        self.mounts = mounts;
        self
    }

    /// The same with `path` and all below it standing for `target`. Unlike a link this works below a regular file, where
    /// libraries that were packed into an archive look for data beside their code.
    #[must_use]
    pub fn with_alias(mut self, path: GuestPath, target: GuestPath) -> Self {
        self.aliases.push((path, target));
        self
    }

    /// The same, going on where `snapshot` was taken, with what was open then. The tree is the one of that moment, or a
    /// later one.
    #[must_use]
    pub fn with_snapshot(mut self, snapshot: Snapshot, descriptors: DescriptorTable) -> Self {
        self.snapshot = Some((snapshot, descriptors));
        self
    }

    /// The same in deterministic mode, if any.
    #[must_use]
    pub fn with_deterministic(mut self, deterministic: Option<Deterministic>) -> Self {
        self.deterministic = deterministic;
        self
    }
}

/// What a policy allows in files.
#[must_use]
pub fn quota(policy: &ExecutionPolicy) -> Quota {
    Quota::default()
        .with_disk_bytes(policy.disk_bytes)
        .with_max_files(policy.max_files)
        .with_max_open_files(policy.max_open_files)
        .with_max_file_bytes(policy.max_file_bytes)
}

/// A live guest. Between runs it is at rest: all that it is lies in its memory and its files.
pub struct Instance {
    pub(crate) store: Store<State>,
    pub(crate) exports: Exports,
    /// What it was opened from.
    pub(crate) image: Image,
    /// How the image got under its memory.
    pub(crate) image_mode: ImageMode,
    /// Snapshots taken of it.
    pub(crate) n_captures: u64,
    /// Whether its last run was cut off, so that its memory may be in any state.
    pub(crate) spent: bool,
}

/// What the host calls in a guest.
pub(crate) struct Exports {
    pub(crate) instance: WasmInstance,
    pub(crate) memory: Memory,
    /// Guests that take turns have it.
    pub(crate) turn: Option<Turn>,
}

/// The functions by which a guest takes a turn.
pub(crate) struct Turn {
    /// `host_alloc`: memory for `n` bytes.
    pub(crate) alloc: TypedFunc<u32, u32>,
    /// `turn`: address and length of the program; frees it.
    pub(crate) take: TypedFunc<(u32, u32), i32>,
    /// `resume`: goes on with a turn that waits. Guests that have it may return from a turn to wait, see
    /// [`Call::Turn`](crate::Call::Turn).
    pub(crate) resume: Option<Resume>,
}

/// Takes the address and length of what came for the guest while it waited; returns as a turn does.
pub(crate) type Resume = TypedFunc<(u32, u32), i32>;

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("image", &self.image)
            .field("spent", &self.spent)
            .finish_non_exhaustive()
    }
}

impl Instance {
    pub(crate) async fn open(
        guest: &Guest,
        image: &Image,
        setup: InstanceSetup,
        helper: tokio::runtime::Handle,
    ) -> Result<Self> {
        if image.guest_hash() != guest.hash() {
            return Err(Error::BadImage {
                name: image.name().to_owned(),
                problem: "it belongs to another guest".to_owned(),
            });
        }
        let (snapshot, descriptors) = setup.snapshot.unzip();
        if let Some(snapshot) = &snapshot {
            snapshot::check(snapshot, image)?;
        }
        let fresh = || MachineState { monotonic_ns: image.monotonic_ns(), deterministic: None };
        let machine = snapshot.as_ref().map_or_else(fresh, Snapshot::machine);
        let vfs = files(setup.tree, setup.quota, setup.mounts, descriptors)?;
        let clock = GuestClock::new(setup.deterministic, &machine);
        let mut wasi = Wasi::new(vfs, clock, setup.deterministic, &machine, helper);
        wasi.set_process(&setup.args, &setup.environ);
        wasi.set_aliases(&setup.aliases);
        let state = State { wasi, limiter: crate::limits::MemoryLimiter::default(), report: None };
        let mut store = Store::new(guest.engine(), state);
        store.limiter(|state| &mut state.limiter);
        store
            .fuel_async_yield_interval(Some(crate::engine::FUEL_SLICE))
            .map_err(Error::engine("slice the fuel"))?;
        let memory_bytes = snapshot.as_ref().map_or(image.memory_bytes(), Snapshot::memory_bytes);
        let size = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
        let instance = instantiate(guest, image, size, &mut store).await?;
        let exports = Exports::of(instance, &mut store)?;
        if guest.image_mode() == ImageMode::Copy {
            copy_image(&mut store, &exports.memory, image, size)?;
        }
        store.data_mut().limiter.start_with(memory_bytes.saturating_sub(image.memory_bytes()));
        let mut opened = Self {
            store,
            exports,
            image: image.clone(),
            image_mode: guest.image_mode(),
            n_captures: 0,
            spent: false,
        };
        if let Some(snapshot) = &snapshot {
            opened.put_pages(snapshot)?;
        }
        Ok(opened)
    }

    /// The memory as it is now, as an image that other instances can start from.
    ///
    /// # Errors
    /// If the last run was cut off, so that the guest is not at rest.
    pub fn capture(&mut self, name: &str) -> Result<Image> {
        if self.spent {
            return Err(Error::Spent);
        }
        let monotonic_ns = self.store.data_mut().wasi.clock.monotonic_ns();
        Image::from_bytes(name, self.image.guest_hash(), self.exports.memory.data(&self.store), monotonic_ns)
    }

    /// Digest of the whole linear memory; equal for equal deterministic runs.
    #[must_use]
    pub fn memory_digest(&self) -> sbx_cache::Digest {
        sbx_cache::Digest::of(self.exports.memory.data(&self.store))
    }

    /// Whether its last run was cut off, so that it cannot run again.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.spent || self.store.data().wasi.files().is_none()
    }

    /// The files as they are now.
    ///
    /// # Errors
    /// If they were lost with a call to a host folder that never came back.
    pub fn files(&self) -> Result<Tree> {
        self.store.data().wasi.files().map(Vfs::tree).ok_or(Error::Spent)
    }

    /// Random bytes from the generator of this instance: seeded in deterministic mode, else from the operating system.
    pub fn fill_random(&mut self, bytes: &mut [u8]) {
        self.store.data_mut().wasi.fill_random(bytes);
    }
}

impl Exports {
    fn of(instance: WasmInstance, store: &mut Store<State>) -> Result<Self> {
        let memory = instance
            .get_memory(store.as_context_mut(), "memory")
            .ok_or_else(|| Error::refused("a guest exports its `memory`"))?;
        let alloc = instance.get_typed_func(store.as_context_mut(), "host_alloc").ok();
        let take = instance.get_typed_func(store.as_context_mut(), "turn").ok();
        let resume = instance.get_typed_func(store.as_context_mut(), "resume").ok();
        let turn = alloc.zip(take).map(|(alloc, take)| Turn { alloc, take, resume });
        Ok(Self { instance, memory, turn })
    }
}

/// The files of a new instance, with what a snapshot had open in them.
fn files(
    mut tree: Tree,
    quota: Quota,
    mounts: Vec<HostMount>,
    descriptors: Option<DescriptorTable>,
) -> Result<Vfs> {
    if descriptors.is_none() {
        // Nothing is open in a new instance: what an earlier one unlinked while it was open is gone.
        tree.drop_orphans();
    }
    let mut vfs = Vfs::new(tree, quota, mounts)?;
    if let Some(descriptors) = descriptors {
        vfs.restore_descriptors(descriptors)?;
    }
    Ok(vfs)
}

/// Instantiates with the image under the memory, which gets `size` bytes. The creator of memories learns of the image through a thread-local,
/// so each poll sets it anew: a future may be polled from different threads.
async fn instantiate(
    guest: &Guest,
    image: &Image,
    size: usize,
    store: &mut Store<State>,
) -> Result<WasmInstance> {
    let mut instantiating = pin!(guest.pre().instantiate_async(store));
    std::future::poll_fn(|context| -> Poll<_> {
        with_image(&image.memory, size, || instantiating.as_mut().poll(context))
    })
    .await
    .map_err(Error::engine("instantiate the guest"))
}

fn copy_image(store: &mut Store<State>, memory: &Memory, image: &Image, size: usize) -> Result<()> {
    let bytes = image.memory.bytes();
    let missing = size.max(bytes.len()).saturating_sub(memory.data_size(&*store)) as u64;
    memory
        .grow(store.as_context_mut(), missing.div_ceil(0x1_0000))
        .map_err(Error::engine("grow the memory"))?;
    memory
        .write(store.as_context_mut(), 0, bytes)
        .map_err(|error| Error::Engine { action: "fill the memory", source: error.into() })
}
