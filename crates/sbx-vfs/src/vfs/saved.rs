//! Saving and restoring descriptors with a session.

use super::Vfs;
use crate::Error;
use crate::descriptor::{Descriptor, DescriptorTable, Object, ROOT_FD, SavedDescriptor, SavedObject, Table};
use crate::inode::{Ino, Node};

/// Room above `max_open_files` for the standard streams and the root.
const FIXED: u64 = ROOT_FD as u64 + 1;

impl Vfs {
    /// All descriptors but those of passed-through host folders, to be saved with [`Vfs::tree`].
    #[must_use]
    pub fn descriptors(&self) -> DescriptorTable {
        let saved = self.table.iter().filter_map(|(fd, descriptor)| {
            let object = match &descriptor.object {
                Object::Stream(stream) => SavedObject::Stream(*stream),
                Object::File(ino) | Object::Dir(ino) | Object::Device(ino, _) => {
                    match self.tree.path_of_ino(*ino) {
                        Some(path) => SavedObject::Path(path, descriptor.file_type()),
                        None => SavedObject::Orphan(ino.0, descriptor.file_type()),
                    }
                }
                Object::HostFile(_) | Object::HostDir(..) => return None,
            };
            let Descriptor { access, flags, offset, .. } = *descriptor;
            Some(SavedDescriptor { fd, object, access, flags, offset })
        });
        DescriptorTable { descriptors: saved.collect() }
    }

    /// Replaces all descriptors by saved ones. What has meanwhile gone from the tree is closed; what is unlinked and
    /// has no descriptor is freed.
    ///
    /// # Errors
    /// [`Error::BadDescriptor`] for a table that this filesystem could not have had: a number twice or out of range,
    /// more than `max_open_files`, a standard stream or the root missing or replaced. Nothing is changed then.
    pub fn restore_descriptors(&mut self, saved: DescriptorTable) -> Result<(), Error> {
        let mut table = Table::new();
        let mut last = None;
        let max_fd = u64::from(self.ledger.quota.max_open_files).saturating_add(FIXED);
        for SavedDescriptor { fd, object, access, flags, offset } in saved.descriptors {
            let bad = || Error::BadDescriptor { fd };
            if last >= Some(fd) || u64::from(fd) >= max_fd || offset > i64::MAX.unsigned_abs() {
                return Err(bad());
            }
            last = Some(fd);
            if fd <= ROOT_FD {
                let fixed = table.get_mut(fd).map_err(|_errno| bad())?;
                let is_same = match (&object, &fixed.object) {
                    (SavedObject::Stream(saved), Object::Stream(stream)) => saved == stream,
                    (SavedObject::Path(path, _), Object::Dir(_)) => path.file_name().is_none(),
                    _ => false,
                };
                if !is_same {
                    return Err(bad());
                }
                (fixed.access, fixed.flags) = (access, flags);
            } else if let Some(object) = self.find_object(object) {
                table.put(fd, Descriptor { object, access, flags, offset });
            }
        }
        self.table = table;
        for ino in self.tree.orphans.clone() {
            self.release(Some(ino));
        }
        Ok(())
    }

    /// What a saved descriptor stands for in this tree, if it is still there.
    fn find_object(&self, saved: SavedObject) -> Option<Object> {
        let (ino, file_type) = match saved {
            SavedObject::Stream(stream) => return Some(Object::Stream(stream)),
            SavedObject::Path(path, file_type) => (self.tree.find(&path)?, file_type),
            // Only what really has no name: else a number would get past whatever stands above a path.
            SavedObject::Orphan(ino, file_type) => (*self.tree.orphans.get(&Ino(ino))?, file_type),
        };
        let inode = self.tree.inode(ino).ok().filter(|inode| inode.file_type() == file_type)?;
        match &inode.node {
            Node::File(_) => Some(Object::File(ino)),
            Node::Dir(_) => Some(Object::Dir(ino)),
            Node::Device(device) => Some(Object::Device(ino, *device)),
            Node::Symlink(_) => None,
        }
    }
}
