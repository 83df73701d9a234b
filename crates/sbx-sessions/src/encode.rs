//! Makes objects of a state: what is new in it, and a record that says where everything is.
//!
//! The cost follows the change. A full record, which ends a chain of changes, names the frames of older objects where
//! it can; what little is left in an object that is mostly of the past is moved to the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imbl::OrdMap;
use sbx_core::{Page, RuntimeType, Snapshot};
use sbx_vfs::{Digest, Recorded, SavedObject, Tree};

use crate::contents::{NewContent, pack_contents};
use crate::error::{Error, Result};
use crate::format::RecordRef;
use crate::format::record::{MAX_LINKS, Record};
use crate::pack::{Finished, Object, Packer, Packers};
use crate::random;
use crate::state::{InterpreterState, SessionState};
use crate::stored::{Frame, PagePlace, Stored, StoredContent, StoredInterpreter};
use crate::write::{Place, Writer};

/// Live bytes under which an object is worth emptying, whatever its size.
const SMALL_REST: u64 = 32 << 10;
/// Stored bytes that one turn moves out of more than one object: the rest waits for the next full record.
const MAX_MOVED: u64 = 1 << 20;

/// The state that is stored already.
#[derive(Clone, Copy)]
pub(crate) struct Previous<'a> {
    pub(crate) state: &'a SessionState,
    pub(crate) stored: &'a Stored,
}

/// What to store of interpreters.
#[derive(Clone, Copy)]
pub(crate) enum Interpreters<'a> {
    /// These, and no others.
    Given(&'a BTreeMap<RuntimeType, InterpreterState>),
    /// Those that are stored already, as they are.
    Untouched,
}

/// A state to store.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) base: &'a Tree,
    pub(crate) interpreters: Interpreters<'a>,
}

/// Objects to write, in this order, before anybody is told of the last one's record.
pub(crate) struct Encoded {
    pub(crate) objects: Vec<Object>,
    pub(crate) stored: Stored,
}

/// What becomes of one interpreter.
struct Plan<'a> {
    runtime: RuntimeType,
    /// As it will be stored; its pages are still those of before, less what is gone.
    next: StoredInterpreter,
    /// Whether `next.pages` began with none.
    is_full: bool,
    /// Pages to store.
    fresh: BTreeMap<u32, &'a Page>,
    gone: Vec<u32>,
    /// The memory itself, if it is at hand.
    snapshot: Option<&'a Snapshot>,
}

/// Encodes a state.
pub(crate) fn encode(input: Input<'_>, previous: Option<Previous<'_>>, packers: &Packers) -> Result<Encoded> {
    let same_base = match previous {
        Some(previous) => is_same(&previous.state.base, input.base)?,
        None => false,
    };
    let mut plans = plan_interpreters(input, previous);
    let stored_pages = previous.map_or(0, |previous| previous.stored.pages_since_full);
    let fresh_pages = plans.iter().map(|plan| plan.fresh.len() as u64).sum::<u64>();
    let all_pages = plans.iter().map(|plan| plan.next.pages.len() as u64).sum::<u64>() + fresh_pages;
    let chain = previous.filter(|previous| {
        let outweighs = stored_pages + fresh_pages > all_pages / 2 && fresh_pages > 0;
        same_base && previous.stored.link < MAX_LINKS && !outweighs
    });
    let recorded = match chain {
        Some(chain) => input.tree.record_since(&chain.state.tree, input.base)?,
        None => input.tree.record(input.base)?,
    };
    let known = previous.map(|previous| &previous.stored.contents);
    let known = known.cloned().unwrap_or_default();
    let emptied =
        if chain.is_none() { worn_out(previous, &plans, &recorded, &known) } else { BTreeSet::new() };
    if !emptied.is_empty() {
        plans.iter_mut().for_each(|plan| plan.refresh(&emptied));
    }
    let mut packer = Packer::new(packers)?;
    let mut pages = Vec::new();
    for plan in &plans {
        let mut places = BTreeMap::new();
        for (number, page) in &plan.fresh {
            let (frame, slot) = packer.page(page.bytes())?;
            places.insert(*number, Place::New { frame, at: slot });
        }
        pages.push(places);
    }
    packer.close_frame()?;
    let contents = pack_contents(&mut packer, &recorded.contents, &known, &emptied)?;
    packer.close_frame()?;
    finish(Draft { plans, pages, recorded, contents, known }, chain, packer)
}

/// Everything that is decided and packed.
struct Draft<'a> {
    plans: Vec<Plan<'a>>,
    /// Where the fresh pages of each plan are.
    pages: Vec<BTreeMap<u32, Place>>,
    recorded: Recorded,
    contents: Vec<NewContent>,
    known: OrdMap<Digest, Arc<StoredContent>>,
}

