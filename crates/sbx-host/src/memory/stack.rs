//! Fiber stacks, kept from run to run: mapping 20 MiB for every call costs more than the call.

use std::{
    io,
    ops::Range,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use wasmtime::{StackCreator, StackMemory};

use super::mapping::Mapping;

/// Idle stacks that are kept, as many as regions; each holds at most [`KEEP_BYTES`] of memory.
const MAX_IDLE_STACKS: usize = 256;

/// The top of a stack that stays in memory between runs. What a deep recursion touched below it is given back.
const KEEP_BYTES: usize = 128 << 10;

/// One page that faults below each stack; 64 KiB covers every page size in use.
const GUARD_BYTES: usize = 64 << 10;

type Idle = Mutex<Vec<Mapping>>;

/// Stacks for guests, reused.
#[derive(Debug, Default)]
pub(crate) struct StackPool {
    idle: Arc<Idle>,
}

impl StackPool {
    fn take(&self, size: usize) -> io::Result<Mapping> {
        let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(stack) = pooled
            && stack.len() == size + GUARD_BYTES
        {
            return Ok(stack);
        }
        let mapping = Mapping::reserve(size + GUARD_BYTES)?;
        mapping.protect(GUARD_BYTES, size, true)?;
        Ok(mapping)
    }
}

// SAFETY: a stack is a mapping of its own, `size` bytes readable and writable above a guard that is not, page-aligned,
// owned by the returned value until it is dropped. wasmtime asks for zeroed stacks only if `async_stack_zeroing` is on,
// which the engine leaves off; fresh mappings are zero anyway, and what a reused one holds never reaches a guest.
unsafe impl StackCreator for StackPool {
    fn new_stack(&self, size: usize, zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        if zeroed {
            return Err(wasmtime::Error::msg("stacks are not zeroed"));
        }
        let size = size.next_multiple_of(GUARD_BYTES);
        let mapping = Some(self.take(size)?);
        Ok(Box::new(Stack { mapping, home: Arc::downgrade(&self.idle) }))
    }
}

struct Stack {
    /// `None` only while dropping.
    mapping: Option<Mapping>,
    home: Weak<Idle>,
}

impl Stack {
    fn mapping(&self) -> &Mapping {
        self.mapping.as_ref().expect("taken only in drop")
    }
}

// SAFETY: see `StackPool`; the ranges are those of the mapping that this value owns.
unsafe impl StackMemory for Stack {
    fn top(&self) -> *mut u8 {
        self.mapping().at(self.mapping().len(), 0)
    }

    fn range(&self) -> Range<usize> {
        let base = self.mapping().base() as usize;
        base + GUARD_BYTES..base + self.mapping().len()
    }

    fn guard_range(&self) -> Range<*mut u8> {
        self.mapping().base()..self.mapping().at(GUARD_BYTES, 0)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let (Some(mapping), Some(home)) = (self.mapping.take(), self.home.upgrade()) else { return };
        let below_kept = mapping.len().saturating_sub(GUARD_BYTES + KEEP_BYTES);
        if mapping.discard(GUARD_BYTES, below_kept).is_err() {
            return;
        }
        let mut idle = home.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE_STACKS {
            idle.push(mapping);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_comes_back_and_forgets_its_depths() {
        let pool = StackPool::default();
        let stack = pool.new_stack(1 << 20, false).unwrap();
        let (range, top) = (stack.range(), stack.top());
        assert_eq!((range.len(), range.end), (1 << 20, top as usize));
        assert_eq!(stack.guard_range().end as usize, range.start);
        // SAFETY: the whole range is mapped writable and ours.
        unsafe { (range.start as *mut u8).write(1) };
        drop(stack);
        let again = pool.new_stack(1 << 20, false).unwrap();
        assert_eq!(again.range(), range, "the same stack");
        // SAFETY: as above.
        assert_eq!(unsafe { (range.start as *const u8).read() }, 0, "what lay deep is gone");
    }
}
