//! Images of users in JavaScript and TypeScript: the same rules as for Python's, and as quick as those that come with sbx.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sbx::{
    Ending, ExecutionPolicy, ImageBuilder, MemoryStorage, NoProgress, RuntimeType, SandboxBuilder,
    SandboxResult, SessionsBuilder, StorageAdapter,
};

use crate::lab::runtimes;

/// An image that goes with its test.
struct Own(&'static str, RuntimeType);

impl Own {
    #[track_caller]
    fn build(name: &'static str, with: impl FnOnce(ImageBuilder) -> ImageBuilder) -> Self {
        let builder = ImageBuilder::new(name).runtime(RuntimeType::JavaScript);
        with(builder).build(&runtimes(), &NoProgress).unwrap();
        Self(name, RuntimeType::JavaScript)
    }

    fn sandbox(&self) -> SandboxBuilder {
        SandboxBuilder::new(self.1).runtimes(runtimes()).image(self.0)
    }

    #[track_caller]
    fn run(&self, code: &str) -> SandboxResult {
        self.sandbox().build().unwrap().execute(code).unwrap()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        runtimes().remove_image(self.0).ok();
    }
}

#[test]
fn what_the_set_up_defines_is_in_every_run() {
    let own = Own::build("test-js-helpers", |image| {
        image
            .package("lodash")
            .import("lodash")
            .setup("a.js", "let count = 0;\nconst _ = require('lodash');\nfunction double(n) { count += 1; return n * 2; }")
            .setup("b.mjs", "import { z } from 'zod';\nexport const Name = z.string();\nexport function broken() {\n  return null.x;\n}")
            .package("zod")
    });
    for _ in 0..2 {
        let result = own.run("console.log(double(21), count, _.sum([1, 2]), Name.parse('a'), require('fs').readdirSync('/app'))");
        assert_eq!(result.stdout, "42 1 3 a []\n", "{}", result.stderr);
    }
    let result = own.run("\nbroken()");
    assert!(result.stderr.contains("at broken (b.mjs:"), "{}", result.stderr);
    assert_eq!(result.error.unwrap().line, Some(2));
}

#[test]
fn an_image_brings_its_packages_whatever_the_policy_names() {
    let own = Own::build("test-js-packages", |image| image.package("cheerio"));
    let nothing = ExecutionPolicy::default().with_packages([""; 0]);
    let code = "console.log(typeof require('cheerio').load); try { require('lodash') } catch (e) { console.log(e.code) }";
    let result = own.sandbox().policy(nothing).build().unwrap().execute(code).unwrap();
    assert_eq!(result.stdout, "function\nMODULE_NOT_FOUND\n", "{}", result.stderr);
}

#[test]
fn nothing_of_the_build_is_seen() {
    let own = Own::build("test-js-clean", |image| {
        image.setup(
            "s.js",
            "const drawn = Math.random(); console.log('loud'); process.argv.push('x'); process.exitCode = 0",
        )
    });
    let first = own.run("console.log(process.argv.includes('x'), Math.random(), typeof drawn)");
    let again = own.run("console.log(process.argv.includes('x'), Math.random(), typeof drawn)");
    assert!(first.stdout.starts_with("false ") && first.stdout.ends_with(" number\n"), "{}", first.stdout);
    assert_ne!(first.stdout, again.stdout, "each run draws its own numbers");
}

#[test]
fn set_up_that_cannot_be_is_refused_with_its_reason() {
    let image = |name: &str| ImageBuilder::new(name).runtime(RuntimeType::JavaScript);
    for (builder, code, wanted) in [
        (image("test-js-bad").setup("s.js", "let x = 1\nnull.x"), "javascript.build_failed", "s.js:2"),
        (
            image("test-js-bad").setup("s.js", "require('fs').writeFileSync('left.txt', 'x')"),
            "javascript.bad_recipe",
            "/app/left.txt",
        ),
        (image("test-js-bad").setup("s.js", "process.exit(3)"), "javascript.build_failed", "s.js"),
        (image("test-js-bad").import("no-such-module"), "javascript.build_failed", "no-such-module"),
        (image("test-js-bad").import("x'; 1"), "javascript.bad_recipe", "name of a module"),
        (image("test-js-bad").package("lodahs"), "packages.unknown", "did you mean `lodash`?"),
        (image("typescript"), "javascript.bad_recipe", "comes with sbx"),
        (image("python-data"), "javascript.bad_recipe", "an image of python with that name"),
        (ImageBuilder::new("javascript"), "python.bad_recipe", "an image of javascript with that name"),
        (image("test-js-bad").from_image("python"), "javascript.unknown_image", "javascript, typescript"),
        (image("test-js-bad").from_image("test-js-bad"), "javascript.bad_recipe", "begin as itself"),
    ] {
        let error = builder.build(&runtimes(), &NoProgress).unwrap_err();
        let (found, words) = (error.code(), error.to_string());
        assert!(found == code && words.contains(wanted), "{found}: {words}");
    }
    assert!(!runtimes().images().unwrap().iter().any(|image| image.name == "test-js-bad"), "nothing is left");
}

#[test]
fn an_image_can_begin_as_another_and_be_built_again() {
    let first = Own::build("test-js-first", |image| image.package("dayjs").setup("a.js", "var base = 1"));
    let second = Own::build("test-js-second", |image| {
        image.from_image("test-js-first").setup("b.js", "var top = base + 1")
    });
    assert_eq!(second.run("console.log(typeof require('dayjs'), base, top)").stdout, "function 1 2\n");
    let listed =
        runtimes().images().unwrap().into_iter().find(|image| image.name == "test-js-second").unwrap();
    assert_eq!(
        (listed.description.as_str(), listed.runtime),
        ("test-js-first + b.js", RuntimeType::JavaScript)
    );
    let again = runtimes().rebuild_image("test-js-second", &NoProgress).unwrap();
    assert_eq!(again.file, listed.file, "the same recipe over the same image is the same image");
    ImageBuilder::new("test-js-first")
        .runtime(RuntimeType::JavaScript)
        .setup("a.js", "var base = 5")
        .build(&runtimes(), &NoProgress)
        .unwrap();
    let fresh = sbx::Runtimes::load(None).unwrap();
    let builder =
        || SandboxBuilder::new(RuntimeType::JavaScript).runtimes(fresh.clone()).image("test-js-second");
    let error = builder().build().unwrap_err();
    assert_eq!(error.code(), "javascript.stale_image");
    assert!(error.to_string().contains("sbx images build test-js-second"), "{error}");
    fresh.rebuild_image("test-js-second", &NoProgress).unwrap();
    assert_eq!(builder().build().unwrap().execute("console.log(top)").unwrap().stdout, "6\n");
    drop((second, first));
}

#[test]
fn typescript_has_images_too() {
    let built = ImageBuilder::new("test-ts")
        .runtime(RuntimeType::TypeScript)
        .package("zod")
        .setup(
            "types.ts",
            "interface Point { x: number }\nfunction norm(p: Point): number { return Math.abs(p.x) }",
        )
        .build(&runtimes(), &NoProgress);
    let error = match built {
        Ok(image) => {
            assert_eq!(image.runtime, RuntimeType::TypeScript);
            let own = Own("test-ts", RuntimeType::TypeScript);
            let result = own.run("const p: Point = { x: -2 }; console.log(norm(p))");
            assert_eq!((result.stdout.as_str(), result.ending), ("2\n", Ending::Ok), "{}", result.stderr);
            return;
        }
        Err(error) => error,
    };
    assert_eq!(error.code(), "javascript.no_typescript", "{error}");
    println!("npm was not here when TypeScript was set up: its images are not tested");
}

#[test]
fn a_session_goes_on_over_an_own_image_and_stores_no_package() {
    let own = Own::build("test-js-session", |image| {
        image.package("lodash").import("lodash").setup("h.js", "const _ = require('lodash')")
    });
    let storage: Arc<dyn StorageAdapter> = Arc::new(MemoryStorage::new());
    let sessions = || {
        SessionsBuilder::new(Arc::clone(&storage))
            .runtimes(runtimes())
            .runtime(RuntimeType::JavaScript)
            .image(own.0)
            .persistent(true)
            .build()
            .unwrap()
    };
    let (first, second) = (sessions(), sessions());
    let session = first.create().unwrap();
    assert_eq!(
        session.execute("let parts = _.chunk([1, 2, 3], 2); parts.length").unwrap().value(),
        Some("2")
    );
    let id = session.id().clone();
    session.close().unwrap();
    let info = second.block_on(second.store().info(&id)).unwrap();
    assert!(info.size_bytes < 1_000_000, "package files are not the session's: {}", info.size_bytes);
    let woken = second.open(&id).unwrap();
    let code = "console.log(parts, require('lodash/fp').sum([1, 2]), _.last(parts))";
    assert_eq!(woken.execute(code).unwrap().stdout, "[ [ 1, 2 ], [ 3 ] ] 3 [ 3 ]\n");
}

#[test]
fn packages_of_both_languages_go_together_in_one_session() {
    let storage: Arc<dyn StorageAdapter> = Arc::new(MemoryStorage::new());
    let policy = ExecutionPolicy::default().with_packages(["mammoth", "dayjs"]);
    for runtime in [RuntimeType::Python, RuntimeType::JavaScript] {
        let sessions = SessionsBuilder::new(Arc::clone(&storage)).runtimes(runtimes()).policy(policy.clone());
        let session = sessions.runtime(runtime).build().unwrap().create().unwrap();
        let python =
            session.execute_in(RuntimeType::Python, "import mammoth; print(mammoth.__name__)").unwrap();
        assert_eq!(python.stdout, "mammoth\n", "{}", python.stderr);
        let js = session.execute_in(RuntimeType::JavaScript, "console.log(typeof require('dayjs'))").unwrap();
        assert_eq!(js.stdout, "function\n", "{}", js.stderr);
    }
}

/// Beside the image that comes with JavaScript, in one test and in turns, so that a busy machine slows both.
#[test]
fn an_own_image_starts_as_fast_as_ours() {
    let own = Own::build("test-js-speed", |image| {
        ["lodash", "zod", "dayjs"].iter().fold(image, |image, name| image.package(*name).import(*name))
    });
    // As in a process that builds nothing: what a build wrote all over is still being put back in its own.
    let fresh = sbx::Runtimes::load(None).unwrap();
    let once = |image: &str, code: &str| {
        let builder = SandboxBuilder::new(RuntimeType::JavaScript).runtimes(fresh.clone()).image(image);
        let mut sandbox = builder.build().unwrap();
        let started = Instant::now();
        assert!(sandbox.execute(code).unwrap().success);
        started.elapsed()
    };
    let (mut ours, mut theirs, mut imports, mut cold) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let code = "require('lodash'); require('zod'); require('dayjs')";
    for _ in 0..4 {
        // In batches: a region of memory that changes its image is laid out anew, which is not what is measured.
        ours.extend((0..25).map(|_| once("javascript", "console.log(1)")));
        cold.extend((0..2).map(|_| once("javascript", code)));
        theirs.extend((0..25).map(|_| once(own.0, "console.log(1)")));
        imports.extend((0..25).map(|_| once(own.0, code)));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!(
        "fresh run: javascript {ours:?}, three packages imported {theirs:?}, ratio {:.2}; importing the three: {:?}, there {:?}",
        theirs.as_secs_f64() / ours.as_secs_f64(),
        median(&mut cold),
        median(&mut imports),
    );
    assert!(theirs < ours * 3 / 2 + Duration::from_micros(300), "{theirs:?} beside {ours:?}");
}
