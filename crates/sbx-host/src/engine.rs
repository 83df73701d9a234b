//! The one engine configuration: compiled code is good for this and nothing else.

use std::sync::Arc;

use wasmtime::{Collector, Config, Engine};

use crate::{
    error::{Error, Result},
    memory::{RegionCreator, StackPool},
};

/// Native stack that wasm code may use. `CPython` needs 8 MiB to raise `RecursionError` before the stack ends, `QuickJS` 16.
const WASM_STACK_BYTES: usize = 16 << 20;

/// What host functions called from the deepest wasm frame may use on top.
const HOST_STACK_BYTES: usize = 4 << 20;

/// Address space of a linear memory: all that 32 bits can reach, so that no bounds check is compiled in.
pub(crate) const MEMORY_RESERVATION: usize = 4 << 30;

/// Address space of the heap that exception objects live in. Small, and so told apart from linear memory; it is bounds
/// checked, and collected when full.
const GC_HEAP_RESERVATION: u64 = 4 << 20;

/// Units of fuel, or of host work, between two looks at the deadline and the cancel flag: a third of a millisecond. Short,
/// because runs that share a thread wait for one another's slices; a yield costs too little to be measured even so.
pub(crate) const FUEL_SLICE: u64 = 1_000_000;

/// How an image gets under a guest's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageMode {
    /// Mapped copy-on-write into regions that are recycled. Unix.
    Map,
    /// Copied. Everywhere; costs the size of the image for every instance.
    Copy,
}

impl Default for ImageMode {
    fn default() -> Self {
        if cfg!(unix) { Self::Map } else { Self::Copy }
    }
}

pub(crate) fn new_engine(images: ImageMode) -> Result<Engine> {
    let mut config = Config::new();
    config
        // Fuel is the only meter: epochs would add a third to every loop and belong to the engine, not to a run.
        .consume_fuel(true)
        .epoch_interruption(false)
        .async_stack_size(WASM_STACK_BYTES + HOST_STACK_BYTES)
        .max_wasm_stack(WASM_STACK_BYTES)
        .memory_reservation(MEMORY_RESERVATION as u64)
        .gc_heap_reservation(GC_HEAP_RESERVATION)
        // Images replace data segments; see `strip`.
        .memory_init_cow(false)
        // C++ exceptions and longjmp. Their objects are counted, not traced: nothing pauses.
        .wasm_exceptions(true)
        .collector(Collector::DeferredReferenceCounting)
        // What no guest needs is off, so that a guest that asks for it is refused when it is compiled.
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        // Nothing of a backtrace is ever shown, and its tables are a fifth of the artifact.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        .with_host_stack(Arc::new(StackPool::default()));
    if images == ImageMode::Map {
        config.with_host_memory(Arc::new(RegionCreator));
    }
    Engine::new(&config).map_err(Error::engine("start"))
}
