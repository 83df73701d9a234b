//! What a guest's files may take, and the fixed bounds under every quota.
//!
//! Quotas come from the policy; the constants hold whatever a policy says, because they keep single operations
//! cheap: no path is longer, no directory larger, no walk follows more links.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use sbx_core::GuestPath;

use crate::Errno;

/// Bytes of one name.
pub const MAX_NAME: usize = GuestPath::MAX_PART_BYTES;
/// Bytes of one path, both as given in a call and as counted from the root.
pub const MAX_PATH: usize = GuestPath::MAX_BYTES;
/// Parts from the root down to an entry.
pub const MAX_DEPTH: usize = GuestPath::MAX_DEPTH;
/// Entries of one directory; the next one is `ENOSPC`.
pub const MAX_DIR_ENTRIES: usize = 10_000;
/// Symbolic links followed while one path is resolved; the next one is `ELOOP`, as on Linux.
pub const MAX_SYMLINKS: u32 = 40;
/// Names of one file; the next one is `EMLINK`.
pub const MAX_LINKS: usize = 1_000;
/// Entries of a host folder that are listed at all.
pub const MAX_HOST_DIR_ENTRIES: usize = 100_000;

/// What the files of one guest may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// Apparent bytes of all files together, sparse parts in full; default 256 MiB. Does not cover names and
    /// metadata, which `max_files` bounds. Stops a guest from filling the host's memory. `ENOSPC`.
    pub disk_bytes: u64,
    /// Files, directories and symbolic links, each further hard link counted as one more; default 10,000.
    /// Does not cover what the host put there read-only. Stops floods of empty files. `ENOSPC`.
    pub max_files: u64,
    /// Descriptors open at once besides the standard streams and the root; default 256. `EMFILE`.
    pub max_open_files: u32,
    /// Apparent bytes of one file; default 128 MiB. Stops one sparse file of a terabyte. `EFBIG`.
    pub max_file_bytes: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self { disk_bytes: 256 << 20, max_files: 10_000, max_open_files: 256, max_file_bytes: 128 << 20 }
    }
}

impl Quota {
    /// Nothing but the fixed bounds; for trees that the host itself makes.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            disk_bytes: u64::MAX,
            max_files: u64::MAX,
            max_open_files: u32::MAX,
            max_file_bytes: i64::MAX as u64,
        }
    }

    /// The value of one quota.
    #[must_use]
    pub fn limit(&self, kind: QuotaKind) -> u64 {
        match kind {
            QuotaKind::Disk => self.disk_bytes,
            QuotaKind::Files => self.max_files,
            QuotaKind::OpenFiles => u64::from(self.max_open_files),
            QuotaKind::FileSize => self.max_file_bytes,
        }
    }

    /// The same with another `disk_bytes`.
    #[must_use]
    pub fn with_disk_bytes(mut self, bytes: u64) -> Self {
        self.disk_bytes = bytes;
        self
    }

    /// The same with another `max_files`.
    #[must_use]
    pub fn with_max_files(mut self, files: u64) -> Self {
        self.max_files = files;
        self
    }

    /// The same with another `max_open_files`.
    #[must_use]
    pub fn with_max_open_files(mut self, files: u32) -> Self {
        self.max_open_files = files;
        self
    }

    /// The same with another `max_file_bytes`.
    #[must_use]
    pub fn with_max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }
}

/// What is taken at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Apparent bytes of the guest's files; those unlinked but still open count.
    pub bytes: u64,
    /// Files, directories, symbolic links, and hard links beyond a file's first.
    pub inodes: u64,
    /// Descriptors besides the standard streams and the root; 0 for a tree alone.
    pub open_files: u32,
}

/// One of the quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuotaKind {
    /// [`Quota::disk_bytes`].
    Disk,
    /// [`Quota::max_files`].
    Files,
    /// [`Quota::max_open_files`].
    OpenFiles,
    /// [`Quota::max_file_bytes`].
    FileSize,
}

/// Which quotas a guest ran into, so that a result can say what to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaHits(u8);

