//! A live guest: one store, one instance, its files.

use std::{fmt, future::Future, pin::pin, task::Poll};

use sbx_core::{Deterministic, GuestPath};
use sbx_vfs::{HostMount, Quota, Tree, Vfs};
use wasmtime::{AsContextMut, Instance as WasmInstance, Memory, Store, TypedFunc};

use crate::{
    clock::GuestClock,
    engine::ImageMode,
    error::{Error, Result},
    guest::Guest,
    image::Image,
    memory::with_image,
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
        }
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

    /// The same in deterministic mode, if any.
    #[must_use]
    pub fn with_deterministic(mut self, deterministic: Option<Deterministic>) -> Self {
        self.deterministic = deterministic;
        self
    }
}

/// A live guest. Between runs it is at rest: all that it is lies in its memory and its files.
pub struct Instance {
    pub(crate) store: Store<State>,
    pub(crate) exports: Exports,
    guest_hash: String,
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

/// The two functions by which a guest takes a turn.
pub(crate) struct Turn {
    /// `host_alloc`: memory for `n` bytes.
    pub(crate) alloc: TypedFunc<u32, u32>,
    /// `turn`: address and length of the program; frees it.
    pub(crate) take: TypedFunc<(u32, u32), i32>,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("guest_hash", &self.guest_hash)
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
        let mut tree = setup.tree;
        // Nothing is open in a new instance: what an earlier one unlinked while it was open is gone.
        tree.drop_orphans();
        let vfs = Vfs::new(tree, setup.quota, setup.mounts)?;
        let clock = GuestClock::new(setup.deterministic, image.monotonic_ns());
        let mut wasi = Wasi::new(vfs, clock, setup.deterministic, helper);
        wasi.set_process(&setup.args, &setup.environ);
        wasi.set_aliases(&setup.aliases);
        let state = State { wasi, limiter: crate::limits::MemoryLimiter::default(), report: None };
        let mut store = Store::new(guest.engine(), state);
        store.limiter(|state| &mut state.limiter);
        store
            .fuel_async_yield_interval(Some(crate::engine::FUEL_SLICE))
            .map_err(Error::engine("slice the fuel"))?;
        let instance = instantiate(guest, image, &mut store).await?;
        let exports = Exports::of(instance, &mut store)?;
        if guest.image_mode() == ImageMode::Copy {
            copy_image(&mut store, &exports.memory, image)?;
        }
        Ok(Self { store, exports, guest_hash: guest.hash().to_owned(), spent: false })
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
        Image::from_bytes(name, &self.guest_hash, self.exports.memory.data(&self.store), monotonic_ns)
    }

    /// Digest of the whole linear memory; equal for equal deterministic runs.
    #[must_use]
    pub fn memory_digest(&self) -> sbx_cache::Digest {
        sbx_cache::Digest::of(self.exports.memory.data(&self.store))
    }

    /// Pages of 4 KiB that differ from `image`, grown memory that is still zero not counted: what a snapshot on top of
    /// that image would have to keep.
    #[must_use]
    pub fn pages_changed_since(&self, image: &Image) -> usize {
        const PAGE: usize = 4096;
        let original = image.memory.bytes();
        let pages = self.exports.memory.data(&self.store).chunks(PAGE).enumerate();
        pages
            .filter(|(index, page)| match original.get(index * PAGE..(index + 1) * PAGE) {
                Some(before) => before != *page,
                None => page.iter().any(|byte| *byte != 0),
            })
            .count()
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
        let turn = alloc.zip(take).map(|(alloc, take)| Turn { alloc, take });
        Ok(Self { instance, memory, turn })
    }
}

/// Instantiates with the image under the memory. The creator of memories learns of the image through a thread-local,
/// so each poll sets it anew: a future may be polled from different threads.
async fn instantiate(guest: &Guest, image: &Image, store: &mut Store<State>) -> Result<WasmInstance> {
    let mut instantiating = pin!(guest.pre().instantiate_async(store));
    std::future::poll_fn(|context| -> Poll<_> {
        with_image(&image.memory, || instantiating.as_mut().poll(context))
    })
    .await
    .map_err(Error::engine("instantiate the guest"))
}

fn copy_image(store: &mut Store<State>, memory: &Memory, image: &Image) -> Result<()> {
    let bytes = image.memory.bytes();
    let missing = bytes.len().saturating_sub(memory.data_size(&*store)) as u64;
    memory
        .grow(store.as_context_mut(), missing.div_ceil(0x1_0000))
        .map_err(Error::engine("grow the memory"))?;
    memory
        .write(store.as_context_mut(), 0, bytes)
        .map_err(|error| Error::Engine { action: "fill the memory", source: error.into() })
}
