//! Reading and writing: scattered buffers, streams, files.

use sbx_vfs::{Errno as VfsErrno, Fd, Stream, Vfs};
use wasmtime_wasi::p1::types::{Ciovec, CiovecArray, Errno, Iovec, IovecArray, Size};
use wiggle::{GuestMemory, GuestPtr};

use super::{Wasi, WasiResult, convert, trap};
use crate::{budget, output::OutputStream};

/// Buffers of one scattered call, as `IOV_MAX` on Linux.
const MAX_BUFFERS: u32 = 1024;

/// What one call moves to or from a folder of the host: it is held twice meanwhile.
const MAX_HOST_TRANSFER: usize = 1 << 20;

/// A path longer than this is not even copied out of the guest.
const MAX_PATH_BYTES: u32 = sbx_vfs::MAX_PATH as u32;

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

impl Wasi {
    /// The buffers that are not empty, and their total length. Empty ones are counted and paid for too.
    fn buffers(
        &mut self,
        n_buffers: u32,
        buffers: impl Iterator<Item = WasiResult<GuestPtr<[u8]>>>,
    ) -> WasiResult<(Vec<GuestPtr<[u8]>>, u64)> {
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
        Ok((filled, total))
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
        let (buffers, total) = self.buffers(iovs.len(), iovs.iter().map(|iov| read(memory, iov?)))?;
        if let Some(stream) = self.vfs()?.stream(fd) {
            return if stream == Stream::Stdin {
                self.read_stdin(memory, &buffers, at)
            } else {
                Err(Errno::Badf.into())
            };
        }
        if self.may_wait_fd(fd) {
            return self.read_host(memory, fd, at, &buffers, total).await;
        }
        let vfs = self.vfs()?;
        let mut n_read = 0usize;
        for buffer in if buffers.is_empty() { vec![GuestPtr::new((0, 0))] } else { buffers } {
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
        buffers: &[GuestPtr<[u8]>],
        total: u64,
    ) -> WasiResult<Size> {
        let wanted = usize::try_from(total).unwrap_or(usize::MAX).min(MAX_HOST_TRANSFER);
        let bytes = self
            .with_files(true, move |vfs| {
                let mut bytes = vec![0; wanted];
                let n = read_file(vfs, fd, at, 0, &mut bytes)?;
                bytes.truncate(n);
                Ok(bytes)
            })
            .await?;
        let mut rest = bytes.as_slice();
        for buffer in buffers {
            let target = slice_mut(memory, *buffer)?;
            let (now, later) = rest.split_at(target.len().min(rest.len()));
            target.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            rest = later;
        }
        size(bytes.len())
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
        let (buffers, total) = self.buffers(iovs.len(), iovs.iter().map(|iov| read(iov?)))?;
        if let Some(stream) = self.vfs()?.stream(fd) {
            return match (stream, at) {
                (_, At::Position(_)) => Err(Errno::Spipe.into()),
                (Stream::Stdin, At::Offset) => Err(Errno::Badf.into()),
                (Stream::Stdout, At::Offset) => self.write_stream(memory, OutputStream::Stdout, &buffers),
                (Stream::Stderr, At::Offset) => self.write_stream(memory, OutputStream::Stderr, &buffers),
            };
        }
        if self.may_wait_fd(fd) {
            let limit = usize::try_from(total).unwrap_or(usize::MAX).min(MAX_HOST_TRANSFER);
            let mut bytes = Vec::with_capacity(limit);
            for buffer in &buffers {
                let from = slice(memory, *buffer)?;
                bytes.extend(from.iter().take(limit - bytes.len()));
            }
            return size(self.with_files(true, move |vfs| write_file(vfs, fd, at, 0, &bytes)).await?);
        }
        let vfs = self.vfs()?;
        let mut n_written = 0usize;
        for buffer in if buffers.is_empty() { vec![GuestPtr::new((0, 0))] } else { buffers } {
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