impl QuotaHits {
    const KINDS: [QuotaKind; 4] =
        [QuotaKind::Disk, QuotaKind::Files, QuotaKind::OpenFiles, QuotaKind::FileSize];

    /// Whether `kind` was hit.
    #[must_use]
    pub fn contains(self, kind: QuotaKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that were hit, in the order of [`QuotaKind`].
    pub fn iter(self) -> impl Iterator<Item = QuotaKind> {
        Self::KINDS.into_iter().filter(move |kind| self.contains(*kind))
    }

    pub(crate) fn add(&mut self, kind: QuotaKind) {
        self.0 |= Self::bit(kind);
    }

    fn bit(kind: QuotaKind) -> u8 {
        match kind {
            QuotaKind::Disk => 1,
            QuotaKind::Files => 2,
            QuotaKind::OpenFiles => 4,
            QuotaKind::FileSize => 8,
        }
    }
}

/// The quota with all that a change to a tree must be checked against and stamped with.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) quota: Quota,
    pub(crate) hits: QuotaHits,
    /// The host's time, nanoseconds since 1970.
    pub(crate) now_ns: u64,
    /// What was taken in writable host folders: it counts against the same quotas.
    pub(crate) outside: Usage,
    /// What the tree takes, for changes in host folders; set by [`crate::Vfs`] before each.
    pub(crate) inside: Usage,
}

impl Ledger {
    pub(crate) fn new(quota: Quota) -> Self {
        Self {
            quota,
            hits: QuotaHits::default(),
            now_ns: 0,
            outside: Usage::default(),
            inside: Usage::default(),
        }
    }

    /// Refuses with `errno` and remembers which quota it was.
    pub(crate) fn refuse<T>(&mut self, kind: QuotaKind) -> Result<T, Errno> {
        self.hits.add(kind);
        Err(match kind {
            QuotaKind::Disk | QuotaKind::Files => Errno::Nospc,
            QuotaKind::OpenFiles => Errno::Mfile,
            QuotaKind::FileSize => Errno::Fbig,
        })
    }

    /// Bytes that may still be added to a tree that uses `usage`.
    pub(crate) fn free_bytes(&self, usage: Usage) -> u64 {
        self.quota.disk_bytes.saturating_sub(usage.bytes).saturating_sub(self.outside.bytes)
    }

    /// Checks that `inodes` more fit.
    pub(crate) fn admit_inodes(&mut self, usage: Usage, inodes: u64) -> Result<(), Errno> {
        let free = self.quota.max_files.saturating_sub(usage.inodes).saturating_sub(self.outside.inodes);
        if inodes > free { self.refuse(QuotaKind::Files) } else { Ok(()) }
    }

    /// Checks that a file of `old` bytes may become `new` bytes long.
    pub(crate) fn admit_size(&mut self, usage: Usage, old: u64, new: u64) -> Result<(), Errno> {
        if new > old && new > self.quota.max_file_bytes {
            return self.refuse(QuotaKind::FileSize);
        }
        if new.saturating_sub(old) > self.free_bytes(usage) {
            return self.refuse(QuotaKind::Disk);
        }
        Ok(())
    }

    /// How many of `len` bytes may be written at `offset` of a file of `old` bytes: like a full disk, a quota
    /// cuts a write short first and refuses only when not one byte fits.
    pub(crate) fn admit_write(
        &mut self,
        usage: Usage,
        old: u64,
        offset: u64,
        len: u64,
    ) -> Result<u64, Errno> {
        if len == 0 {
            return Ok(0);
        }
        let in_file = self.quota.max_file_bytes.max(old).saturating_sub(offset);
        if in_file == 0 {
            return self.refuse(QuotaKind::FileSize);
        }
        let on_disk = old.saturating_add(self.free_bytes(usage)).saturating_sub(offset);
        if on_disk == 0 {
            return self.refuse(QuotaKind::Disk);
        }
        if in_file < len {
            self.hits.add(QuotaKind::FileSize);
        }
        if on_disk < len.min(in_file) {
            self.hits.add(QuotaKind::Disk);
        }
        Ok(len.min(in_file).min(on_disk))
    }
}
