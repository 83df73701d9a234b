//! Two languages on the same files: what one writes the other reads, to the byte.

use std::sync::Arc;

use sbx::{
    Ending, ExecutionPolicy, MemoryStorage, RuntimeType, Sandbox, SandboxBuilder, Sessions, SessionsBuilder,
    StorageAdapter, Tree,
};

use super::lab::runtimes;

fn on(runtime: RuntimeType, files: Option<Tree>) -> Sandbox {
    let builder = SandboxBuilder::new(runtime).runtimes(runtimes());
    let builder = if runtime == RuntimeType::Python { builder.image("python") } else { builder };
    match files {
        Some(files) => builder.files(files),
        None => builder,
    }
    .build()
    .unwrap()
}

/// Runs a program that must end well; what it printed.
#[track_caller]
fn run(sandbox: &mut Sandbox, code: &str) -> String {
    let result = sandbox.execute(code).unwrap();
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    result.stdout
}

/// `(what is written, by Python, by JavaScript)`: each writes the file `f` and prints a digest of the file `f`.
const WRITERS: [(&str, &str, &str); 8] = [
    (
        "text",
        "open('f', 'w', encoding='utf-8').write('héllo\\n€😀\\n')",
        "require('fs').writeFileSync('f', 'héllo\\n€😀\\n')",
    ),
    (
        "every byte",
        "open('f', 'wb').write(bytes(range(256)))",
        "require('fs').writeFileSync('f', Uint8Array.from({ length: 256 }, (_, i) => i))",
    ),
    ("nothing", "open('f', 'w').close()", "require('fs').writeFileSync('f', '')"),
    (
        "an addition",
        "open('f', 'a').write('a'); open('f', 'a').write('b')",
        "appendText('f', 'a'); require('fs').appendFileSync('f', 'b')",
    ),
    (
        "a hole",
        "f = open('f', 'wb'); f.seek(5000); f.write(b'x'); f.close()",
        "const h = std.open('f', 'wb'); h.seek(5000, std.SEEK_SET); h.puts('x'); h.close()",
    ),
    (
        "an overwrite",
        "open('f', 'w').write('0123456789'); f = open('f', 'r+'); f.seek(3); f.write('abc'); f.close()",
        "const fs = require('fs'); fs.writeFileSync('f', '0123456789'); const d = fs.openSync('f', 'r+'); fs.writeSync(d, Buffer.from('abc'), 0, 3, 3); fs.closeSync(d)",
    ),
    (
        "a cut",
        "import os\nopen('f', 'w').write('0123456789'); os.truncate('f', 4)",
        "const fs = require('fs'); fs.writeFileSync('f', '0123456789'); fs.truncateSync('f', 4)",
    ),
    (
        "much",
        "open('f', 'wb').write(b'0123456789abcdef' * 65536)",
        "require('fs').writeFileSync('f', '0123456789abcdef'.repeat(65536))",
    ),
];

const PYTHON_READS: &str =
    "print(list(open('f', 'rb').read())[:300], len(open('f', 'rb').read()), sum(open('f', 'rb').read()))";
const JAVASCRIPT_READS: &str = "const b = require('fs').readFileSync('f'); let s = 0; for (const x of b) s += x; console.log('[' + [...b.subarray(0, 300)].join(', ') + ']', b.length, s)";

#[test]
fn what_one_language_writes_the_other_reads() {
    for (what, by_python, by_javascript) in WRITERS {
        let mut python = on(RuntimeType::Python, None);
        let mut javascript = on(RuntimeType::JavaScript, None);
        run(&mut python, by_python);
        run(&mut javascript, by_javascript);
        let seen = [
            run(&mut python, PYTHON_READS),
            run(&mut javascript, JAVASCRIPT_READS),
            run(&mut on(RuntimeType::JavaScript, Some(python.files())), JAVASCRIPT_READS),
            run(&mut on(RuntimeType::Python, Some(javascript.files())), PYTHON_READS),
        ];
        assert!(seen.iter().all(|text| *text == seen[0]), "{what}: {seen:?}");
    }
}

