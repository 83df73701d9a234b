//! What a guest can and cannot do with its files.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names the cases that it is about")]

#[cfg(test)]
mod archive; // export and import: folders and tar archives, under quota, nothing but files and directories
#[cfg(test)]
mod bounds; // every quota and fixed bound, with its error number, and what gives room back
#[cfg(test)]
mod devices; // what stands in /dev
#[cfg(test)]
mod escape; // links, `..`, absolute paths, and everything that is read-only
#[cfg(test)]
mod files; // what programs rely on: modes, cookies, descriptors, times, sparse files
#[cfg(test)]
#[cfg(unix)]
mod mounts; // host folders: read-only, writable, overlaid
#[cfg(test)]
#[cfg(target_os = "linux")]
mod old_kernel; // the same on a kernel without `openat2`
#[cfg(test)]
#[cfg(target_os = "linux")]
mod huge; // folders of the host that are deeper or larger than any guest may see
#[cfg(test)]
#[cfg(target_os = "linux")]
mod model; // random operations, compared with a real Linux directory
#[cfg(test)]
mod fuzz; // any bytes as archives and as operations
#[cfg(test)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds of fuzz targets and changes of them
#[cfg(test)]
mod records; // trees that are kept: full records and changes, over the same base and others, damaged and made up
#[cfg(test)]
mod trees; // the host's side: builder, editor, diffs, digests, lazily loaded blobs

#[cfg(test)]
mod common {
    //! Short forms that all tests share.

    use sbx_vfs::{Errno, Fd, GuestPath, HostMount, OpenOptions, Quota, ROOT_FD, Tree, Vfs};

    pub(crate) fn path(text: &str) -> GuestPath {
        GuestPath::parse(text).unwrap()
    }

    pub(crate) fn vfs(quota: Quota) -> Vfs {
        Vfs::new(Tree::new(), quota, Vec::new()).unwrap()
    }

    pub(crate) fn with_mount(mount: HostMount) -> Vfs {
        Vfs::new(Tree::new(), Quota::default(), vec![mount]).unwrap()
    }

    pub(crate) fn read_write() -> OpenOptions {
        OpenOptions::new().read(true).write(true)
    }

    pub(crate) fn read_only() -> OpenOptions {
        OpenOptions::new().read(true)
    }

    pub(crate) fn create() -> OpenOptions {
        read_write().create(true)
    }

    pub(crate) fn open(vfs: &mut Vfs, path: &str, options: OpenOptions) -> Result<Fd, Errno> {
        vfs.open(ROOT_FD, path, true, options)
    }

    /// Makes a file with `bytes` and closes it.
    pub(crate) fn put(vfs: &mut Vfs, path: &str, bytes: &[u8]) -> Result<(), Errno> {
        let fd = open(vfs, path, create().truncate(true))?;
        let mut rest = bytes;
        while !rest.is_empty() {
            match vfs.write(fd, rest) {
                Ok(n) => rest = &rest[n..],
                Err(errno) => {
                    vfs.close(fd)?;
                    return Err(errno);
                }
            }
        }
        vfs.close(fd)
    }

    /// All bytes of a file.
    pub(crate) fn get(vfs: &mut Vfs, path: &str) -> Result<Vec<u8>, Errno> {
        let fd = open(vfs, path, read_only())?;
        let mut bytes = Vec::new();
        let mut buf = [0; 4096];
        loop {
            match vfs.read(fd, &mut buf) {
                Ok(0) => return vfs.close(fd).map(|()| bytes),
                Ok(n) => bytes.extend_from_slice(&buf[..n]),
                Err(errno) => {
                    vfs.close(fd)?;
                    return Err(errno);
                }
            }
        }
    }

    /// The names in a directory but `.` and `..`, as they are listed.
    pub(crate) fn names(vfs: &mut Vfs, path: &str) -> Result<Vec<String>, Errno> {
        let fd = open(vfs, path, read_only().directory(true))?;
        let mut names = Vec::new();
        vfs.readdir(fd, 0, &mut |entry| {
            names.push(entry.name.to_owned());
            true
        })?;
        vfs.close(fd)?;
        assert_eq!(names[..2], [".", ".."]);
        Ok(names.split_off(2))
    }
}
