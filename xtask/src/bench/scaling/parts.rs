//! The parts of the report: what grows, which costs are drawn, and what was found where they bend.

use crate::bench::units::Unit;

/// Something that grows.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What is measured, in a sentence.
    pub(super) what: &'static str,
    /// What the sizes are.
    pub(super) size: &'static str,
    pub(super) size_unit: Unit,
    pub(super) charts: &'static [Chart],
    /// What was found, in paragraphs.
    pub(super) found: &'static str,
}

/// Costs of one unit, drawn together.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) unit: Unit,
    pub(super) axis: &'static str,
    /// The name in the measurements, and the name for readers.
    pub(super) costs: &'static [(&'static str, &'static str)],
}

pub(super) const PARTS: [Part; 6] = [
    Part {
        id: "live",
        title: "Sandboxes that are live at once",
        what: "1 to 2,000 sandboxes in one process, each with an interpreter (numpy and pandas imported) that waits for its \
               next turn; turns and fresh runs are on two threads",
        size: "live sandboxes",
        size_unit: Unit::Count,
        charts: &[
            Chart {
                id: "live-rate",
                title: "Runs a second beside live sandboxes, two threads",
                unit: Unit::PerSecond,
                axis: "runs a second",
                costs: &[
                    ("turns_per_second", "turns of all in turn"),
                    ("fresh_per_second", "fresh runs beside"),
                ],
            },
            Chart {
                id: "live-memory",
                title: "Memory of a live sandbox",
                unit: Unit::Bytes,
                axis: "bytes for each",
                costs: &[
                    ("address_space", "address space"),
                    ("memory", "private memory"),
                    ("page_tables", "page tables"),
                ],
            },
            Chart {
                id: "live-open",
                title: "Opening a sandbox, with its first turn",
                unit: Unit::Time,
                axis: "time for each",
                costs: &[("open", "open and first turn")],
            },
            Chart {
                id: "live-kernel",
                title: "What the process holds of the kernel",
                unit: Unit::Count,
                axis: "number",
                costs: &[("mappings", "memory mappings"), ("descriptors", "descriptors")],
            },
        ],
        found: "A live sandbox is four memory mappings, a reservation of 4.4 GB of address space, some 0.9 MB of private memory and 0.15 MB \
                of page tables, and no descriptor: all of it linear, and nothing of it shared that would have to be searched. So \
                the limits are the machine's. `vm.max_map_count`, 65,530 unless it was raised, ends it at some 16,000 live sandboxes in \
                a process; the 128 TiB of address space of a process at some 30,000; 24 GB of memory at some 22,000. Opening one \
                that stays is dearer than a fresh run: up to 256 regions are kept for the next run, and whoever takes more maps \
                a new one and takes a page fault for each page that it touches.\n\n\
                Turns become slower until some fifty sandboxes take them in turn, and no further, while fresh runs beside any \
                number of them do not: so it is not the number that costs. A turn touches most of the private memory of its \
                sandbox, which was last touched as many turns ago as there are sandboxes, and from some ten on lies in the \
                processor's caches no more (most likely; the machine has no counters that would show it). The single sandbox \
                of the first point runs on one thread.",
    },
    Part {
        id: "waiting",
        title: "Programs that run at once on two threads",
        what: "1 to 2,000 programs that are in the middle of a run, as tasks of one executor with two threads: `sum` over 20,000 \
               numbers, or `time.sleep`",
        size: "programs at once",
        size_unit: Unit::Count,
        charts: &[
            Chart {
                id: "waiting-rate",
                title: "Runs a second with programs in the middle of a run",
                unit: Unit::PerSecond,
                axis: "runs a second",
                costs: &[
                    ("active_per_second", "all computing"),
                    ("fresh_beside_sleepers", "fresh beside sleepers"),
                ],
            },
            Chart {
                id: "waiting-sleep",
                title: "Programs that each sleep 0.3 s, at once",
                unit: Unit::Time,
                axis: "until the last has ended",
                costs: &[("sleepers", "all of them")],
            },
        ],
        found: "A program that sleeps holds no thread, and costs the others nothing. Programs that compute at once are as fast as one after \
                the other until there are some ten of them, then about half as fast, and no slower with more. Two things bend the line. A program \
                gives way to the others every million instructions and comes back to caches that they have used (most likely; \
                the machine has no counters that would show it). And what is in the middle of a run at once beyond the regions \
                that are kept for the next run maps its memory anew, takes some 250 page faults, and is unmapped in the end. \
                Sixteen regions were kept once; now it is up to 256, in this measurement within the 128 MiB that sixteen of the \
                largest had; since then within 8 MiB for each processor. With 50 programs at once that took the kernel's share of the processor's time from 32 to 19 % (`perf`), and 50 that sleep \
                0.3 s ended after 0.34 s in place of 0.40. Where all compute, let no more of them begin at once than there are \
                threads: a semaphore does.",
    },
    Part {
        id: "state",
        title: "The state of a session",
        what: "a session in memory whose interpreter holds 0.1 to 200 MB of bytes that no compressor makes smaller, the worst \
               case",
        size: "state",
        size_unit: Unit::Bytes,
        charts: &[
            Chart {
                id: "state-time",
                title: "Turns, forks and waking, by the size of the state",
                unit: Unit::Time,
                axis: "time",
                costs: &[
                    ("small_turn", "small turn"),
                    ("all_pages_written", "turn that writes all"),
                    ("wake", "wake and small turn"),
                    ("first_turn_of_fork", "first turn of a fork"),
                    ("fork", "fork"),
                ],
            },
            Chart {
                id: "state-stored",
                title: "Stored bytes, by the size of the state",
                unit: Unit::Bytes,
                axis: "bytes stored",
                costs: &[("stored", "for the state, once"), ("stored_for_a_turn", "for a small turn")],
            },
        ],
        found: "A turn is stored as the pages that changed, so its bytes do not depend on the state. Its time does: every page that the \
                interpreter has written since it was woken is compared with the one stored before (4 KiB at memory's speed, \
                `Capture::take_page` in `sbx-host`), which is all of the state. Below a megabyte or so the fixed costs of a turn \
                hide it. What would change it is a kernel that tells which pages were written since the last turn: write protection through \
                `userfaultfd` with `PAGEMAP_SCAN`. A fork is a new head that names the same pages; its first turn copies them \
                into a new interpreter, and waking decompresses them first. What an interpreter has freed still holds bytes \
                and is stored as well: a table that is built from three copies of itself stores all three.",
    },
    Part {
        id: "store",
        title: "Sessions in a store",
        what: "10 to 10,000 sessions in one store on disk, forks of one; each call from a handle that has nothing in memory",
        size: "sessions in the store",
        size_unit: Unit::Count,
        charts: &[
            Chart {
                id: "store-one",
                title: "What touches one session, by the number of sessions",
                unit: Unit::Time,
                axis: "time",
                costs: &[
                    ("turn", "open, wake, turn, close"),
                    ("create_and_delete", "create and delete"),
                    ("fork", "fork, of many"),
                    ("open", "open"),
                ],
            },
            Chart {
                id: "store-all",
                title: "What looks at all sessions, by their number",
                unit: Unit::Time,
                axis: "time",
                costs: &[
                    ("sweep_dry_run", "sweep (dry)"),
                    ("prune_dry_run", "prune (dry)"),
                    ("list", "list"),
                ],
            },
        ],
        found: "What touches one session does not depend on how many there are: each has a head of its own, and objects lie in folders by \
                their hash. What looks at all reads every head, one small file each, and is linear; a sweep lists every object \
                too. With 100,000 sessions, list from the outside or keep several stores.",
    },
    Part {
        id: "files",
        title: "Files in a workspace",
        what: "10 to 10,000 small files, a hundred in each directory",
        size: "files",
        size_unit: Unit::Count,
        charts: &[Chart {
            id: "files",
            title: "Runs, forks and listings, by the number of files",
            unit: Unit::Time,
            axis: "time",
            costs: FILE_COSTS,
        }],
        found: "Runs, forks and turns do not depend on the number of files: the tree is shared, and only what a run changed is looked at. What \
                names every file is linear: a walk, a listing, reading all, and the first turn of a session, which stores \
                them. A directory holds at most 10,000 entries.",
    },
    Part {
        id: "bytes",
        title: "Bytes in a workspace",
        what: "1 to 256 MiB in 16 files, of bytes that no compressor makes smaller",
        size: "bytes in all files",
        size_unit: Unit::Bytes,
        charts: &[Chart {
            id: "bytes",
            title: "Runs, forks and listings, by the bytes of all files",
            unit: Unit::Time,
            axis: "time",
            costs: FILE_COSTS,
        }],
        found: "Contents are shared in pieces of 64 KiB and never copied by a fork or a run; reading is a copy, and slower from where it \
                no longer fits the processor's cache. Files of 16 MiB and more leave memory for temporary files between runs \
                of a sandbox. There was a cliff here: each sandbox that started with such files wrote its own copies after \
                its program, 0.2 s for 256 MiB; now they leave memory once, when the host puts them in.",
    },
];

const FILE_COSTS: &[(&str, &str)] = &[
    ("first_turn_of_session", "a session's first turn"),
    ("read_all_by_guest", "guest reads all"),
    ("walk_by_guest", "guest walks"),
    ("turn_of_session", "a session's turn"),
    ("fresh_run", "fresh run"),
    ("run_that_writes_a_file", "run that writes one"),
    ("list_by_host", "host lists"),
    ("fork", "fork of the files"),
];
