//! A program for the probe from arbitrary bytes.
//!
//! ```text
//! program   call*                 at most 48
//! call      index: u8, argument*  an import, modulo their number; as many arguments as it has parameters
//! argument  how: u8, raw?         mostly something that makes sense in its place, see `Decoder::argument`
//! ```
//! Bytes that are missing at the end are zeros. Every import, path, flag and edge is within a byte or two of every other,
//! which is what a fuzzer's small changes need.

use crate::lab::{ARENA, IMPORTS, PROBE_BYTES, Script};

const MAX_CALLS: usize = 48;
/// Bytes of paths that a program spells out itself.
const MAX_SPELLED: usize = 1024;

const IOVECS: u32 = ARENA;
const SUBSCRIPTIONS: u32 = ARENA + 0x200;
const BUFFERS: u32 = ARENA + 0x800;
const BUFFERS_END: u32 = ARENA + 0x2000;

/// Buffers of scattered calls: `(address, length)`, up to four in a row.
const VECTORS: [&[(u32, u32)]; 6] = [
    &[(BUFFERS, 64)],
    &[(BUFFERS, 0), (BUFFERS + 100, 5), (BUFFERS + 50, 200)],
    &[(BUFFERS, BUFFERS_END - BUFFERS)],
    &[(0, PROBE_BYTES), (0, PROBE_BYTES), (0, PROBE_BYTES), (0, PROBE_BYTES)],
    &[(BUFFERS, 16), (PROBE_BYTES - 4, 8)],
    &[],
];

const PATHS: [&[u8]; 40] = [
    b"tmp/file",
    b"tmp/dir",
    b"tmp/dir/file",
    b"tmp/new",
    b"tmp/new/below",
    b"tmp/link",
    b"tmp/loop",
    b"tmp",
    b"app",
    b"app/a",
    b"app/b/",
    b"rw",
    b"rw/file",
    b"rw/dir",
    b"rw/dir/inner",
    b"rw/new",
    b"rw/new/below",
    b"rw/out",
    b"rw/out/secret",
    b"rw/leak",
    b"rw/../rw/dir/..",
    b"rw/../../outside/secret",
    b"ro",
    b"ro/file",
    b"ro/dir/inner",
    b"ro/out/secret",
    b"ro/leak",
    b"overlay",
    b"overlay/file",
    b"overlay/dir",
    b"overlay/dir/inner",
    b"overlay/out/secret",
    b"dev/null",
    b"dev/zero",
    b"dev/urandom",
    b"usr/lib/zip",
    b"../../outside/secret",
    b"/etc/passwd",
    b".",
    b"",
];

/// What `program` makes the probe do.
pub(super) fn script(program: &[u8]) -> Script {
    let mut decoder = Decoder::new(program);
    while decoder.n_calls < MAX_CALLS && !decoder.rest.is_empty() {
        decoder.call();
    }
    let mut script = decoder.script;
    script.dump(ARENA, BUFFERS_END - ARENA);
    script
}

/// The imports that `program` calls.
#[cfg(test)]
pub(super) fn calls(program: &[u8]) -> Vec<&'static str> {
    let mut decoder = Decoder::new(program);
    let mut names = Vec::new();
    while decoder.n_calls < MAX_CALLS && !decoder.rest.is_empty() {
        names.push(decoder.call());
    }
    names
}

struct Decoder<'p> {
    rest: &'p [u8],
    script: Script,
    n_calls: usize,
    paths: Vec<u64>,
    spelled: usize,
    /// The length of what the last pointer points to.
    len: u64,
}

/// What a pointer is expected to point to.
#[derive(Clone, Copy)]
enum Pointee {
    Path,
    Iovecs,
    Subscriptions,
    Buffer,
}

impl Pointee {
    fn of(import: &str, position: usize) -> Self {
        match (import, position) {
            ("fd_read" | "fd_write" | "fd_pread" | "fd_pwrite" | "sock_recv" | "sock_send", 1) => {
                Self::Iovecs
            }
            ("poll_oneoff", 0) => Self::Subscriptions,
            ("path_readlink", 3) => Self::Buffer,
            (path, 0..=5) if path.starts_with("path_") => Self::Path,
            _ => Self::Buffer,
        }
    }
}