#[test]
fn names_folders_links_and_times_mean_the_same() {
    let mut python = on(RuntimeType::Python, None);
    run(
        &mut python,
        "import os\nos.makedirs('d/e')\nfor name in ['ü', 'a b', '.hidden', 'x'*100]: open(f'd/{name}', 'w').write(name)\nos.symlink('../d/ü', 'd/link')\nos.utime('d/ü', (1, 2))",
    );
    let list = "const fs = require('fs'); console.log(fs.readdirSync('d').filter((n) => n.length < 50).join('|'), fs.readFileSync('d/link', 'utf8'), fs.readlinkSync('d/link'), fs.statSync('d/ü').mtimeMs, fs.lstatSync('d/link').isSymbolicLink(), fs.statSync('d/e').isDirectory())";
    let mut javascript = on(RuntimeType::JavaScript, Some(python.files()));
    assert_eq!(run(&mut javascript, list), ".hidden|a b|e|link|ü ü ../d/ü 2000 true true\n");
    run(
        &mut javascript,
        "const fs = require('fs'); fs.renameSync('d', 'moved'); fs.rmSync('moved/e', { recursive: true }); writeJson('j.json', { k: [1, null, 'é'] })",
    );
    let mut python = on(RuntimeType::Python, Some(javascript.files()));
    let check = "import os, json\nprint(sorted(n for n in os.listdir('moved') if len(n) < 50), os.readlink('moved/link'), json.load(open('j.json')))";
    assert_eq!(run(&mut python, check), "['.hidden', 'a b', 'link', 'ü'] ../d/ü {'k': [1, None, 'é']}\n");
}

#[test]
fn javascript_sandboxes_persist_check_and_roll_back() {
    let mut sandbox = SandboxBuilder::new(RuntimeType::JavaScript)
        .runtimes(runtimes())
        .policy(ExecutionPolicy::default().with_fuel_budget(300_000_000))
        .auto_persist_globals(true)
        .build()
        .unwrap();
    assert!(sandbox.validate_code("await 1").unwrap() && !sandbox.validate_code("(").unwrap());
    let first = sandbox.execute("let n = 1; writeText('kept', 'x'); n").unwrap();
    assert_eq!((first.value(), first.runtime, first.turn), (Some("1"), RuntimeType::JavaScript, 1));
    assert_eq!(sandbox.execute("n + 1").unwrap().value(), Some("2"));
    let cut = sandbox.execute("writeText('gone', 'x'); while (true);").unwrap();
    assert_eq!(
        (cut.ending, cut.metadata["rolled_back"].as_str()),
        (Ending::FuelExhausted, "files and variables")
    );
    assert!(cut.files_created.is_empty());
    assert_eq!(
        sandbox.execute("[typeof n, listFiles()]").unwrap().value(),
        Some("[ 'undefined', [ 'kept' ] ]")
    );
}

#[test]
fn typescript_runs_or_says_what_it_needs() {
    let built = SandboxBuilder::new(RuntimeType::TypeScript).runtimes(runtimes()).build();
    match built {
        Ok(mut sandbox) => {
            let result = sandbox.execute("const n: number = 6; n * 7").unwrap();
            assert_eq!(
                (result.value(), result.runtime),
                (Some("42"), RuntimeType::TypeScript),
                "{}",
                result.stderr
            );
            assert!(
                !sandbox.validate_code("const n: = 1").unwrap()
                    && sandbox.validate_code("let n: string").unwrap()
            );
        }
        Err(error) => assert_eq!(error.code(), "javascript.no_typescript"),
    }
}

/// Sessions of one language in this storage.
fn sessions(runtime: RuntimeType, storage: &Arc<MemoryStorage>) -> Sessions {
    let storage: Arc<dyn StorageAdapter> = Arc::<MemoryStorage>::clone(storage);
    let builder = SessionsBuilder::new(storage)
        .runtimes(runtimes())
        .runtime(runtime)
        .policy(ExecutionPolicy::default().with_fuel_budget(500_000_000));
    let builder = if runtime == RuntimeType::Python { builder.image("python") } else { builder };
    builder.build().unwrap()
}

