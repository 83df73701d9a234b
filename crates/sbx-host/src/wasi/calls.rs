//! The calls of WASI preview 1, one method each: read the arguments, charge, ask the filesystem.

use sbx_vfs::{DirEntry, FdFlags, FileType, OpenOptions, Vfs, Whence as VfsWhence};
use wasmtime_wasi::p1::{
    types::{
        Advice, CiovecArray, Clockid, Dircookie, Dirent, Errno, Event, Exitcode, Fd, Fdflags, Fdstat,
        Filedelta, Filesize, Filestat, Fstflags, IovecArray, Lookupflags, Oflags, Prestat, PrestatDir,
        Riflags, Rights, Roflags, Sdflags, Siflags, Signal, Size, Subscription, Timestamp, Whence,
    },
    wasi_snapshot_preview1::WasiSnapshotPreview1,
};
use wiggle::{GuestMemory, GuestPtr, GuestType};

use super::{
    GuestExit, Wasi, WasiResult, convert,
    files::{At, path},
};
use crate::budget;

type Memory<'m> = GuestMemory<'m>;

fn follows(flags: Lookupflags) -> bool {
    flags.contains(Lookupflags::SYMLINK_FOLLOW)
}

fn fd_flags(flags: Fdflags) -> FdFlags {
    FdFlags {
        append: flags.contains(Fdflags::APPEND),
        nonblock: flags.contains(Fdflags::NONBLOCK),
        sync: flags.intersects(Fdflags::SYNC | Fdflags::DSYNC | Fdflags::RSYNC),
    }
}

impl WasiSnapshotPreview1 for Wasi {
    fn set_hostcall_fuel(&mut self, _fuel: usize) {
        // Host calls have a budget of their own, per run.
    }

    fn args_get(
        &mut self,
        m: &mut Memory<'_>,
        argv: GuestPtr<GuestPtr<u8>>,
        buf: GuestPtr<u8>,
    ) -> WasiResult<()> {
        self.charge(0)?;
        write_strings(m, &self.args, argv, buf)
    }

    fn args_sizes_get(&mut self, _m: &mut Memory<'_>) -> WasiResult<(Size, Size)> {
        self.charge(0)?;
        string_sizes(&self.args)
    }

    fn environ_get(
        &mut self,
        m: &mut Memory<'_>,
        environ: GuestPtr<GuestPtr<u8>>,
        buf: GuestPtr<u8>,
    ) -> WasiResult<()> {
        self.charge(0)?;
        write_strings(m, &self.environ, environ, buf)
    }

    fn environ_sizes_get(&mut self, _m: &mut Memory<'_>) -> WasiResult<(Size, Size)> {
        self.charge(0)?;
        string_sizes(&self.environ)
    }

    fn clock_res_get(&mut self, _m: &mut Memory<'_>, _id: Clockid) -> WasiResult<Timestamp> {
        self.charge(0)?;
        Ok(1)
    }

    fn clock_time_get(
        &mut self,
        _m: &mut Memory<'_>,
        id: Clockid,
        _precision: Timestamp,
    ) -> WasiResult<Timestamp> {
        self.charge(0)?;
        Ok(match id {
            Clockid::Realtime => self.clock.wall_ns(),
            Clockid::Monotonic | Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => {
                self.clock.monotonic_ns()
            }
        })
    }

    async fn fd_advise(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        _at: Filesize,
        _len: Filesize,
        _advice: Advice,
    ) -> WasiResult<()> {
        self.charge(0)?;
        self.vfs()?.descriptor(fd.into()).map(drop).map_err(convert::errno)
    }

    fn fd_allocate(&mut self, _m: &mut Memory<'_>, fd: Fd, at: Filesize, len: Filesize) -> WasiResult<()> {
        self.charge(0)?;
        // Not async in the trait, so not for folders of the host; `posix_fallocate` has its own fallback.
        if self.may_wait_fd(fd.into()) {
            return Err(Errno::Notsup.into());
        }
        self.vfs()?.allocate(fd.into(), at, len).map_err(convert::errno)
    }

