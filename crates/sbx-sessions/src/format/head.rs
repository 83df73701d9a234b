//! The head of a session.

use std::collections::BTreeMap;

use sbx_core::{Ending, GuestPath, RuntimeType};
use sbx_vfs::Digest;
use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::error::{Error, Result};
use crate::id::SessionId;

/// The format of heads that this release writes, and the only one that it reads.
const FORMAT: u64 = 1;
/// Bytes of the largest head: one of a thousand turns has under one MiB.
const MAX_HEAD_BYTES: usize = 16 << 20;
/// Turns of the longest history.
pub(crate) const MAX_TURNS: usize = 10_000;

/// What a session is, but for the bytes that its turns refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) format: u64,
    pub(crate) id: SessionId,
    /// New with each write, so that a writer who got no answer can tell whether it was their write.
    pub(crate) revision: String,
    pub(crate) created_ms: u64,
    pub(crate) updated_ms: u64,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) workspace: GuestPath,
    /// Oldest first; numbers rise and may have gaps only before the first.
    pub(crate) turns: Vec<HeadTurn>,
    /// The latest good state; `None` only for a head that has been deleted.
    pub(crate) latest: Option<Latest>,
    /// Every object that a turn in `turns`, or the latest state, needs.
    pub(crate) objects: BTreeMap<Digest, ObjectUse>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forked_from: Option<ForkedFrom>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lease: Option<Lease>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted: Option<Deleted>,
}

/// One turn, and the state after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeadTurn {
    pub(crate) entry: TurnEntry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<RecordRef>,
}

/// What the log of a session says about one turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TurnEntry {
    /// Its number: 0 is the beginning, the first turn is 1.
    pub turn: u64,
    /// When it ended, milliseconds since 1970.
    pub at_ms: u64,
    /// The language, if a program ran.
    pub runtime: Option<RuntimeType>,
    /// How the program stopped, if one ran.
    pub ending: Option<Ending>,
    /// Whether it did what it set out to.
    pub success: bool,
    /// Whether there is a state of it to go back to; a turn without was rolled back.
    pub kept: bool,
    /// The hash of the program, if one ran.
    pub code_hash: Option<String>,
    /// Instructions used.
    pub fuel: u64,
    /// Wall clock, milliseconds.
    pub duration_ms: u64,
    /// What else there is to say: `created`, `files written`, `rewound to turn 3`.
    pub note: Option<String>,
}

/// The latest good state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Latest {
    /// The turn that it is the state after.
    pub(crate) turn: u64,
    pub(crate) record: RecordRef,
}

/// How long an object is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectUse {
    pub(crate) bytes: u64,
    /// The first turn whose state needs it.
    pub(crate) first: u64,
    /// The last turn whose state may need it.
    pub(crate) last: u64,
}

/// Where a session comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ForkedFrom {
    /// The session that it was forked from.
    pub session: SessionId,
    /// The turn of that session whose state it began with.
    pub turn: u64,
}

/// The right to change a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lease {
    pub(crate) holder: Holder,
    /// When it was taken or renewed last, milliseconds since 1970 by the holder's clock.
    pub(crate) renewed_ms: u64,
    pub(crate) expires_ms: u64,
}

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holder {
    /// A hash of the machine's boot and process namespace, where those are known.
    pub(crate) host: Option<String>,
    pub(crate) pid: u32,
    /// When the process started, as the system counts it.
    pub(crate) started: Option<u64>,
    /// Tells this lease from all others.
    pub(crate) nonce: String,
}

/// The mark of a session that has been deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deleted {
    pub(crate) at_ms: u64,
    /// Since when somebody is about to remove the head itself.
    pub(crate) condemned_ms: Option<u64>,
}

