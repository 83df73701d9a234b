//! Seeds of a fuzz target and changes of them, for harnesses that run as ordinary tests.
//!
//! One engine for all targets, which each crate's tests include by path: libFuzzer sees which changes reach new code and
//! needs a build of its own; this sees nothing, and runs in seconds wherever `cargo test` does.

use std::{fs, iter, path::Path};

/// Where the seeds of all targets are, below a crate's own folder.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");

/// Numbers that bounds are often beside.
const NUMBERS: [u64; 8] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// Makes changes of seeds, the same ones each time.
pub(crate) struct Changes {
    seeds: Vec<Vec<u8>>,
    state: u64,
}

impl Changes {
    /// Of the seeds of `target`, in the order of their names.
    pub(crate) fn of(target: &str) -> Self {
        let folder = Path::new(CORPUS).join(target);
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert!(!seeds.is_empty(), "{target} has no seeds");
        Self { seeds, state: 1 }
    }

    /// The seeds, then `n` changes of them; fifty times as many with `SBX_SLOW_TESTS`.
    pub(crate) fn inputs(mut self, n: usize) -> impl Iterator<Item = Vec<u8>> {
        let n = if std::env::var_os("SBX_SLOW_TESTS").is_some() { n * 50 } else { n };
        let seeds = self.seeds.clone();
        seeds.into_iter().chain(iter::repeat_with(move || self.change()).take(n))
    }

    /// Parts of one or two seeds with noise in them.
    fn change(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..1 + self.below(2) {
            let seed = self.below(self.seeds.len());
            let from = self.below(self.seeds[seed].len()) * self.below(2);
            bytes.extend_from_slice(&self.seeds[seed][from..]);
        }
        for _ in 0..1 + self.below(6) {
            self.edit(&mut bytes);
        }
        bytes
    }

    fn edit(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let byte = self.below(256).to_le_bytes()[0];
        let end = (at + 1 + self.below(16)).min(bytes.len());
        match self.below(8) {
            0 => bytes.insert(at, byte),
            _ if bytes.is_empty() => {}
            1 => bytes[at] = byte,
            2 => bytes[at] ^= 1 << (byte % 8),
            3 => drop(bytes.remove(at)),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let part = bytes[at..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, part);
            }
            6 => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_le_bytes();
                let n = (end - at).min(1 << self.below(4)).min(8);
                bytes.splice(at..at + n, number[..n].iter().copied());
            }
            _ => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_string();
                let digits = bytes[at..end].iter().take_while(|byte| byte.is_ascii_digit()).count();
                bytes.splice(at..at + digits, number.into_bytes());
            }
        }
    }

    /// A number below `n`, or 0, by `SplitMix64` of Steele, Lea and Flood.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % n.max(1) as u64).expect("it is below a usize")
    }
}

/// Says which input it was if the harness panics.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input: b\"{}\"", self.0.escape_ascii());
        }
    }
}

/// Gives `harness` every input, and says which it was if it panics.
pub(crate) fn run(inputs: impl Iterator<Item = Vec<u8>>, mut harness: impl FnMut(&[u8])) {
    for input in inputs {
        let shown = Shown(&input);
        harness(shown.0);
    }
}
