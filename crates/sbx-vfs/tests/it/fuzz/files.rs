//! Any bytes as operations on files: what Linux does is done, and accounts are exact.
//!
//! [`files`] is the whole of the fuzz target of that name. The operations are those of the properties in `model.rs`, with
//! the same few names and places, so that they meet one another.

use sbx_vfs::{OpenOptions, Whence};

use crate::model::op::Op;
use crate::model::{hold_accounts, run_as_linux};

/// Operations of one input.
const MAX_OPS: usize = 60;

/// Runs the operations that `bytes` stand for.
///
/// # Panics
/// If a result is another than on Linux, or an account, a fork or a difference is wrong.
pub(crate) fn files(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let disk = u64::from(bytes.number()) * 10;
    let mut ops = Vec::new();
    while !bytes.0.is_empty() && ops.len() < MAX_OPS {
        ops.push(bytes.op());
    }
    run_as_linux(&ops);
    let (before, after) = ops.split_at(ops.len() / 2);
    let (left, right) = after.split_at(after.len() / 2);
    hold_accounts(before, left, right, disk);
}

/// What is left of the input; zeros after its end.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn below(&mut self, n: u8) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % n
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn number(&mut self) -> u16 {
        u16::from_le_bytes([self.below(255), self.below(255)])
    }

    /// Small, beside the end of a chunk, or anywhere.
    fn offset(&mut self) -> u64 {
        match self.below(6) {
            0..3 => u64::from(self.below(100)),
            3 | 4 => 65_500 + u64::from(self.below(100)),
            _ => u64::from(self.number()) * 3,
        }
    }

    fn path(&mut self) -> String {
        let n_parts = 1 + self.below(4);
        let part = |_| ["a", "b", "c", "d", "a", "b", ".", ".."][usize::from(self.below(8))];
        let parts: Vec<&str> = (0..n_parts).map(part).collect();
        let joint = if self.below(10) == 0 { "//" } else { "/" };
        parts.join(joint) + if self.below(9) == 0 { "/" } else { "" }
    }

    fn data(&mut self) -> Vec<u8> {
        let (seed, len) = (self.below(255), self.below(64));
        let len = if self.below(8) == 7 { 65_000 + usize::from(len) * 1_000 } else { usize::from(len) };
        (0..=250).cycle().take(len).map(|at: u8| seed.wrapping_add(at)).collect()
    }

    /// Those that the properties have, too: what Linux refuses otherwise is left out.
    fn options(&mut self) -> OpenOptions {
        let (create, mode) = (self.flag(), self.below(3));
        OpenOptions::new()
            .create(create)
            .exclusive(self.flag() && create)
            .truncate(self.flag())
            .append(self.flag())
            .directory(self.below(5) == 1 && !create)
            .read(mode != 1)
            .write(mode != 0)
    }

    /// A slot that can be closed, or the root as well.
    fn slot(&mut self) -> u8 {
        1 + self.below(4)
    }

    fn dir(&mut self) -> u8 {
        self.below(5)
    }

    fn op(&mut self) -> Op {
        let slot = self.slot();
        match self.below(28) {
            0..5 => Op::Open {
                slot,
                dir: self.dir(),
                path: self.path(),
                follow: self.flag(),
                options: self.options(),
            },
            5 => Op::Close { slot },
            6 => Op::Read { slot, len: usize::from(self.number()) * 2 },
            7 => Op::Pread { slot, offset: self.offset(), len: usize::from(self.number()) * 2 },
            8..10 => Op::Write { slot, data: self.data() },
            10 => Op::Pwrite { slot, offset: self.offset(), data: self.data() },
            11 => {
                let whence = [Whence::Set, Whence::Current, Whence::End][usize::from(self.below(3))];
                Op::Seek { slot, whence, delta: i64::from(self.number()) * 2 - 300 }
            }
            12 => Op::SetSize { slot, size: self.offset() },
            13 => Op::Allocate { slot, offset: self.offset(), len: u64::from(self.number()) },
            14 => Op::Stat { slot },
            15 => Op::List { slot },
            16 => Op::StatAt { dir: self.dir(), path: self.path(), follow: self.flag() },
            17..19 => Op::Mkdir { dir: self.dir(), path: self.path() },
            19 => Op::Rmdir { dir: self.dir(), path: self.path() },
            20 => Op::Unlink { dir: self.dir(), path: self.path() },
            21..24 => Op::Rename { dir: self.dir(), from: self.path(), to_dir: self.dir(), to: self.path() },
            24 => {
                let (dir, from, follow) = (self.dir(), self.path(), self.flag());
                Op::Link { dir, from, follow, to_dir: self.dir(), to: self.path() }
            }
            25 | 26 => {
                let root = if self.below(4) == 0 { "/" } else { "" };
                Op::Symlink { target: format!("{root}{}", self.path()), dir: self.dir(), path: self.path() }
            }
            _ => Op::Readlink { dir: self.dir(), path: self.path() },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::mutate::{self, Changes};

    #[test]
    fn any_operations_end_as_on_linux() {
        mutate::run(Changes::of("files").inputs(500), super::files);
    }
}