#[test]
fn a_javascript_session_goes_on_after_it_slept() {
    let storage = Arc::new(MemoryStorage::new());
    let id = {
        let session = sessions(RuntimeType::JavaScript, &storage).create().unwrap();
        let result = session
            .execute("let n = 1; const f = (x) => x + n; class A { #p = 5; get p() { return this.#p } } const a = new A(); writeText('kept', 'x')")
            .unwrap();
        assert!(result.success, "{}", result.stderr);
        let id = session.id().clone();
        session.close().unwrap();
        id
    };
    let session = sessions(RuntimeType::JavaScript, &storage).open(&id).unwrap();
    assert_eq!(session.execute("[f(1), a.p, readText('kept')]").unwrap().value(), Some("[ 2, 5, 'x' ]"));
    let cut = session
        .execute("n = 100; writeText('gone', 'x'); while (true) n++")
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(cut.ending == Ending::FuelExhausted || cut.ending == Ending::Timeout, "{:?}", cut.ending);
    assert_eq!(session.execute("[n, fileExists('gone')]").unwrap().value(), Some("[ 1, false ]"));
    let forks = session.fork(3).unwrap();
    let drawn: std::collections::BTreeSet<_> =
        forks.iter().map(|fork| fork.execute("Math.random()").unwrap().value().unwrap().to_owned()).collect();
    assert_eq!(drawn.len(), 3, "forks draw numbers of their own");
}

#[test]
fn both_languages_share_one_session() {
    let storage = Arc::new(MemoryStorage::new());
    let id = {
        let session = sessions(RuntimeType::JavaScript, &storage).create().unwrap();
        assert!(session.execute("let mine = 'js'; writeJson('data.json', { by: mine })").unwrap().success);
        let id = session.id().clone();
        session.close().unwrap();
        id
    };
    {
        let session = sessions(RuntimeType::Python, &storage).open(&id).unwrap();
        let result = session
            .execute("import json\nmine = json.load(open('data.json'))['by'] + ' and python'\nopen('data.json', 'w').write(json.dumps({'by': mine}))")
            .unwrap();
        assert!(result.success, "{}", result.stderr);
        session.close().unwrap();
    }
    {
        let session = sessions(RuntimeType::JavaScript, &storage).open(&id).unwrap();
        let result = session.execute("[mine, readJson('data.json').by]").unwrap();
        assert_eq!(result.value(), Some("[ 'js', 'js and python' ]"), "{}", result.stderr);
        session.close().unwrap();
    }
    let session = sessions(RuntimeType::Python, &storage).open(&id).unwrap();
    assert_eq!(session.execute("mine").unwrap().value(), Some("'js and python'"));
}

#[test]
fn files_of_python_get_the_packages_of_javascript_and_the_other_way() {
    let mut python = on(RuntimeType::Python, None);
    assert!(python.execute("open('a.csv', 'w').write('n\\n1\\n')").unwrap().success);
    let mut javascript = on(RuntimeType::JavaScript, Some(python.files()));
    let code = "console.log(require('papaparse').parse(readText('a.csv'), { header: true, skipEmptyLines: true }).data)";
    let result = javascript.execute(code).unwrap();
    assert_eq!(result.stdout, "[ { n: '1' } ]\n", "{}", result.stderr);
    assert!(result.files_created.is_empty(), "{:?}", result.files_created);
    let mut python = on(RuntimeType::Python, Some(javascript.files()));
    assert_eq!(python.execute("import mammoth; print(open('a.csv').read())").unwrap().stdout, "n\n1\n\n");
}

#[test]
fn files_of_javascript_get_what_python_needs_and_what_the_program_made_stays_its_own() {
    let mut policy = ExecutionPolicy::default();
    policy.guest_mount_path = "/data".parse().unwrap();
    let on = |runtime, files: Option<Tree>| {
        let builder = SandboxBuilder::new(runtime).runtimes(runtimes()).policy(policy.clone());
        files.into_iter().fold(builder, SandboxBuilder::files).build().unwrap()
    };
    let mut javascript = on(RuntimeType::JavaScript, None);
    // What only Python needs is not laid out for a program that does not; Python has a folder in this place.
    let code = "const fs = require('fs'); fs.mkdirSync('site-packages'); writeText('site-packages/mine', 'x'); \
                console.log(fs.existsSync('/usr/local/lib/site-packages'))";
    assert_eq!(run(&mut javascript, code), "false\n");
    let before = javascript.files().usage();
    let mut python = on(RuntimeType::Python, Some(javascript.files()));
    assert_eq!((python.files().usage(), python.files().recount()), (before, before));
    let code = "import mammoth, matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('a.png')";
    assert_eq!(run(&mut python, code), "");
    let mut javascript = on(RuntimeType::JavaScript, Some(python.files()));
    let code = "const fs = require('fs'); writeText('site-packages/other', 'y'); \
                console.log(fs.readdirSync('.').join(), fs.readdirSync('site-packages').join())";
    assert_eq!(run(&mut javascript, code), "a.png,site-packages mine,other\n");
}