impl Head {
    /// A head without turns.
    pub(crate) fn new(id: SessionId, now_ms: u64, workspace: GuestPath) -> Self {
        Self {
            format: FORMAT,
            id,
            revision: String::new(),
            created_ms: now_ms,
            updated_ms: now_ms,
            labels: BTreeMap::new(),
            workspace,
            turns: Vec::new(),
            latest: None,
            objects: BTreeMap::new(),
            forked_from: None,
            lease: None,
            deleted: None,
        }
    }

    /// Reads what is stored under the key of session `key_part`.
    pub(crate) fn parse(bytes: &[u8], key_part: &str) -> Result<Self> {
        let what = format!("the head of session {key_part}");
        let head = Self::parse_any(bytes, &what)?;
        if head.id.key_part() != key_part {
            return Err(Error::corrupt(what, format!("it is that of session {:?}", head.id)));
        }
        Ok(head)
    }

    /// Reads a head from anywhere.
    pub(crate) fn parse_any(bytes: &[u8], what: &str) -> Result<Self> {
        let bad = |problem: String| Error::corrupt(what, problem);
        if bytes.len() > MAX_HEAD_BYTES {
            return Err(bad(format!("it has {} bytes, over the limit of {MAX_HEAD_BYTES}", bytes.len())));
        }
        let newer = |format| Error::NewerFormat { what: what.to_owned(), format };
        let head: Self = match serde_json::from_slice(bytes) {
            Ok(head) => head,
            Err(error) => {
                // A later release may have fields that this one does not know.
                let format = serde_json::from_slice::<FormatOnly>(bytes).map(|only| only.format);
                let is_newer = format.ok().filter(|format| *format > FORMAT);
                return Err(is_newer.map_or_else(|| bad(error.to_string()), newer));
            }
        };
        if head.format != FORMAT {
            return Err(newer(head.format));
        }
        head.check().map_err(|problem| bad(problem.to_owned()))?;
        Ok(head)
    }

    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let too_large = |problem: String| Error::TooLarge { id: self.id.clone(), problem };
        let bytes = serde_json::to_vec(self).map_err(|error| too_large(error.to_string()))?;
        if bytes.len() > MAX_HEAD_BYTES {
            return Err(too_large(format!("its head has {} bytes", bytes.len())));
        }
        Ok(bytes)
    }

    /// The invariants that the types do not say.
    fn check(&self) -> Result<(), &'static str> {
        if self.turns.len() > MAX_TURNS {
            return Err("it has too many turns");
        }
        if self.deleted.is_some() {
            let is_empty = self.turns.is_empty() && self.latest.is_none() && self.objects.is_empty();
            return if is_empty { Ok(()) } else { Err("it is deleted and still has turns") };
        }
        let Some(latest) = &self.latest else { return Err("it has no latest state") };
        let rises = self.turns.is_sorted_by(|a, b| a.entry.turn < b.entry.turn);
        if !rises || self.last_turn() == u64::MAX {
            return Err("its turns are out of order");
        }
        if latest.turn > self.last_turn() {
            return Err("its latest state is from a turn that has not been");
        }
        if self.turns.iter().any(|turn| turn.entry.kept != turn.record.is_some()) {
            return Err("a turn is kept without a record, or has one without being kept");
        }
        let records = self.turns.iter().filter_map(|turn| turn.record.as_ref());
        for record in records.chain([&latest.record]) {
            if self.objects.get(&record.object).is_none_or(|object| object.bytes != record.bytes) {
                return Err("it does not list an object that it needs");
            }
        }
        let total = self.objects.values().try_fold(0_u64, |sum, object| sum.checked_add(object.bytes));
        if total.is_none() { Err("its sizes are not possible") } else { Ok(()) }
    }

    /// The number of its last turn, good or not.
    pub(crate) fn last_turn(&self) -> u64 {
        self.turns.last().map_or(0, |turn| turn.entry.turn)
    }

    /// Bytes of all objects that it needs, some of which other sessions may need too.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.objects.values().map(|object| object.bytes).sum()
    }

    /// The record of the state after `turn`, or after the latest good one.
    pub(crate) fn record_of(&self, turn: Option<u64>) -> Result<(u64, RecordRef)> {
        let no_such = |turn, problem| Error::NoSuchTurn { id: self.id.clone(), turn, problem };
        let Some(turn) = turn else {
            let latest = self.latest.as_ref().ok_or_else(|| Error::NotFound { id: self.id.clone() })?;
            return Ok((latest.turn, latest.record.clone()));
        };
        let found = self.turns.iter().find(|entry| entry.entry.turn == turn);
        match found {
            Some(HeadTurn { record: Some(record), .. }) => Ok((turn, record.clone())),
            Some(_) => {
                Err(no_such(turn, "it failed and was rolled back, so that it has no state of its own"))
            }
            None if turn > self.last_turn() => Err(no_such(turn, "it has not been yet")),
            None => Err(no_such(turn, "it is no longer kept")),
        }
    }

    /// Adds a turn whose state is `record`, or which has none. `needs` are the objects of the state that is the
    /// latest one afterwards.
    pub(crate) fn push<'a>(
        &mut self,
        entry: TurnEntry,
        record: Option<RecordRef>,
        needs: impl Iterator<Item = (&'a Digest, &'a u64)>,
    ) {
        let turn = entry.turn;
        self.updated_ms = entry.at_ms.max(self.updated_ms);
        for (digest, bytes) in needs {
            let used =
                self.objects.entry(*digest).or_insert(ObjectUse { bytes: *bytes, first: turn, last: turn });
            used.last = turn;
        }
        if let Some(record) = &record {
            self.latest = Some(Latest { turn, record: record.clone() });
        }
        self.turns.push(HeadTurn { entry, record });
    }

    /// Forgets turns until there are at most `max`, and the objects that only they needed.
    pub(crate) fn trim(&mut self, max: usize) {
        let surplus = self.turns.len().saturating_sub(max.clamp(1, MAX_TURNS));
        if surplus > 0 {
            self.turns.drain(..surplus);
            let oldest = self.turns.first().map_or(0, |turn| turn.entry.turn);
            self.objects.retain(|_digest, object| object.last >= oldest);
        }
    }

    /// What the state after `turn` needs, and maybe more.
    pub(crate) fn needs_of(&self, turn: u64) -> Vec<(Digest, u64)> {
        let needed = self.objects.iter().filter(|(_, object)| object.first <= turn && turn <= object.last);
        needed.map(|(digest, object)| (*digest, object.bytes)).collect()
    }

    /// The head of a session that begins as this one was after `turn`.
    pub(crate) fn fork(&self, id: SessionId, turn: Option<u64>, now_ms: u64) -> Result<Self> {
        let (at, record) = self.record_of(turn)?;
        // Failed turns after the latest good one belong to the history, unless a turn was asked for.
        let until = if turn.is_some() { at } else { self.last_turn() };
        let mut turns = self.turns.clone();
        turns.retain(|turn| turn.entry.turn <= until);
        let mut objects = self.objects.clone();
        objects.retain(|_digest, object| object.first <= until);
        objects.values_mut().for_each(|object| object.last = object.last.min(until));
        Ok(Self {
            labels: self.labels.clone(),
            turns,
            latest: Some(Latest { turn: at, record }),
            objects,
            forked_from: Some(ForkedFrom { session: self.id.clone(), turn: at }),
            ..Self::new(id, now_ms, self.workspace.clone())
        })
    }

    /// The mark that is left of it.
    pub(crate) fn tombstone(&self, now_ms: u64) -> Self {
        let deleted = Some(Deleted { at_ms: now_ms, condemned_ms: None });
        Self {
            deleted,
            updated_ms: now_ms,
            ..Self::new(self.id.clone(), self.created_ms, self.workspace.clone())
        }
    }
}

/// The one field that every format of a head has.
#[derive(Deserialize)]
struct FormatOnly {
    format: u64,
}