fn finish(draft: Draft<'_>, chain: Option<Previous<'_>>, packer: Packer) -> Result<Encoded> {
    let Draft { plans, pages, recorded, contents, known } = draft;
    let mut writer = Writer::new(packer.objects(), packer.frames());
    let mut interpreters = Vec::new();
    for (plan, fresh) in plans.iter().zip(&pages) {
        interpreters.push(writer.interpreter(
            plan.runtime,
            &plan.next,
            plan.is_full || chain.is_none(),
            (fresh, &plan.gone),
        ));
    }
    let mut refs = Vec::new();
    for content in &contents {
        if chain.is_none() || !content.is_known {
            refs.push(writer.content(content.digest, content.len, &content.pieces));
        }
    }
    if let Some(chain) = chain {
        writer.need(&chain.stored.objects);
    }
    let link = chain.map_or(0, |chain| chain.stored.link.saturating_add(1));
    let (objects, frames) = writer.finish();
    let record = Record {
        nonce: random::bytes(),
        link,
        base: chain.map(|chain| chain.stored.record.clone()),
        objects,
        frames,
        tree: recorded.record,
        contents: refs,
        interpreters,
    };
    let raw =
        postcard::to_stdvec(&record).map_err(|error| Error::corrupt("the new state", error.to_string()))?;
    let packed = packer.frames().to_vec();
    let Finished { objects, record: (stored, raw, digest) } = packer.finish(&raw)?;
    let Some(own) = objects.last() else { return Err(Error::corrupt("the new state", "it has no object")) };
    let reference = RecordRef { object: own.digest, bytes: own.bytes.len() as u64, stored, raw, digest };
    // Now that the objects have names, places can be told to whom comes next.
    let new_frames: Vec<Arc<Frame>> = packed
        .iter()
        .filter_map(|frame| {
            let Object { digest: object, bytes } = objects.get(frame.object)?;
            let (object, object_bytes) = (*object, bytes.len() as u64);
            let (offset, stored, raw, digest) = (frame.offset, frame.stored, frame.raw, frame.digest);
            Some(Arc::new(Frame { object, object_bytes, offset, stored, raw, digest }))
        })
        .collect();
    let resolve = |place: &Place| match place {
        Place::Known { frame, at } => Some((Arc::clone(frame), *at)),
        Place::New { frame, at } => new_frames.get(*frame).map(|frame| (Arc::clone(frame), *at)),
    };
    let mut needed: OrdMap<Digest, u64> =
        record.objects.iter().map(|object| (Digest::from_bytes(object.digest), object.bytes)).collect();
    needed.extend(objects.iter().map(|object| (object.digest, object.bytes.len() as u64)));
    let mut all_contents = if chain.is_some() { known } else { OrdMap::new() };
    for content in contents {
        let pieces = content.pieces.iter().filter_map(resolve).collect();
        all_contents.insert(content.digest, Arc::new(StoredContent { len: content.len, pieces }));
    }
    let mut pages_since_full = chain.map_or(0, |chain| chain.stored.pages_since_full);
    let mut stored_interpreters = BTreeMap::new();
    for (plan, fresh) in plans.into_iter().zip(&pages) {
        let mut next = plan.next;
        for (number, place) in fresh {
            if let Some((frame, slot)) = resolve(place) {
                next.pages.insert(*number, PagePlace { frame, slot });
            }
        }
        pages_since_full += if chain.is_some() { fresh.len() as u64 } else { 0 };
        stored_interpreters.insert(plan.runtime, next);
    }
    let stored = Stored {
        record: reference,
        link,
        pages_since_full,
        objects: needed,
        contents: all_contents,
        interpreters: stored_interpreters,
    };
    Ok(Encoded { objects, stored })
}

fn plan_interpreters<'a>(input: Input<'a>, previous: Option<Previous<'a>>) -> Vec<Plan<'a>> {
    let before = |runtime: &RuntimeType| {
        let previous = previous?;
        let snapshot = previous.state.interpreters.get(runtime).map(|state| &state.snapshot);
        Some((previous.stored.interpreters.get(runtime)?, snapshot))
    };
    match input.interpreters {
        Interpreters::Given(given) => {
            let plan = |(runtime, state): (&RuntimeType, &'a InterpreterState)| {
                Plan::new(*runtime, state, input.base, before(runtime))
            };
            given.iter().map(plan).collect()
        }
        Interpreters::Untouched => {
            let stored = previous.map(|previous| &previous.stored.interpreters);
            let stored = stored.into_iter().flatten();
            stored.map(|(runtime, stored)| Plan::untouched(*runtime, stored, input.tree)).collect()
        }
    }
}

