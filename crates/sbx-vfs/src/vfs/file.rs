//! Reading and writing open files.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::{Vfs, Whence};
use crate::Errno;
use crate::descriptor::{Descriptor, Fd, Object};
use crate::inode::Node;

/// The largest offset, as on Linux.
const MAX_OFFSET: u64 = i64::MAX.unsigned_abs();

impl Vfs {
    /// Reads from the descriptor's offset on and moves it; 0 bytes at the end.
    ///
    /// # Errors
    /// `EBADF` without read access and for what the layer above has to serve (streams, [`crate::Device::Random`]),
    /// `EISDIR`, `EIO` if lazily loaded bytes do not come.
    pub fn read(&mut self, fd: Fd, buf: &mut [u8]) -> Result<usize, Errno> {
        let offset = self.table.get(fd)?.offset;
        let n = self.read_at(fd, offset, buf)?;
        self.advance(fd, offset, n)?;
        Ok(n)
    }

    /// Reads from `offset` on and leaves the descriptor's own alone.
    ///
    /// # Errors
    /// As [`Vfs::read`]; `EINVAL` for an offset beyond `i64`, `ESPIPE` for a stream.
    pub fn pread(&mut self, fd: Fd, offset: u64, buf: &mut [u8]) -> Result<usize, Errno> {
        check_offset(self.table.get(fd)?, offset)?;
        self.read_at(fd, offset, buf)
    }

    /// Writes at the descriptor's offset, or at the end with `append`, and moves it. A quota cuts the write short; the
    /// next one fails.
    ///
    /// # Errors
    /// `EBADF` without write access and for streams and directories, `ENOSPC`, `EFBIG`.
    pub fn write(&mut self, fd: Fd, data: &[u8]) -> Result<usize, Errno> {
        let descriptor = self.table.get(fd)?;
        let offset = if descriptor.flags.append { self.size_of(descriptor)? } else { descriptor.offset };
        let n = self.write_at(fd, offset, data)?;
        if !data.is_empty() {
            self.advance(fd, offset, n)?;
        }
        Ok(n)
    }

    /// Writes at `offset` and leaves the descriptor's own alone; with `append` at the end all the same, as on Linux.
    ///
    /// # Errors
    /// As [`Vfs::write`]; `EINVAL` for an offset beyond `i64`, `ESPIPE` for a stream.
    pub fn pwrite(&mut self, fd: Fd, offset: u64, data: &[u8]) -> Result<usize, Errno> {
        let descriptor = self.table.get(fd)?;
        check_offset(descriptor, offset)?;
        let offset = if descriptor.flags.append { self.size_of(descriptor)? } else { offset };
        self.write_at(fd, offset, data)
    }

    /// Moves the descriptor's offset, past the end too, and says where it is.
    ///
    /// # Errors
    /// `ESPIPE` for a stream, `EBADF` for a directory, `EINVAL` for a place before the beginning or beyond `i64`. A device
    /// is always at 0.
    pub fn seek(&mut self, fd: Fd, whence: Whence, delta: i64) -> Result<u64, Errno> {
        let descriptor = self.table.get(fd)?;
        let from = match (&descriptor.object, whence) {
            (Object::Stream(_), _) => return Err(Errno::Spipe),
            (Object::Dir(_) | Object::HostDir(..), _) => return Err(Errno::Badf),
            // There is one place in a device.
            (Object::Device(..), _) => return Ok(0),
            (_, Whence::Set) => 0,
            (_, Whence::Current) => descriptor.offset,
            (_, Whence::End) => self.size_of(descriptor)?,
        };
        let offset =
            from.checked_add_signed(delta).filter(|offset| *offset <= MAX_OFFSET).ok_or(Errno::Inval)?;
        self.table.get_mut(fd)?.offset = offset;
        Ok(offset)
    }

    /// The descriptor's offset.
    ///
    /// # Errors
    /// As [`Vfs::seek`].
    pub fn tell(&mut self, fd: Fd) -> Result<u64, Errno> {
        self.seek(fd, Whence::Current, 0)
    }

    /// Has the host write a file of a writable folder to its disk; memory is always in step.
    ///
    /// # Errors
    /// `EBADF`, `EINVAL` for a stream or device, and what the host's disk says.
    pub fn sync(&mut self, fd: Fd) -> Result<(), Errno> {
        match &self.table.get(fd)?.object {
            Object::Stream(_) | Object::Device(..) => Err(Errno::Inval),
            Object::HostFile(file) => file.sync(),
            Object::File(_) | Object::Dir(_) | Object::HostDir(..) => Ok(()),
        }
    }

