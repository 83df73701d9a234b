//! `sbx doctor`: looks at everything that running needs, and says what to do about what is not right.

use std::{fs, path::Path, process::ExitCode, time::Instant};

use sbx::{Cache, Ending, ExecutionPolicy, RuntimeType, Runtimes, SandboxBuilder, show_bytes};

use crate::{console, failure::Outcome};

/// What a check found.
enum Finding {
    /// As it should be.
    Good(String),
    /// Slower or smaller than it could be, and works.
    Note(String),
    /// Does not work; what is wrong, and what to do.
    Bad(String, String),
}

use Finding::{Bad, Good, Note};

/// Runs every check and prints what it found; exit code 1 if something does not work.
pub(crate) fn doctor(cache: Option<&Path>) -> Outcome {
    let mut findings = vec![("version", Good(format!("sbx {}", env!("CARGO_PKG_VERSION"))))];
    findings.push(("system", system()));
    findings.push(("images in memory", dirty_pages()));
    findings.extend(cache_and_guest(cache));
    for (name, finding) in &findings {
        let text = match finding {
            Good(fact) => format!("ok    {name}: {fact}"),
            Note(fact) => format!("note  {name}: {fact}"),
            Bad(problem, remedy) => format!("BAD   {name}: {problem}\n      to do: {remedy}"),
        };
        console::print(&text)?;
    }
    let n_bad = findings.iter().filter(|(_, finding)| matches!(finding, Bad(..))).count();
    let verdict = match n_bad {
        0 => "everything works".to_owned(),
        1 => "1 thing does not work".to_owned(),
        n => format!("{n} things do not work"),
    };
    console::print(&verdict)?;
    Ok(ExitCode::from(u8::from(n_bad > 0)))
}

fn system() -> Finding {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
    let kernel = kernel.map_or_else(|_no_linux| String::new(), |release| format!(" {}", release.trim()));
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let text = format!("{os}{kernel} on {arch}, {threads} threads");
    if cfg!(unix) { Good(text) } else { Note(format!("{text}; images are copied here, not mapped")) }
}

/// How the pages are found that a run wrote to, which is what lets the next one start from a clean image.
fn dirty_pages() -> Finding {
    if !cfg!(target_os = "linux") {
        return Note(
            "written pages cannot be found here, so memory is reset as a whole: runs start slower".to_owned(),
        );
    }
    if fs::File::open("/proc/self/pagemap").is_err() {
        return Note(
            "/proc/self/pagemap cannot be read, so memory is reset as a whole: runs start slower".to_owned(),
        );
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers =
        release.split(|c: char| !c.is_ascii_digit()).map_while(|number| number.parse::<u32>().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if version >= (6, 7) {
        Good("written pages are found by PAGEMAP_SCAN".to_owned())
    } else {
        Note(
            "written pages are found by reading /proc/self/pagemap; PAGEMAP_SCAN of Linux 6.7 is faster"
                .to_owned(),
        )
    }
}

/// The checks that need one another, up to the first that fails.
fn cache_and_guest(cache: Option<&Path>) -> Vec<(&'static str, Finding)> {
    let mut findings = Vec::new();
    let root = match Cache::locate(cache) {
        Ok(root) => root,
        Err(error) => {
            findings.push(("cache", bad(&error.into(), "set SBX_CACHE, or give --cache DIR")));
            return findings;
        }
    };
    let place = root.display();
    // Looking must not create it.
    if !root.exists() {
        findings.push(("cache", Bad(format!("{place} is not there"), "run `sbx setup` once".to_owned())));
        return findings;
    }
    match Cache::open(&root) {
        Ok(_) => findings.push(("cache", Good(format!("{place} is private and sealed")))),
        Err(error) => {
            findings.push(("cache", bad(&error.into(), "do what it says, then run `sbx setup`")));
            return findings;
        }
    }
    let started = Instant::now();
    let runtimes = match load(&root) {
        Ok(runtimes) => runtimes,
        Err(error) => {
            findings
                .push(("guest", bad(&error, "run `sbx setup`: it makes again what is missing or damaged")));
            return findings;
        }
    };
    let ms = started.elapsed().as_secs_f64() * 1e3;
    findings.push(("guest", Good(format!("CPython, fetched, verified and compiled; loaded in {ms:.1} ms"))));
    findings.extend(images(&runtimes));
    findings.push(("test run", test_run(RuntimeType::Python, "print(sum(range(101)))", runtimes.clone())));
    findings.push(match runtimes.javascript() {
        Ok(_) => {
            let code = "let sum = 0; for (let n = 0; n <= 100; n++) sum += n; console.log(sum)";
            ("test run of JavaScript", test_run(RuntimeType::JavaScript, code, runtimes))
        }
        Err(error) => ("JavaScript", bad(&error, "run `sbx setup`; it needs cargo and pip")),
    });
    findings
}

fn load(root: &Path) -> sbx::Result<Runtimes> {
    let runtimes = Runtimes::load(Some(root))?;
    runtimes.python()?;
    Ok(runtimes)
}

fn images(runtimes: &Runtimes) -> Vec<(&'static str, Finding)> {
    let images = match runtimes.images() {
        Ok(images) => images,
        Err(error) => return vec![("images", bad(&error, "run `sbx setup`"))],
    };
    let of_image = |image: sbx::ImageInfo| match image.memory_bytes {
        Some(bytes) => ("image", Good(format!("{}, {}", image.name, show_bytes(bytes)))),
        None if image.runtime == RuntimeType::TypeScript => {
            let text =
                "TypeScript is not set up: it needs npm and another `sbx setup`; JavaScript works without";
            ("image", Note(text.to_owned()))
        }
        None => ("image", Bad(format!("{} is missing or damaged", image.name), "run `sbx setup`".to_owned())),
    };
    images.into_iter().map(of_image).collect()
}

/// Runs a program that prints 5050, in the default image, under a tight policy.
fn test_run(runtime: RuntimeType, code: &str, runtimes: Runtimes) -> Finding {
    let policy = ExecutionPolicy::default().with_fuel_budget(1_000_000_000).with_timeout_seconds(10.0);
    let builder = SandboxBuilder::new(runtime).runtimes(runtimes).policy(policy);
    let run = builder.build().and_then(|mut sandbox| sandbox.execute(code));
    match run {
        Ok(result) if result.ending == Ending::Ok && result.stdout == "5050\n" => {
            Good(format!("{:.2} ms, {} units of fuel", result.duration_ms, result.fuel_consumed))
        }
        Ok(result) => Bad(
            format!("a known program ended as {} and printed {:?}", result.ending, result.stdout),
            "remove the cache folder and run `sbx setup`; if it stays, please report it".to_owned(),
        ),
        Err(error) => bad(&error, "run `sbx setup`; if it stays, please report it"),
    }
}

fn bad(error: &sbx::Error, remedy: &str) -> Finding {
    let mut problem = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        problem.push_str(": ");
        problem.push_str(&inner.to_string());
        source = inner.source();
    }
    Bad(problem, remedy.to_owned())
}
