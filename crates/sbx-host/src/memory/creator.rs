//! Gives wasmtime the linear memories it asks for, with an image under them.

use std::{cell::RefCell, sync::Arc};

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::{mapping::MappedImage, region::Region};
use crate::engine::MEMORY_RESERVATION;

thread_local! {
    /// The image that the instantiation running on this thread wants under its memory, and the size it wants.
    static WANTED: RefCell<Option<(Arc<MappedImage>, usize)>> = const { RefCell::new(None) };
}

/// Runs `instantiate`, in which the linear memory that wasmtime creates on this thread shows `image` and has `size` bytes
/// at least.
///
/// A thread-local, because the creator is told a memory's type and nothing about its store. One poll of one
/// instantiation runs inside, so no other instance can come in between; what is not taken is taken back.
pub(crate) fn with_image<R>(image: &Arc<MappedImage>, size: usize, instantiate: impl FnOnce() -> R) -> R {
    WANTED.set(Some((Arc::clone(image), size)));
    let outcome = instantiate();
    WANTED.take();
    outcome
}

/// Creates linear memories from regions.
#[derive(Debug)]
pub(crate) struct RegionCreator;

// SAFETY: the memory handed out is `reserved` bytes at a fixed base plus `guard` bytes that can never be touched
// (both reserved untouchable, opened only up to the size), owned by the returned value until it is dropped. Its first
// bytes are the image that the instantiation asked for, else zeros.
unsafe impl MemoryCreator for RegionCreator {
    fn new_memory(
        &self,
        _ty: MemoryType,
        minimum: usize,
        _maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let reserved = reserved.ok_or("the engine has no memory reservation")?;
        // The heap of exception objects comes through here too, before the linear memory; its reservation is another.
        let wanted = if reserved == MEMORY_RESERVATION { WANTED.take() } else { None };
        let (image, wanted_size) = wanted.map_or((None, 0), |(image, size)| (Some(image), size));
        let region = match &image {
            Some(image) => Region::take(image, reserved, guard),
            None => Region::take_anonymous(reserved, guard),
        };
        let region = region.map_err(|error| format!("cannot map guest memory: {error}"))?;
        let shown = image.as_ref().map_or(0, |image| image.len());
        let size = shown.max(minimum).max(wanted_size);
        region.grow(shown, size).map_err(|error| format!("cannot map guest memory: {error}"))?;
        Ok(Box::new(RegionMemory { region: Some(region), image, size }))
    }
}

/// A linear memory in a region, handed on when wasmtime is done with it.
struct RegionMemory {
    /// `None` only while dropping.
    region: Option<Region>,
    image: Option<Arc<MappedImage>>,
    size: usize,
}

impl RegionMemory {
    fn region(&self) -> &Region {
        self.region.as_ref().expect("taken only in drop")
    }
}

// SAFETY: base and capacity never change, `byte_size` bytes from the base are readable and writable, and the region is
// this value's own until it is dropped.
unsafe impl LinearMemory for RegionMemory {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.region().capacity()
    }

    fn grow_to(&mut self, new_size: usize) -> wasmtime::Result<()> {
        self.region().grow(self.size, new_size).map_err(wasmtime::Error::from)?;
        self.size = new_size;
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.region().base()
    }
}

impl Drop for RegionMemory {
    fn drop(&mut self) {
        let Some(region) = self.region.take() else { return };
        match &self.image {
            Some(image) => region.give_back(image, self.size),
            None => region.give_back_anonymous(self.size),
        }
    }
}
