//! Reading and writing: scattered buffers, streams, files.

use sbx_vfs::{Device, Errno as VfsErrno, Fd, Stream, Vfs};
use wasmtime_wasi::p1::types::{Ciovec, CiovecArray, Errno, Iovec, IovecArray, Size};
use wiggle::{GuestMemory, GuestPtr};

use super::{Wasi, WasiResult, convert, trap};
use crate::{budget, output::OutputStream};

/// Buffers of one scattered call, as `IOV_MAX` on Linux.
const MAX_BUFFERS: u32 = 1024;

/// What one call moves to or from a folder of the host: it is held twice meanwhile.
const MAX_HOST_TRANSFER: usize = 1 << 20;

/// Random bytes of one read of a device; more would keep neighbours on the thread waiting.
const MAX_RANDOM_READ: usize = 1 << 20;

/// A path longer than this is not even copied out of the guest.
const MAX_PATH_BYTES: u32 = 1024;
const _: () = assert!(MAX_PATH_BYTES as usize == sbx_vfs::MAX_PATH, "the filesystem's own bound");

/// Where a read or write of a file starts.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// At the descriptor's own offset, which it moves.
    Offset,
    /// Here, leaving the offset alone.
    Position(u64),
}

pub(super) fn slice<'m>(memory: &'m GuestMemory<'_>, at: GuestPtr<[u8]>) -> WasiResult<&'m [u8]> {
    memory.as_slice(at)?.ok_or_else(|| Errno::Notsup.into())
}

pub(super) fn slice_mut<'m>(memory: &'m mut GuestMemory<'_>, at: GuestPtr<[u8]>) -> WasiResult<&'m mut [u8]> {
    memory.as_slice_mut(at)?.ok_or_else(|| Errno::Notsup.into())
}

/// A path of the guest, copied out.
pub(super) fn path(memory: &GuestMemory<'_>, at: GuestPtr<str>) -> WasiResult<String> {
    if at.len() > MAX_PATH_BYTES {
        return Err(Errno::Nametoolong.into());
    }
    let bytes = slice(memory, at.as_bytes())?;
    let text = std::str::from_utf8(bytes).map_err(|_not_text| Errno::Ilseq)?;
    Ok(text.to_owned())
}

/// The buffers of a scattered call that are not empty.
struct Buffers {
    filled: Vec<GuestPtr<[u8]>>,
    /// Their total length.
    total: u64,
}

impl Buffers {
    /// At least one, so that an empty read or write still finds out whether it may be done.
    fn at_least_one(self) -> Vec<GuestPtr<[u8]>> {
        if self.filled.is_empty() { vec![GuestPtr::new((0, 0))] } else { self.filled }
    }

    /// What one call may move to or from a folder of the host.
    fn host_transfer(&self) -> usize {
        usize::try_from(self.total).unwrap_or(usize::MAX).min(MAX_HOST_TRANSFER)
    }
}

impl Wasi {
    /// Reads what the call names; empty buffers are counted and paid for too.
    fn buffers(
        &mut self,
        n_buffers: u32,
        buffers: impl Iterator<Item = WasiResult<GuestPtr<[u8]>>>,
    ) -> WasiResult<Buffers> {
        if n_buffers > MAX_BUFFERS {
            return Err(Errno::Inval.into());
        }
        self.charge(u64::from(n_buffers) * budget::BUFFER)?;
        let mut filled = Vec::with_capacity(1);
        let mut total = 0u64;
        for buffer in buffers {
            let buffer = buffer?;
            if buffer.len() > 0 {
                total += u64::from(buffer.len());
                filled.push(buffer);
            }
        }
        self.budget.add(total.saturating_mul(budget::BYTE)).map_err(trap)?;
        Ok(Buffers { filled, total })
    }

