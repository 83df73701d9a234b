//! Images of users: packages imported, helpers defined, and as quick as those that come with Python.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sbx::{
    Deterministic, Ending, ExecutionPolicy, ImageBuilder, MemoryStorage, NoProgress, SandboxBuilder,
    SandboxResult, SessionsBuilder, StorageAdapter,
};

use crate::lab::{builder, runtimes};

/// An image that goes with its test.
struct Own(&'static str);

impl Own {
    #[track_caller]
    fn build(name: &'static str, with: impl FnOnce(ImageBuilder) -> ImageBuilder) -> Self {
        with(ImageBuilder::new(name)).build(&runtimes(), &NoProgress).unwrap();
        Self(name)
    }

    fn sandbox(&self) -> SandboxBuilder {
        builder().image(self.0)
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

#[track_caller]
fn refusal(with: ImageBuilder) -> (&'static str, String) {
    let error = with.build(&runtimes(), &NoProgress).unwrap_err();
    (error.code(), error.to_string())
}

#[test]
fn what_the_set_up_defines_is_in_every_run() {
    let own = Own::build("test-helpers", |image| {
        image
            .from_image("python")
            .package("mammoth")
            .import("mammoth")
            .setup("a.py", "import json\nCOUNT = 0\ndef double(n):\n    global COUNT\n    COUNT += 1\n    return n * 2\n")
            .setup("b.py", "def broken():\n    return double(None) / 0\nTABLE = {n: double(n) for n in range(3)}\n")
    });
    for _ in 0..2 {
        let result = own.run("print(double(21), COUNT, TABLE, json.dumps([1]), __name__)");
        assert_eq!(result.stdout, "42 4 {0: 0, 1: 2, 2: 4} [1] __main__\n", "{}", result.stderr);
    }
    let result =
        own.run("import sys\nprint('mammoth' in sys.modules, 'mammoth' in globals())\nimport mammoth");
    assert_eq!((result.stdout.as_str(), result.ending), ("True False\n", Ending::Ok), "{}", result.stderr);
    // Errors inside show the set-up's own lines.
    let result = own.run("x = 1\nbroken()");
    assert!(
        result.stderr.contains("File \"b.py\", line 2, in broken\n    return double(None) / 0"),
        "{}",
        result.stderr
    );
    assert_eq!(result.error.unwrap().line, Some(2));
}

#[test]
fn an_image_brings_its_packages_whatever_the_policy_names() {
    let own = Own::build("test-packages", |image| image.from_image("python").package("mammoth"));
    let nothing = ExecutionPolicy::default().with_packages([""; 0]);
    let code = "import mammoth, cobble\ntry:\n    import odf\nexcept ImportError as error:\n    print(error)";
    let result = own.sandbox().policy(nothing).build().unwrap().execute(code).unwrap();
    assert_eq!(result.stdout, "No module named 'odf'\n", "{}", result.stderr);
}

#[test]
fn nothing_of_the_build_is_seen() {
    let own = Own::build("test-clean", |image| {
        image
            .from_image("python")
            .setup("s.py", "import random, sys\nprint('loud'); drawn = random.random(); sys.argv = ['x']")
    });
    let result =
        own.run("import os, sys\nprint(os.listdir(), os.listdir('/tmp'), sys.argv)\nprint(random.random())");
    let fresh = result.stdout.lines().nth(1).unwrap().to_owned();
    assert!(result.stdout.starts_with("['site-packages'] [] "), "{}", result.stdout);
    assert!(!result.stdout.contains("loud") && !result.stdout.contains("'x'"), "{}", result.stdout);
    let again = own.run("print(random.random())").stdout;
    assert_ne!(again.trim(), fresh, "each run draws its own numbers");
    let fixed = ExecutionPolicy::default().with_deterministic(Deterministic::new(7));
    let runs: Vec<SandboxResult> = (0..2)
        .map(|_| {
            own.sandbox()
                .policy(fixed.clone())
                .build()
                .unwrap()
                .execute("print(random.random(), drawn)")
                .unwrap()
        })
        .collect();
    assert_eq!((&runs[0].stdout, runs[0].fuel_consumed), (&runs[1].stdout, runs[1].fuel_consumed));
}

#[test]
fn set_up_that_cannot_be_is_refused_with_its_reason() {
    let image = |name: &str| ImageBuilder::new(name).from_image("python");
    for (builder, code, wanted) in [
        (image("test-bad").setup("s.py", "x = 1\n1 / 0"), "python.build_failed", "File \"s.py\", line 2"),
        (
            image("test-bad").setup("s.py", "open('left.txt', 'w').write('x')"),
            "python.bad_recipe",
            "/app/left.txt",
        ),
        (image("test-bad").setup("s.py", "f = open('/tmp/x', 'w')"), "python.bad_recipe", "/tmp/x"),
        (image("test-bad").setup("s.py", "import sys; sys.exit(3)"), "python.build_failed", "s.py"),
        (image("test-bad").import("no_such_module"), "python.build_failed", "no_such_module"),
        (image("test-bad").import("os; 1"), "python.bad_recipe", "name of a module"),
        (image("test-bad").package("mamoth"), "packages.unknown", "did you mean `mammoth`?"),
        (image("python"), "python.bad_recipe", "comes with sbx"),
        (image("Test"), "python.bad_recipe", "lower-case"),
        (image("../x"), "python.bad_recipe", "lower-case"),
        (ImageBuilder::new("test-bad").from_image("nowhere"), "python.unknown_image", "nowhere"),
        (ImageBuilder::new("test-bad").from_image("test-bad"), "python.bad_recipe", "begin as itself"),
    ] {
        let (found, words) = refusal(builder);
        assert!(found == code && words.contains(wanted), "{found}: {words}");
    }
    assert!(!runtimes().images().unwrap().iter().any(|image| image.name == "test-bad"), "nothing is left");
}

#[test]
fn an_image_can_begin_as_another_and_be_built_again() {
    let first = Own::build("test-first", |image| {
        image.from_image("python").package("cobble").setup("a.py", "base = 1")
    });
    let second =
        Own::build("test-second", |image| image.from_image("test-first").setup("b.py", "top = base + 1"));
    assert_eq!(second.run("import cobble; print(base, top)").stdout, "1 2\n");
    let (code, words) = refusal(ImageBuilder::new("test-first").from_image("test-second"));
    assert!(code == "python.bad_recipe" && words.contains("begin as itself"), "{words}");

    let listed = runtimes().images().unwrap().into_iter().find(|image| image.name == "test-second").unwrap();
    assert_eq!(listed.description, "test-first + b.py");
    assert!(listed.memory_bytes.is_some());
    let again = runtimes().rebuild_image("test-second", &NoProgress).unwrap();
    assert_eq!(again.file, listed.file, "the same recipe over the same image is the same image");

    // A parent that changed makes what was built on it stale.
    ImageBuilder::new("test-first")
        .from_image("python")
        .setup("a.py", "base = 5")
        .build(&runtimes(), &NoProgress)
        .unwrap();
    let fresh = sbx::Runtimes::load(None).unwrap();
    let error = builder().runtimes(fresh.clone()).image("test-second").build().unwrap_err();
    assert_eq!(error.code(), "python.stale_image");
    assert!(error.to_string().contains("sbx images build test-second"), "{error}");
    fresh.rebuild_image("test-second", &NoProgress).unwrap();
    let mut sandbox = builder().runtimes(fresh).image("test-second").build().unwrap();
    assert_eq!(sandbox.execute("print(top)").unwrap().stdout, "6\n");
    drop((second, first));
}

#[test]
fn a_session_goes_on_over_an_own_image_and_stores_no_package() {
    let own = Own::build("test-session", |image| {
        image
            .from_image("python")
            .package("markdown")
            .import("markdown")
            .setup("h.py", "def html(t):\n    return markdown.markdown(t)\nimport markdown")
    });
    let storage: Arc<dyn StorageAdapter> = Arc::new(MemoryStorage::new());
    let sessions = || {
        SessionsBuilder::new(Arc::clone(&storage))
            .runtimes(runtimes())
            .image(own.0)
            .persistent(true)
            .build()
            .unwrap()
    };
    let (first, second) = (sessions(), sessions());
    let session = first.create().unwrap();
    assert_eq!(session.execute("text = html('# a'); print(text)").unwrap().stdout, "<h1>a</h1>\n");
    let id = session.id().clone();
    session.close().unwrap();
    let info = second.block_on(second.store().info(&id)).unwrap();
    assert!(info.size_bytes < 2_000_000, "package files are not the session's: {}", info.size_bytes);
    let woken = second.open(&id).unwrap();
    assert_eq!(
        woken.execute("import markdown.extensions.tables; print(html(text))").unwrap().stdout,
        "<h1>a</h1>\n"
    );
}

/// Beside the image that comes with Python, in one test and in turns, so that a busy machine slows both.
#[test]
fn an_own_image_starts_as_fast_as_ours() {
    let own = Own::build("test-speed", |image| {
        ["mammoth", "markdown", "odfpy"]
            .iter()
            .fold(image, |image, name| image.package(*name))
            .import("mammoth")
            .import("markdown")
            .import("odf.opendocument")
    });
    // As in a process that builds nothing: what a build wrote all over is still being put back in its own.
    let fresh = sbx::Runtimes::load(None).unwrap();
    let once = |image: &str| {
        let mut sandbox = builder().runtimes(fresh.clone()).image(image).build().unwrap();
        let started = Instant::now();
        assert!(sandbox.execute("print(1)").unwrap().success);
        started.elapsed()
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        // In batches: a region of memory that changes its image is laid out anew, which is not what is measured.
        ours.extend((0..25).map(|_| once("python-data")));
        theirs.extend((0..25).map(|_| once(own.0)));
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!(
        "fresh run: python-data {ours:?}, three packages imported {theirs:?}, ratio {:.2}",
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
    assert!(theirs < ours * 3 / 2 + Duration::from_micros(300), "{theirs:?} beside {ours:?}");
}
