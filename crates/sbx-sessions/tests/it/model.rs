//! Random histories, compared with a list of what each state was.

use proptest::prelude::*;
use sbx_sessions::{Held, SessionState, SessionStore, TurnSummary};
use sbx_storage::Operation;
use sbx_storage::testing::Fault;
use sbx_vfs::Quota;

use crate::common::*;

/// One thing to do.
#[derive(Debug, Clone)]
enum Op {
    /// Writes a file and pages.
    Turn {
        file: u8,
        bytes: u16,
        pages: Vec<u8>,
        gone: u8,
    },
    /// Removes a file and forgets the interpreter, or begins another one.
    Clear {
        file: u8,
    },
    Failed,
    Flush,
    /// To a turn that was, counted from the last.
    Rewind(u8),
    /// Goes on in a fork.
    Fork,
    /// Gives it back and opens it again.
    Reopen,
    Sweep,
    /// One of the next operations of the storage fails, before or after it took effect.
    Fault {
        skip: u8,
        late: bool,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let pages = proptest::collection::vec(any::<u8>(), 0..12);
    prop_oneof![
        6 => (0..4_u8, 0..3_000_u16, pages, any::<u8>())
            .prop_map(|(file, bytes, pages, gone)| Op::Turn { file, bytes, pages, gone }),
        1 => (0..4_u8).prop_map(|file| Op::Clear { file }),
        1 => Just(Op::Failed),
        4 => Just(Op::Flush),
        2 => any::<u8>().prop_map(Op::Rewind),
        1 => Just(Op::Fork),
        2 => Just(Op::Reopen),
        1 => Just(Op::Sweep),
        1 => (0..6_u8, any::<bool>()).prop_map(|(skip, late)| Op::Fault { skip, late }),
    ]
}

/// A session and what it should be.
struct Model {
    store: SessionStore,
    storage: Storage,
    held: Held,
    /// The state after each turn; nothing for those that failed.
    history: Vec<Option<Facts>>,
    n_forks: u32,
    seed: u64,
}

impl Model {
    fn new() -> Self {
        let (store, storage, _) = store();
        let begin = with_memory(SessionState::new(base()), snapshot((0..30).map(|n| (n, u64::from(n)))));
        let held = create(&store, "s", begin.clone());
        Self { store, storage, held, history: vec![Some(facts(&begin))], n_forks: 0, seed: 0 }
    }

    fn stage(&mut self, next: SessionState) {
        self.history.push(Some(facts(&next)));
        self.held.stage(TurnSummary::new(), Some(next));
    }

    /// Flushes until it works: faults strike once.
    fn flush(&mut self) {
        for _ in 0..8 {
            match block_on(self.held.flush()) {
                Ok(()) => return,
                Err(error) => assert_eq!(error.code(), "storage.unavailable"),
            }
        }
        panic!("it never works again");
    }

    fn run(&mut self, op: Op) {
        self.seed += 1;
        let state = self.held.state().clone();
        match op {
            Op::Turn { file, bytes, pages, gone } => {
                let mut next = put(state, &format!("f{file}"), &noise(self.seed, bytes.into()));
                if let Some(interpreter) = next.interpreters.values().next() {
                    let older = interpreter.snapshot.clone();
                    let changed = pages.into_iter().map(|page| (u32::from(page), self.seed));
                    next = remember(next, touch(&older, changed, &[gone.into()]));
                }
                self.stage(next);
            }
            Op::Clear { file } => {
                let mut next = state;
                // Nothing there is nothing to remove.
                next.tree.edit(Quota::default(), 1).remove(&path(&format!("f{file}")), true).ok();
                if next.interpreters.is_empty() {
                    next = with_memory(next, snapshot([(7, self.seed)]));
                } else {
                    next.interpreters.clear();
                    next.tree.drop_orphans();
                }
                self.stage(next);
            }
            Op::Failed => {
                self.history.push(None);
                self.held.stage(TurnSummary::default(), None);
            }
            Op::Flush => self.flush(),
            Op::Rewind(back) => {
                self.flush();
                self.storage.heal();
                let turn = self.history.len() - 1 - usize::from(back) % self.history.len();
                let rewound = block_on(self.held.rewind(turn as u64));
                match self.history[turn].is_some() {
                    true => {
                        rewound.unwrap();
                        let then =
                            block_on(self.store.state(self.held.id(), Some(turn as u64), &base())).unwrap();
                        self.history.push(Some(facts(&then)));
                    }
                    false => assert_eq!(rewound.unwrap_err().code(), "session.no_such_turn"),
                }
            }
            Op::Fork => {
                self.flush();
                self.storage.heal();
                self.n_forks += 1;
                let name = id(&format!("fork-{}", self.n_forks));
                self.held = block_on(self.held.fork(&[name])).unwrap().remove(0);
            }
            Op::Reopen => {
                self.flush();
                let name = self.held.id().clone();
                self.storage.heal();
                block_on(self.held.renew()).unwrap();
                // Dropped, not released: the next one takes it over.
                let (other, ..) = store();
                self.held = create(&other, "placeholder", SessionState::new(base()));
                self.held = block_on(self.store.open(&name, &base())).unwrap();
            }
            Op::Sweep => {
                self.flush();
                self.storage.heal();
                let swept = block_on(self.store.sweep(std::time::Duration::ZERO, false)).unwrap();
                assert!(swept.errors.is_empty() && swept.unreadable.is_empty());
            }
            Op::Fault { skip, late } => {
                let fault = if late { Fault::after() } else { Fault::before() };
                // Not where the test itself reads files.
                let fault = if skip % 2 == 0 { fault.on(Operation::Write) } else { fault.under("sessions/") };
                self.storage.add(fault.skip((skip / 2).into()).times(1));
            }
        }
    }

    fn check(&mut self) {
        self.storage.heal();
        let latest = self.history.iter().rev().flatten().next().unwrap();
        assert_eq!(&facts(self.held.state()), latest);
        self.flush();
        assert_eq!(self.held.turns().len(), self.history.len());
        for (turn, expected) in self.history.iter().enumerate() {
            let found = block_on(self.store.state(self.held.id(), Some(turn as u64), &base()));
            match expected {
                Some(expected) => assert_eq!(&facts(&found.unwrap()), expected, "turn {turn}"),
                None => assert_eq!(found.unwrap_err().code(), "session.no_such_turn", "turn {turn}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_every_turn_is_what_it_was(ops in proptest::collection::vec(op(), 1..60)) {
        let mut model = Model::new();
        for op in ops {
            model.run(op);
        }
        model.check();
    }
}