    /// Makes sure that a file reaches to `offset + len`.
    ///
    /// # Errors
    /// `EBADF` without write access, `EINVAL` for a length of 0 or numbers beyond `i64`, `EFBIG`, `ENOSPC`, `ESPIPE`.
    pub fn allocate(&mut self, fd: Fd, offset: u64, len: u64) -> Result<(), Errno> {
        let descriptor = self.table.get(fd)?;
        if len == 0 || len > MAX_OFFSET {
            return Err(Errno::Inval);
        }
        check_offset(descriptor, offset)?;
        if !descriptor.access.write {
            return Err(Errno::Badf);
        }
        let end = offset.checked_add(len).filter(|end| *end <= MAX_OFFSET).ok_or(Errno::Fbig)?;
        if end > self.size_of(descriptor)? { self.resize(fd, end) } else { Ok(()) }
    }

    /// Cuts or extends a file.
    ///
    /// # Errors
    /// `EINVAL` without write access and for anything but a file, `EFBIG`, `ENOSPC`.
    pub fn set_size(&mut self, fd: Fd, size: u64) -> Result<(), Errno> {
        let descriptor = self.table.get(fd)?;
        let is_file = matches!(descriptor.object, Object::File(_) | Object::HostFile(_));
        if !descriptor.access.write || !is_file || size > MAX_OFFSET {
            return Err(Errno::Inval);
        }
        self.resize(fd, size)
    }

    /// Moves the descriptor's offset past what was read or written at `offset`.
    fn advance(&mut self, fd: Fd, offset: u64, n: usize) -> Result<(), Errno> {
        let descriptor = self.table.get_mut(fd)?;
        if !matches!(descriptor.object, Object::Device(..)) {
            descriptor.offset = offset.saturating_add(n as u64);
        }
        Ok(())
    }

    fn resize(&mut self, fd: Fd, size: u64) -> Result<(), Errno> {
        self.ledger.inside = self.tree.usage;
        match &mut self.table.get_mut(fd)?.object {
            Object::File(ino) => self.tree.set_len(&mut self.ledger, *ino, size),
            Object::HostFile(file) => file.set_len(&mut self.ledger, size),
            Object::Device(..) => Err(Errno::Inval),
            Object::Stream(_) | Object::Dir(_) | Object::HostDir(..) => Err(Errno::Badf),
        }
    }

    fn read_at(&mut self, fd: Fd, offset: u64, buf: &mut [u8]) -> Result<usize, Errno> {
        let descriptor = self.table.get_mut(fd)?;
        if !descriptor.access.read {
            return Err(Errno::Badf);
        }
        match &mut descriptor.object {
            Object::File(ino) => match &self.tree.inode(*ino)?.node {
                Node::File(content) => Ok(content.read_at(offset, buf)?),
                Node::Dir(_) | Node::Symlink(_) | Node::Device(_) => Err(Errno::Isdir),
            },
            Object::Device(_, device) => device.read(buf),
            Object::HostFile(file) => file.read_at(offset, buf),
            Object::Dir(_) | Object::HostDir(..) => Err(Errno::Isdir),
            Object::Stream(_) => Err(Errno::Badf),
        }
    }

    fn write_at(&mut self, fd: Fd, offset: u64, data: &[u8]) -> Result<usize, Errno> {
        self.ledger.inside = self.tree.usage;
        let descriptor = self.table.get_mut(fd)?;
        if !descriptor.access.write {
            return Err(Errno::Badf);
        }
        match &mut descriptor.object {
            Object::File(ino) => self.tree.write(&mut self.ledger, *ino, offset, data),
            Object::Device(..) => Ok(data.len()),
            Object::HostFile(file) => file.write_at(&mut self.ledger, offset, data),
            Object::Stream(_) | Object::Dir(_) | Object::HostDir(..) => Err(Errno::Badf),
        }
    }

    fn size_of(&self, descriptor: &Descriptor) -> Result<u64, Errno> {
        match &descriptor.object {
            Object::File(ino) => Ok(self.tree.inode(*ino)?.size()),
            Object::Device(..) => Ok(0),
            Object::HostFile(file) => Ok(file.stat()?.size),
            Object::Stream(_) | Object::Dir(_) | Object::HostDir(..) => Err(Errno::Badf),
        }
    }
}

fn check_offset(descriptor: &Descriptor, offset: u64) -> Result<(), Errno> {
    if matches!(descriptor.object, Object::Stream(_)) {
        return Err(Errno::Spipe);
    }
    if offset > MAX_OFFSET { Err(Errno::Inval) } else { Ok(()) }
}