impl<'p> Decoder<'p> {
    fn new(program: &'p [u8]) -> Self {
        let mut script = Script::new();
        for (slot, vectors) in (0u32..).zip(VECTORS) {
            for (index, (at, len)) in (0u32..).zip(vectors) {
                script.iovec(IOVECS + slot * 32 + index * 8, *at, *len);
            }
        }
        // `[userdata: u64][type: u8 …][clock or descriptor: u32 …][timeout: u64]…`, 48 bytes each.
        for (slot, kind) in [(0u32, 0u8), (1, 1), (2, 2)] {
            script.put(SUBSCRIPTIONS + slot * 48 + 8, &[kind]);
            script.put(SUBSCRIPTIONS + slot * 48 + 16, &[1]);
            script.put(SUBSCRIPTIONS + slot * 48 + 24, &1_000_000u64.to_le_bytes());
        }
        let paths = PATHS.iter().map(|path| script.place(path)).collect();
        Self { rest: program, script, n_calls: 0, paths, spelled: 0, len: 0 }
    }

    fn byte(&mut self) -> u8 {
        self.rest.split_off_first().copied().unwrap_or_default()
    }

    fn raw(&mut self, n_bytes: usize) -> u64 {
        (0..n_bytes).fold(0, |sum, index| sum | u64::from(self.byte()) << (8 * index))
    }

    fn call(&mut self) -> &'static str {
        self.n_calls += 1;
        let index = usize::from(self.byte()) % IMPORTS.len();
        let (name, kinds) = IMPORTS[index];
        let arguments: Vec<u64> = kinds
            .chars()
            .enumerate()
            .map(|(position, kind)| self.argument(kind, Pointee::of(name, position)))
            .collect();
        self.script.record(index, &arguments);
        name
    }

    fn argument(&mut self, kind: char, pointee: Pointee) -> u64 {
        let how = self.byte();
        let small = u64::from(how);
        match (kind, how) {
            ('p', 0..0xe0) => self.pointer(pointee, how),
            // A descriptor: three are streams, one is the root, eight can be opened.
            ('f', 0..0xf0) => small % 14,
            ('n', 0..0xc0) => self.len,
            ('n', 0xc0..0xe0) => small - 0xc0,
            ('x', 0..0xf0) => small % 32,
            ('X', 0..0x60) => small,
            // All rights; or an offset beyond every quota.
            ('X', 0x60..0xa0) => 0x1fff_ffff,
            ('X', 0xa0..0xc0) => 1 << (2 * (small - 0xa0)),
            ('X', 0xc0..0xe0) => (small - 0xc0).wrapping_neg(),
            ('X', _) => self.raw(8),
            _ => self.raw(4),
        }
    }

    fn pointer(&mut self, pointee: Pointee, how: u8) -> u64 {
        let slot = usize::from(how);
        match (pointee, how) {
            (Pointee::Path, 0..0xc0) => {
                let index = slot % PATHS.len();
                self.len = PATHS[index].len() as u64;
                self.paths[index]
            }
            (Pointee::Path, _) => self.spell(slot - 0xc0),
            (Pointee::Iovecs, 0..0xc0) => {
                let index = slot % VECTORS.len();
                self.len = VECTORS[index].len() as u64;
                u64::from(IOVECS) + 32 * index as u64
            }
            (Pointee::Subscriptions, 0..0xc0) => {
                let index = slot % 4;
                self.len = 1 + slot as u64 / 4 % 3;
                u64::from(SUBSCRIPTIONS) + 48 * index as u64
            }
            (Pointee::Iovecs | Pointee::Subscriptions | Pointee::Buffer, _) => {
                self.len = 256;
                u64::from(BUFFERS) + 64 * (slot as u64 % 80)
            }
        }
    }

    /// A path of `len` bytes that the program has itself.
    fn spell(&mut self, len: usize) -> u64 {
        let len = len.min(MAX_SPELLED - self.spelled);
        self.spelled += len;
        let text: Vec<u8> = (0..len).map(|_| self.byte()).collect();
        self.len = len as u64;
        self.script.place(&text)
    }
}