    pub(super) async fn read_into(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        at: At,
        iovs: IovecArray,
    ) -> WasiResult<Size> {
        let read = |memory: &GuestMemory<'_>, iov: GuestPtr<Iovec>| {
            let iov = memory.read(iov)?;
            Ok(iov.buf.as_array(iov.buf_len))
        };
        let buffers = self.buffers(iovs.len(), iovs.iter().map(|iov| read(memory, iov?)))?;
        if let Some(stream) = self.vfs()?.stream(fd) {
            return if stream == Stream::Stdin {
                self.read_stdin(memory, &buffers.filled, at)
            } else {
                Err(Errno::Badf.into())
            };
        }
        if self.vfs()?.device(fd) == Some(Device::Random) {
            return self.read_random(memory, fd, &buffers.filled);
        }
        if self.may_wait_fd(fd) {
            return self.read_host(memory, fd, at, &buffers).await;
        }
        let vfs = self.vfs()?;
        let mut n_read = 0usize;
        for buffer in buffers.at_least_one() {
            let target = slice_mut(memory, buffer)?;
            let n = read_file(vfs, fd, at, n_read, target).map_err(convert::errno)?;
            n_read += n;
            if n < target.len() {
                break;
            }
        }
        size(n_read)
    }

    async fn read_host(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        at: At,
        buffers: &Buffers,
    ) -> WasiResult<Size> {
        let wanted = buffers.host_transfer();
        let bytes = self
            .with_files(true, move |vfs| {
                let mut bytes = vec![0; wanted];
                let n = read_file(vfs, fd, at, 0, &mut bytes)?;
                bytes.truncate(n);
                Ok(bytes)
            })
            .await?;
        let mut rest = bytes.as_slice();
        for buffer in &buffers.filled {
            let target = slice_mut(memory, *buffer)?;
            let (now, later) = rest.split_at(target.len().min(rest.len()));
            target.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            rest = later;
        }
        size(bytes.len())
    }

    /// Random bytes from the generator of the instance, at the price of `random_get`.
    fn read_random(
        &mut self,
        memory: &mut GuestMemory<'_>,
        fd: Fd,
        buffers: &[GuestPtr<[u8]>],
    ) -> WasiResult<Size> {
        if !self.vfs()?.descriptor(fd).map_err(convert::errno)?.access.read {
            return Err(Errno::Badf.into());
        }
        let mut n_read = 0usize;
        for buffer in buffers {
            let target = slice_mut(memory, *buffer)?;
            let n = target.len().min(MAX_RANDOM_READ - n_read);
            self.budget.add((n as u64).saturating_mul(budget::RANDOM_BYTE)).map_err(trap)?;
            self.fill_random(target.get_mut(..n).unwrap_or_default());
            n_read += n;
        }
        size(n_read)
    }

    fn read_stdin(
        &mut self,
        memory: &mut GuestMemory<'_>,
        buffers: &[GuestPtr<[u8]>],
        at: At,
    ) -> WasiResult<Size> {
        if let At::Position(_) = at {
            return Err(Errno::Spipe.into());
        }
        let mut n_read = 0;
        for buffer in buffers {
            let target = slice_mut(memory, *buffer)?;
            let rest = self.stdin.get(self.stdin_at..).unwrap_or_default();
            let n = rest.len().min(target.len());
            target.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.stdin_at += n;
            n_read += n;
        }
        size(n_read)
    }

    pub(super) async fn write_from(
        &mut self,
        memory: &GuestMemory<'_>,
        fd: Fd,
        at: At,
        iovs: CiovecArray,
    ) -> WasiResult<Size> {
        let read = |iov: GuestPtr<Ciovec>| {
            let iov = memory.read(iov)?;
            Ok(iov.buf.as_array(iov.buf_len))
        };
        let buffers = self.buffers(iovs.len(), iovs.iter().map(|iov| read(iov?)))?;
        if let Some(stream) = self.vfs()?.stream(fd) {
            return match (stream, at) {
                (_, At::Position(_)) => Err(Errno::Spipe.into()),
                (Stream::Stdin, At::Offset) => Err(Errno::Badf.into()),
                (Stream::Stdout, At::Offset) => {
                    self.write_stream(memory, OutputStream::Stdout, &buffers.filled)
                }
                (Stream::Stderr, At::Offset) => {
                    self.write_stream(memory, OutputStream::Stderr, &buffers.filled)
                }
            };
        }
        if self.may_wait_fd(fd) {
            let limit = buffers.host_transfer();
            let mut bytes = Vec::with_capacity(limit);
            for buffer in &buffers.filled {
                let from = slice(memory, *buffer)?;
                bytes.extend(from.iter().take(limit - bytes.len()));
            }
            return size(self.with_files(true, move |vfs| write_file(vfs, fd, at, 0, &bytes)).await?);
        }
        let vfs = self.vfs()?;
        let mut n_written = 0usize;
        for buffer in buffers.at_least_one() {
            let from = slice(memory, buffer)?;
            let n = match write_file(vfs, fd, at, n_written, from) {
                Ok(n) => n,
                // What was written before a quota was hit is written; the next call hears of the quota.
                Err(_) if n_written > 0 => break,
                Err(error) => return Err(convert::errno(error)),
            };
            n_written += n;
            if n < from.len() {
                break;
            }
        }
        size(n_written)
    }

    fn write_stream(
        &mut self,
        memory: &GuestMemory<'_>,
        stream: OutputStream,
        buffers: &[GuestPtr<[u8]>],
    ) -> WasiResult<Size> {
        let mut n_written = 0usize;
        for buffer in buffers {
            let from = slice(memory, *buffer)?;
            let captured = self.captured(stream);
            let kept = from.get(..captured.room(from.len())).unwrap_or(from);
            captured.write(kept, from.len());
            if let Some(sink) = &self.sink
                && !kept.is_empty()
            {
                sink.write(stream, kept);
            }
            n_written += from.len();
        }
        size(n_written)
    }

    /// Whether a call on this descriptor goes to a folder of the host.
    pub(super) fn may_wait_fd(&self, fd: Fd) -> bool {
        self.vfs.as_ref().is_some_and(|vfs| vfs.touches_host_fd(fd))
    }

    /// Whether a call on this path goes to a folder of the host.
    pub(super) fn may_wait_path(&self, dir: Fd, path: &str) -> bool {
        self.vfs.as_ref().is_some_and(|vfs| vfs.touches_host_path(dir, path))
    }
}

fn read_file(vfs: &mut Vfs, fd: Fd, at: At, done: usize, into: &mut [u8]) -> Result<usize, VfsErrno> {
    match at {
        At::Offset => vfs.read(fd, into),
        At::Position(start) => vfs.pread(fd, start.checked_add(done as u64).ok_or(VfsErrno::Inval)?, into),
    }
}

fn write_file(vfs: &mut Vfs, fd: Fd, at: At, done: usize, from: &[u8]) -> Result<usize, VfsErrno> {
    match at {
        At::Offset => vfs.write(fd, from),
        At::Position(start) => vfs.pwrite(fd, start.checked_add(done as u64).ok_or(VfsErrno::Fbig)?, from),
    }
}

fn size(n: usize) -> WasiResult<Size> {
    Size::try_from(n).map_err(|_too_large| Errno::Overflow.into())
}