impl<'a> Plan<'a> {
    fn new(
        runtime: RuntimeType,
        state: &'a InterpreterState,
        base: &Tree,
        before: Option<(&StoredInterpreter, Option<&'a Snapshot>)>,
    ) -> Self {
        let snapshot = &state.snapshot;
        let mut next = StoredInterpreter {
            image: snapshot.image().clone(),
            memory_bytes: snapshot.memory_bytes(),
            machine: snapshot.machine(),
            pages: OrdMap::new(),
            descriptors: state.descriptors.clone().to_relative(base),
        };
        let mut plan_fresh = BTreeMap::new();
        let mut gone = Vec::new();
        let mut is_full = true;
        match before {
            Some((stored, Some(older))) if stored.image == next.image && older.image() == &next.image => {
                is_full = false;
                next.pages = stored.pages.clone();
                for (number, page) in older.changes(snapshot) {
                    let known =
                        next.pages.contains_key(&number).then(|| older.pages().get(&number)).flatten();
                    match page {
                        // Written to, and still the same.
                        Some(page) if known.is_some_and(|known| known.bytes() == page.bytes()) => {}
                        Some(page) => drop(plan_fresh.insert(number, page)),
                        None => gone.push(number),
                    }
                }
                for number in &gone {
                    next.pages.remove(number);
                }
            }
            _ => plan_fresh.extend(snapshot.pages().iter().map(|(number, page)| (*number, page))),
        }
        Self { runtime, next, is_full, fresh: plan_fresh, gone, snapshot: Some(snapshot) }
    }

    fn untouched(runtime: RuntimeType, stored: &StoredInterpreter, tree: &Tree) -> Self {
        let mut next = stored.clone();
        next.descriptors.descriptors.retain(|descriptor| match &descriptor.object {
            // What was removed beside a sleeping interpreter is closed in it.
            SavedObject::Path(path, _) => tree.exists(path),
            SavedObject::Stream(_) | SavedObject::Orphan(..) | _ => true,
        });
        Self { runtime, next, is_full: false, fresh: BTreeMap::new(), gone: Vec::new(), snapshot: None }
    }

    /// Stores again what is in objects that are to be emptied.
    fn refresh(&mut self, emptied: &BTreeSet<Digest>) {
        let Some(snapshot) = self.snapshot else { return };
        for (number, place) in &self.next.pages {
            if emptied.contains(&place.frame.object)
                && let Some(page) = snapshot.pages().get(number)
            {
                self.fresh.entry(*number).or_insert(page);
            }
        }
    }
}

/// The objects of which so little is still needed that it is better stored again.
fn worn_out(
    previous: Option<Previous<'_>>,
    plans: &[Plan<'_>],
    recorded: &Recorded,
    known: &OrdMap<Digest, Arc<StoredContent>>,
) -> BTreeSet<Digest> {
    let Some(previous) = previous else { return BTreeSet::new() };
    let mut live: BTreeMap<Digest, u64> = BTreeMap::new();
    let mut count = |frame: &Frame, raw: u64| {
        let share = u64::from(frame.stored) * raw / u64::from(frame.raw.max(1));
        *live.entry(frame.object).or_default() += share;
    };
    for plan in plans {
        for (number, place) in &plan.next.pages {
            if !plan.fresh.contains_key(number) {
                count(&place.frame, sbx_core::PAGE_BYTES as u64);
            }
        }
    }
    for content in recorded.contents.iter().filter_map(|content| known.get(&content.digest())) {
        let is_alone = content.pieces.len() == 1;
        for (frame, _) in &content.pieces {
            count(frame, if is_alone { content.len } else { u64::from(frame.raw) });
        }
    }
    let total = |object: &Digest| previous.stored.objects.get(object).copied().unwrap_or_default();
    let is_worn =
        |(object, live): &(Digest, u64)| *live < SMALL_REST || live.saturating_mul(4) < total(object);
    let mut worn: Vec<(Digest, u64)> = live.into_iter().filter(is_worn).collect();
    worn.sort_by_key(|(object, live)| (*live, *object));
    let mut moved = 0;
    let mut emptied = BTreeSet::new();
    for (object, live) in worn {
        moved += live;
        if moved > MAX_MOVED && !emptied.is_empty() {
            break;
        }
        emptied.insert(object);
    }
    emptied
}

/// Whether two bases are the same, so that a change over one is a change over the other.
fn is_same(a: &Tree, b: &Tree) -> Result<bool> {
    Ok(b.record_since(a, a)?.record.is_empty())
}
