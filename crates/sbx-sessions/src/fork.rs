//! Sessions that begin where another one is: heads that name the same objects.

use std::collections::BTreeSet;

use sbx_storage::Expect;

use crate::error::{Error, Result};
use crate::event::event;
use crate::format::Head;
use crate::heads::{self, Versioned};
use crate::id::SessionId;
use crate::lease::Claim;
use crate::store::SessionStore;

impl SessionStore {
    /// Makes sessions that begin as session `id` was after `turn`, or is now. They have its history up to there; only
    /// heads are written. If one of them cannot be made, none is. The session itself may be in use.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoSuchTurn`], [`Error::Exists`], [`Error::NotAUuid`], [`Error::Storage`].
    pub async fn fork(&self, id: &SessionId, turn: Option<u64>, new_ids: &[SessionId]) -> Result<()> {
        let found = self.read(id).await?;
        self.fork_head(&found.head, turn, new_ids, None).await.map(drop)
    }

    /// Writes the heads of forks, with leases for `claims` if there are any.
    pub(crate) async fn fork_head(
        &self,
        parent: &Head,
        turn: Option<u64>,
        new_ids: &[SessionId],
        claims: Option<&[Claim]>,
    ) -> Result<Vec<Versioned>> {
        let mut seen = BTreeSet::new();
        for id in new_ids {
            self.admit(id)?;
            if !seen.insert(id) {
                return Err(Error::Exists { id: id.clone() });
            }
        }
        let mut made: Vec<Versioned> = Vec::new();
        for (idx, id) in new_ids.iter().enumerate() {
            let claim = claims.and_then(|claims| claims.get(idx));
            match self.fork_one(parent, turn, id, claim).await {
                Ok(head) => made.push(head),
                Err(error) => {
                    self.unmake(made).await;
                    return Err(error);
                }
            }
        }
        for fork in &made {
            event!("session.created", session_id = %fork.head.id, forked_from = %parent.id);
        }
        Ok(made)
    }

    async fn fork_one(
        &self,
        parent: &Head,
        turn: Option<u64>,
        id: &SessionId,
        claim: Option<&Claim>,
    ) -> Result<Versioned> {
        let now_ms = self.clock.now_ms();
        let mut head = parent.fork(id.clone(), turn, now_ms)?;
        head.lease = claim.map(|claim| claim.lease(now_ms, self.lease));
        let expect = self.vacancy(id).await?;
        self.put_new(head, expect).await
    }

    /// Takes back forks that are not to be, as far as that can be done.
    async fn unmake(&self, made: Vec<Versioned>) {
        for Versioned { head, version } in made {
            let tombstone = head.tombstone(self.clock.now_ms());
            if heads::write(&*self.storage, tombstone, Expect::Version(version)).await.is_err() {
                tracing::warn!(target: crate::event::TARGET, session_id = %head.id, "a half-made fork is left behind");
            }
        }
    }
}