    async fn fd_close(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<()> {
        self.charge(0)?;
        self.with_files(false, move |vfs| vfs.close(fd.into())).await
    }

    async fn fd_datasync(&mut self, m: &mut Memory<'_>, fd: Fd) -> WasiResult<()> {
        self.fd_sync(m, fd).await
    }

    async fn fd_fdstat_get(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<Fdstat> {
        self.charge(0)?;
        let info = self.vfs()?.descriptor(fd.into()).map_err(convert::errno)?;
        Ok(convert::fdstat(&info))
    }

    fn fd_fdstat_set_flags(&mut self, _m: &mut Memory<'_>, fd: Fd, flags: Fdflags) -> WasiResult<()> {
        self.charge(0)?;
        self.vfs()?.set_flags(fd.into(), fd_flags(flags)).map_err(convert::errno)
    }

    fn fd_fdstat_set_rights(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        base: Rights,
        _inheriting: Rights,
    ) -> WasiResult<()> {
        self.charge(0)?;
        let vfs = self.vfs()?;
        let info = vfs.descriptor(fd.into()).map_err(convert::errno)?;
        if !convert::fdstat(&info).fs_rights_base.contains(base) {
            return Err(Errno::Notcapable.into());
        }
        vfs.restrict(fd.into(), convert::narrowed(info.file_type, base)).map_err(convert::errno)
    }

    async fn fd_filestat_get(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<Filestat> {
        self.charge(0)?;
        let wait = self.may_wait_fd(fd.into());
        let stat = self.with_files(wait, move |vfs| vfs.stat(fd.into())).await?;
        Ok(convert::filestat(&stat))
    }

    async fn fd_filestat_set_size(&mut self, _m: &mut Memory<'_>, fd: Fd, size: Filesize) -> WasiResult<()> {
        self.charge(0)?;
        let wait = self.may_wait_fd(fd.into());
        self.with_files(wait, move |vfs| vfs.set_size(fd.into(), size)).await
    }

    async fn fd_filestat_set_times(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        atim: Timestamp,
        mtim: Timestamp,
        flags: Fstflags,
    ) -> WasiResult<()> {
        self.charge(0)?;
        let times = convert::set_times(atim, mtim, flags)?;
        let wait = self.may_wait_fd(fd.into());
        self.with_files(wait, move |vfs| vfs.set_times(fd.into(), times)).await
    }

    async fn fd_read(&mut self, m: &mut Memory<'_>, fd: Fd, iovs: IovecArray) -> WasiResult<Size> {
        self.read_into(m, fd.into(), At::Offset, iovs).await
    }

    async fn fd_pread(
        &mut self,
        m: &mut Memory<'_>,
        fd: Fd,
        iovs: IovecArray,
        at: Filesize,
    ) -> WasiResult<Size> {
        self.read_into(m, fd.into(), At::Position(at), iovs).await
    }

    async fn fd_write(&mut self, m: &mut Memory<'_>, fd: Fd, iovs: CiovecArray) -> WasiResult<Size> {
        self.write_from(m, fd.into(), At::Offset, iovs).await
    }

    async fn fd_pwrite(
        &mut self,
        m: &mut Memory<'_>,
        fd: Fd,
        iovs: CiovecArray,
        at: Filesize,
    ) -> WasiResult<Size> {
        self.write_from(m, fd.into(), At::Position(at), iovs).await
    }

    fn fd_prestat_get(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<Prestat> {
        self.charge(0)?;
        let info = self.vfs()?.descriptor(fd.into()).map_err(convert::errno)?;
        let name = info.preopen.ok_or(Errno::Badf)?;
        let pr_name_len = Size::try_from(name.len()).map_err(|_too_long| Errno::Overflow)?;
        Ok(Prestat::Dir(PrestatDir { pr_name_len }))
    }

    fn fd_prestat_dir_name(
        &mut self,
        m: &mut Memory<'_>,
        fd: Fd,
        at: GuestPtr<u8>,
        max_len: Size,
    ) -> WasiResult<()> {
        self.charge(0)?;
        let info = self.vfs()?.descriptor(fd.into()).map_err(convert::errno)?;
        let name = info.preopen.ok_or(Errno::Badf)?;
        let len = Size::try_from(name.len()).map_err(|_too_long| Errno::Overflow)?;
        if len > max_len {
            return Err(Errno::Nametoolong.into());
        }
        m.copy_from_slice(name.as_bytes(), at.as_array(len))?;
        Ok(())
    }

    async fn fd_renumber(&mut self, _m: &mut Memory<'_>, from: Fd, to: Fd) -> WasiResult<()> {
        self.charge(0)?;
        self.vfs()?.renumber(from.into(), to.into()).map_err(convert::errno)
    }

    async fn fd_seek(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        by: Filedelta,
        whence: Whence,
    ) -> WasiResult<Filesize> {
        self.charge(0)?;
        let whence = match whence {
            Whence::Set => VfsWhence::Set,
            Whence::Cur => VfsWhence::Current,
            Whence::End => VfsWhence::End,
        };
        let wait = self.may_wait_fd(fd.into());
        self.with_files(wait, move |vfs| vfs.seek(fd.into(), whence, by)).await
    }

    async fn fd_sync(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<()> {
        self.charge(0)?;
        let wait = self.may_wait_fd(fd.into());
        self.with_files(wait, move |vfs| vfs.sync(fd.into())).await
    }

    fn fd_tell(&mut self, _m: &mut Memory<'_>, fd: Fd) -> WasiResult<Filesize> {
        self.charge(0)?;
        self.vfs()?.tell(fd.into()).map_err(convert::errno)
    }

    async fn fd_readdir(
        &mut self,
        m: &mut Memory<'_>,
        fd: Fd,
        buf: GuestPtr<u8>,
        len: Size,
        cookie: Dircookie,
    ) -> WasiResult<Size> {
        self.charge(0)?;
        let wait = self.may_wait_fd(fd.into());
        let room = usize::try_from(len).map_err(|_too_large| Errno::Overflow)?;
        let bytes = self
            .with_files(wait, move |vfs| {
                let mut listing = Listing::new(room);
                vfs.readdir(fd.into(), cookie, &mut |entry| listing.push(&entry))?;
                Ok(listing.bytes)
            })
            .await?;
        let n_bytes = Size::try_from(bytes.len()).map_err(|_too_large| Errno::Overflow)?;
        m.copy_from_slice(&bytes, buf.as_array(n_bytes))?;
        Ok(n_bytes)
    }

    async fn path_create_directory(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        at: GuestPtr<str>,
    ) -> WasiResult<()> {
        self.with_path(m, dir, at, |vfs, dir, path| vfs.mkdir(dir, path)).await
    }

    async fn path_filestat_get(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        flags: Lookupflags,
        at: GuestPtr<str>,
    ) -> WasiResult<Filestat> {
        let follow = follows(flags);
        let stat = self.with_path(m, dir, at, move |vfs, dir, path| vfs.stat_at(dir, path, follow)).await?;
        Ok(convert::filestat(&stat))
    }

    async fn path_filestat_set_times(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        flags: Lookupflags,
        at: GuestPtr<str>,
        atim: Timestamp,
        mtim: Timestamp,
        which: Fstflags,
    ) -> WasiResult<()> {
        let times = convert::set_times(atim, mtim, which)?;
        let follow = follows(flags);
        self.with_path(m, dir, at, move |vfs, dir, path| vfs.set_times_at(dir, path, follow, times)).await
    }

    async fn path_link(
        &mut self,
        m: &mut Memory<'_>,
        old_dir: Fd,
        flags: Lookupflags,
        old: GuestPtr<str>,
        new_dir: Fd,
        new: GuestPtr<str>,
    ) -> WasiResult<()> {
        let follow = follows(flags);
        let (old_dir, old) = self.named(m, old_dir, old)?;
        let (new_dir, new) = self.named(m, new_dir, new)?;
        let wait = self.may_wait_path(old_dir, &old) || self.may_wait_path(new_dir, &new);
        self.with_files(wait, move |vfs| vfs.link(old_dir, &old, follow, new_dir, &new)).await
    }

    async fn path_open(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        flags: Lookupflags,
        at: GuestPtr<str>,
        oflags: Oflags,
        base: Rights,
        _inheriting: Rights,
        fdflags: Fdflags,
    ) -> WasiResult<Fd> {
        let follow = follows(flags);
        let access = convert::access(base);
        let options = OpenOptions::new()
            .create(oflags.contains(Oflags::CREAT))
            .exclusive(oflags.contains(Oflags::EXCL))
            .truncate(oflags.contains(Oflags::TRUNC))
            .directory(oflags.contains(Oflags::DIRECTORY))
            .read(access.read || base.contains(Rights::FD_READDIR))
            .write(access.write);
        let open = move |vfs: &mut Vfs, dir, path: &str| {
            let fd = vfs.open(dir, path, follow, options)?;
            vfs.set_flags(fd, fd_flags(fdflags))?;
            // The right to list says nothing about files.
            if vfs.descriptor(fd)?.file_type != FileType::Dir {
                vfs.restrict(fd, access)?;
            }
            Ok(fd)
        };
        Ok(Fd::from(self.with_path(m, dir, at, open).await?))
    }

    async fn path_readlink(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        at: GuestPtr<str>,
        buf: GuestPtr<u8>,
        len: Size,
    ) -> WasiResult<Size> {
        let target = self.with_path(m, dir, at, |vfs, dir, path| vfs.readlink(dir, path)).await?;
        // As `readlink(2)`: cut to the buffer without an error.
        let n = len.min(Size::try_from(target.len()).unwrap_or(Size::MAX));
        let kept = target.as_bytes().get(..n as usize).unwrap_or_default();
        m.copy_from_slice(kept, buf.as_array(n))?;
        Ok(n)
    }

    async fn path_remove_directory(
        &mut self,
        m: &mut Memory<'_>,
        dir: Fd,
        at: GuestPtr<str>,
    ) -> WasiResult<()> {
        self.with_path(m, dir, at, |vfs, dir, path| vfs.rmdir(dir, path)).await
    }

    async fn path_rename(
        &mut self,
        m: &mut Memory<'_>,
        old_dir: Fd,
        old: GuestPtr<str>,
        new_dir: Fd,
        new: GuestPtr<str>,
    ) -> WasiResult<()> {
        let (old_dir, old) = self.named(m, old_dir, old)?;
        let (new_dir, new) = self.named(m, new_dir, new)?;
        let wait = self.may_wait_path(old_dir, &old) || self.may_wait_path(new_dir, &new);
        self.with_files(wait, move |vfs| vfs.rename(old_dir, &old, new_dir, &new)).await
    }

    async fn path_symlink(
        &mut self,
        m: &mut Memory<'_>,
        target: GuestPtr<str>,
        dir: Fd,
        at: GuestPtr<str>,
    ) -> WasiResult<()> {
        let target = path(m, target)?;
        self.with_path(m, dir, at, move |vfs, dir, path| vfs.symlink(&target, dir, path)).await
    }

    async fn path_unlink_file(&mut self, m: &mut Memory<'_>, dir: Fd, at: GuestPtr<str>) -> WasiResult<()> {
        self.with_path(m, dir, at, |vfs, dir, path| vfs.unlink(dir, path)).await
    }

    async fn poll_oneoff(
        &mut self,
        m: &mut Memory<'_>,
        subscriptions: GuestPtr<Subscription>,
        events: GuestPtr<Event>,
        n: Size,
    ) -> WasiResult<Size> {
        self.poll(m, subscriptions, events, n).await
    }

    fn proc_exit(&mut self, _m: &mut Memory<'_>, code: Exitcode) -> wasmtime::Error {
        wasmtime::Error::new(GuestExit(code))
    }

    fn proc_raise(&mut self, _m: &mut Memory<'_>, _signal: Signal) -> WasiResult<()> {
        self.charge(0)?;
        Err(Errno::Notsup.into())
    }

    fn sched_yield(&mut self, _m: &mut Memory<'_>) -> WasiResult<()> {
        self.charge(0)
    }

    fn random_get(&mut self, m: &mut Memory<'_>, buf: GuestPtr<u8>, len: Size) -> WasiResult<()> {
        self.random_into(m, buf.as_array(len))
    }

    fn sock_accept(&mut self, _m: &mut Memory<'_>, fd: Fd, _flags: Fdflags) -> WasiResult<Fd> {
        Err(self.not_a_socket(fd))
    }

    fn sock_recv(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        _data: IovecArray,
        _flags: Riflags,
    ) -> WasiResult<(Size, Roflags)> {
        Err(self.not_a_socket(fd))
    }

    fn sock_send(
        &mut self,
        _m: &mut Memory<'_>,
        fd: Fd,
        _data: CiovecArray,
        _flags: Siflags,
    ) -> WasiResult<Size> {
        Err(self.not_a_socket(fd))
    }

    fn sock_shutdown(&mut self, _m: &mut Memory<'_>, fd: Fd, _how: Sdflags) -> WasiResult<()> {
        Err(self.not_a_socket(fd))
    }
}

impl Wasi {
    /// A path that a call names, copied out of the guest.
    fn named(&mut self, m: &Memory<'_>, dir: Fd, at: GuestPtr<str>) -> WasiResult<(sbx_vfs::Fd, String)> {
        self.charge(budget::PATH)?;
        let dir = u32::from(dir);
        let path = self.resolve_alias(dir, path(m, at)?);
        Ok((dir, path))
    }

    /// A call that names one path.
    async fn with_path<R: Send + 'static>(
        &mut self,
        m: &Memory<'_>,
        dir: Fd,
        at: GuestPtr<str>,
        call: impl FnOnce(&mut Vfs, sbx_vfs::Fd, &str) -> Result<R, sbx_vfs::Errno> + Send + 'static,
    ) -> WasiResult<R> {
        let (dir, path) = self.named(m, dir, at)?;
        let wait = self.may_wait_path(dir, &path);
        self.with_files(wait, move |vfs| call(vfs, dir, &path)).await
    }

    /// There are no sockets: what is asked for is not one, or is not there at all.
    fn not_a_socket(&mut self, fd: Fd) -> wasmtime_wasi::p1::types::Error {
        let known = self.charge(0).and_then(|()| self.vfs()?.descriptor(fd.into()).map_err(convert::errno));
        match known {
            Ok(_) => Errno::Notsock.into(),
            Err(error) => error,
        }
    }
}

fn string_sizes(strings: &[Vec<u8>]) -> WasiResult<(Size, Size)> {
    let total: usize = strings.iter().map(Vec::len).sum();
    let narrow = |n: usize| Size::try_from(n).map_err(|_too_large| Errno::Overflow);
    Ok((narrow(strings.len())?, narrow(total)?))
}

fn write_strings(
    m: &mut Memory<'_>,
    strings: &[Vec<u8>],
    mut pointer: GuestPtr<GuestPtr<u8>>,
    mut at: GuestPtr<u8>,
) -> WasiResult<()> {
    for text in strings {
        let len = Size::try_from(text.len()).map_err(|_too_large| Errno::Overflow)?;
        m.copy_from_slice(text, at.as_array(len))?;
        m.write(pointer, at)?;
        pointer = pointer.add(1)?;
        at = at.add(len)?;
    }
    Ok(())
}

/// Directory entries as `fd_readdir` lays them out: `[dirent; name]`, the last one cut where the buffer ends.
struct Listing {
    bytes: Vec<u8>,
    room: usize,
}

impl Listing {
    /// More than this in one call makes the guest call again; it bounds what the host allocates.
    const MAX_BYTES: usize = 1 << 20;

    fn new(room: usize) -> Self {
        Self { bytes: Vec::new(), room: room.min(Self::MAX_BYTES) }
    }

    /// Adds an entry; `false` once there is no room for more.
    fn push(&mut self, entry: &DirEntry<'_>) -> bool {
        let Ok(name_len) = Size::try_from(entry.name.len()) else { return false };
        // `struct dirent`: next cookie u64, inode u64, name length u32, type u8, three bytes of padding.
        let mut header = [0u8; 24];
        debug_assert_eq!(header.len(), Dirent::guest_size() as usize, "the layout of the witx");
        header[..8].copy_from_slice(&entry.next.to_le_bytes());
        header[8..16].copy_from_slice(&entry.ino.to_le_bytes());
        header[16..20].copy_from_slice(&name_len.to_le_bytes());
        header[20] = convert::filetype(entry.file_type) as u8;
        for part in [header.as_slice(), entry.name.as_bytes()] {
            let room = self.room - self.bytes.len();
            self.bytes.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        }
        self.bytes.len() < self.room
    }
}
