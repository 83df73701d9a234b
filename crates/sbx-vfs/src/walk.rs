//! From a path to what it names.
//!
//! Paths are resolved here alone, name by name, as `path_resolution(7)` has it: links inside the tree only, absolute
//! targets from the tree's root, `..` of the root is the root. Host folders are entered through [`Place`], which
//! follows no link at all.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::string_slice)]

use std::borrow::Cow;
use std::sync::Arc;

use crate::inode::{Ino, Node};
use crate::mount::{Mounts, Place};
use crate::tree::Tree;
use crate::{Errno, MAX_NAME, MAX_PATH, MAX_SYMLINKS};

/// What to do with a symbolic link in the last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// The entry itself is meant, even with a slash after it (`mkdir`, `rename`, `unlink`).
    Entry,
    /// The link is meant, unless a slash follows.
    NoFollow,
    /// What it leads to is meant.
    Follow,
    /// As `Follow`, but for a path with a slash at its end the entry itself (`O_CREAT` refuses those).
    FollowPlain,
}

/// Where a path leads.
#[derive(Debug)]
pub(crate) enum Located {
    /// An entry of a directory of the tree, which may or may not be there.
    Entry { parent: Ino, name: String, found: Option<Ino>, slash: bool },
    /// A directory of the tree, named by `.`, by `..` or as a descriptor.
    Dir { ino: Ino, dots: Dots },
    /// An entry of a directory of a host folder, not yet looked at.
    HostEntry { at: Place, name: String, slash: bool },
    /// A directory of a host folder.
    HostDir { at: Place, dots: Dots },
}

/// How a path ended that did not end in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dots {
    One,
    Two,
}

/// Where a walk is.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Tree(Ino),
    Host(Place),
}

/// One walk through a filesystem.
pub(crate) struct Walk<'a> {
    pub(crate) tree: &'a mut Tree,
    pub(crate) mounts: &'a Mounts,
    /// Steps taken, for the price of the call.
    pub(crate) work: &'a mut u64,
    pub(crate) last: Last,
}

/// The next name of a path.
struct Step<'p> {
    name: &'p str,
    /// Nothing but slashes comes after it.
    is_last: bool,
    slash: bool,
}

impl Walk<'_> {
    /// Follows `path` from `start`.
    pub(crate) fn run(mut self, start: At, path: &str) -> Result<Located, Errno> {
        check_path(path)?;
        let mut at = start;
        let mut text = Cow::Borrowed(path);
        let mut pos = 0;
        let mut n_links: u32 = 0;
        loop {
            *self.work = self.work.saturating_add(1);
            let Some((step, after)) = next_step(text.get(pos..).unwrap_or_default())? else {
                // A link's target was nothing but slashes: the root.
                return Ok(end(at, Dots::One));
            };
            let next = match step.name {
                "." => self.dots(at, Dots::One, &step)?,
                ".." => self.dots(at, Dots::Two, &step)?,
                _ => self.enter(at, &step)?,
            };
            match next {
                Next::At(next) => {
                    at = next;
                    pos = text.len().saturating_sub(after.len());
                }
                Next::Done(located) => return Ok(located),
                Next::Link(from, target) => {
                    n_links = n_links.saturating_add(1);
                    if n_links > MAX_SYMLINKS {
                        return Err(Errno::Loop);
                    }
                    at = At::Tree(if target.starts_with('/') { Ino::ROOT } else { from });
                    let joint = if step.is_last && !step.slash { "" } else { "/" };
                    text = Cow::Owned([&*target, joint, after].concat());
                    pos = 0;
                }
            }
        }
    }

    /// `.` or `..` of a directory.
    fn dots(&self, at: At, dots: Dots, step: &Step<'_>) -> Result<Next, Errno> {
        let to = match (at, dots) {
            (At::Tree(ino), Dots::One) => self.tree.dir(ino).map(|_dir| At::Tree(ino))?,
            (At::Tree(ino), Dots::Two) => {
                self.tree.dir(ino)?;
                At::Tree(self.tree.parent(ino)?)
            }
            (at @ At::Host(_), Dots::One) => at,
            (At::Host(place), Dots::Two) => match place.up()? {
                Some(above) => At::Host(above),
                None => At::Tree(self.tree.parent(place.folder.at)?),
            },
        };
        Ok(if step.is_last { Next::Done(end(to, dots)) } else { Next::At(to) })
    }

    /// The entry that `step` names in the directory `at`.
    fn enter(&mut self, at: At, step: &Step<'_>) -> Result<Next, Errno> {
        let name = step.name;
        let parent = match at {
            At::Host(place) if step.is_last => {
                let (name, slash) = (name.to_owned(), step.slash);
                return Ok(Next::Done(Located::HostEntry { at: place, name, slash }));
            }
            At::Host(place) => return place.down(name).map(|below| Next::At(At::Host(below))),
            At::Tree(ino) => ino,
        };
        *self.work = self.work.saturating_add(self.tree.materialise(parent)?);
        let found = self.tree.dir(parent)?.get(name);
        let node = match found {
            Some(ino) => Some(&self.tree.inode(ino)?.node),
            None => None,
        };
        let follows = match self.last {
            Last::Entry => false,
            Last::NoFollow => step.slash,
            Last::Follow => true,
            Last::FollowPlain => !step.slash,
        };
        match (found, node) {
            (_, Some(Node::Symlink(target))) if !step.is_last || follows => {
                Ok(Next::Link(parent, Arc::clone(target)))
            }
            _ if step.is_last => {
                let (name, slash) = (name.to_owned(), step.slash);
                Ok(Next::Done(Located::Entry { parent, name, found, slash }))
            }
            (Some(ino), Some(Node::Dir(_))) => match self.mounts.at(ino) {
                Some(folder) => Ok(Next::At(At::Host(Place::top(folder)?))),
                None => Ok(Next::At(At::Tree(ino))),
            },
            (Some(_), _) => Err(Errno::Notdir),
            (None, _) => Err(Errno::Noent),
        }
    }
}

/// What comes after one name.
enum Next {
    At(At),
    Link(Ino, Arc<str>),
    Done(Located),
}

fn end(at: At, dots: Dots) -> Located {
    match at {
        At::Tree(ino) => Located::Dir { ino, dots },
        At::Host(at) => Located::HostDir { at, dots },
    }
}

/// Checks a path as a guest passes it.
pub(crate) fn check_path(path: &str) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::Noent);
    }
    if path.len() > MAX_PATH {
        return Err(Errno::Nametoolong);
    }
    if path.contains('\0') {
        return Err(Errno::Inval);
    }
    if path.starts_with('/') { Err(Errno::Perm) } else { Ok(()) }
}

/// The first name of `path`, and what comes after it and its slashes.
fn next_step(path: &str) -> Result<Option<(Step<'_>, &str)>, Errno> {
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return Ok(None);
    }
    let (name, slash, after) = match path.split_once('/') {
        Some((name, after)) => (name, true, after.trim_start_matches('/')),
        None => (path, false, ""),
    };
    if name.len() > MAX_NAME {
        return Err(Errno::Nametoolong);
    }
    Ok(Some((Step { name, is_last: after.is_empty(), slash: slash && after.is_empty() }, after)))
}
