//! Compiles the guest from C: brings sources and compiler, calls the compiler, checks what it made.
//!
//! The same inputs give the same bytes, whatever the folder and the machine: that is what the pin in the manifest and
//! the test that compiles twice hold.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sbx_cache::{
    Cache, LockGuard,
    fetch::{PinnedWheel, Progress},
};

use crate::{
    edits,
    error::{Error, Result},
    manifest::Manifest,
};

/// Our part of the guest; the engine is included as text.
const OURS: [(&str, &str); 5] = [
    ("arrays.c", include_str!("../guest/arrays.c")),
    ("guest.c", include_str!("../guest/guest.c")),
    ("allocator.c", include_str!("../guest/allocator.c")),
    ("natives.c", include_str!("../guest/natives.c")),
    ("modules.c", include_str!("../guest/modules.c")),
];

/// The engine's folder in its package.
const ENGINE: &str = "embed/quickjs";

/// The file of it that is changed before it is compiled.
const CHANGED: &str = "quickjs.c";

/// What is compiled. `guest.c` includes the rest.
const UNITS: [&str; 4] = ["guest.c", "libregexp.c", "libunicode.c", "dtoa.c"];

/// How it is compiled. The stack is twice what JavaScript may use of it: native frames need the rest.
const FLAGS: [&str; 15] = [
    "-target",
    "wasm32-wasi",
    "-mexec-model=reactor",
    "-O3",
    "-DNDEBUG",
    "-D_GNU_SOURCE",
    "-D_WASI_EMULATED_PROCESS_CLOCKS",
    "-D_WASI_EMULATED_SIGNAL",
    "-funsigned-char",
    "-fno-sanitize=undefined",
    "-w",
    "-I.",
    "-o",
    "guest.wasm",
    "-Wl,-z,stack-size=2097152",
];

/// What is linked, after the units.
const LINKED: [&str; 3] = ["-lwasi-emulated-process-clocks", "-lwasi-emulated-signal", "-Wl,--strip-all"];

/// The entry of the compiled guest in the cache, and the context that it is sealed for.
pub(crate) fn entry(guest: &PinnedWheel) -> (String, String) {
    let hash = guest.sha256.to_string();
    (
        format!("guests/javascript/{}/guest.wasm", hash.get(..16).unwrap_or(&hash)),
        format!("javascript guest; sha256:{hash}"),
    )
}

/// The compiled guest, from the cache or made now.
pub(crate) fn guest(
    cache: &Cache,
    guard: &LockGuard,
    manifest: &Manifest,
    source: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Vec<u8>> {
    let (name, context) = entry(&manifest.guest);
    match cache.get(&name, &context) {
        Ok(Some(sealed)) => return read(&sealed.path),
        Ok(None) => {}
        Err(sbx_cache::Error::Corrupt { .. }) => cache.remove(&name)?,
        Err(error) => return Err(error.into()),
    }
    let scratch = cache.scratch(guard)?;
    let tools = Tools::bring(scratch.path(), manifest, source, progress)?;
    progress.step("compiling the JavaScript guest to WebAssembly (about a minute)");
    let wasm = tools.compile(&scratch.path().join("build"))?;
    let sha256 = sha256(&wasm);
    if sha256 != manifest.guest.sha256.to_string() {
        return Err(Error::WrongGuest { bytes: wasm.len() as u64, sha256 });
    }
    cache.put(&name, &context, |file| std::io::Write::write_all(file, &wasm))?;
    Ok(wasm)
}

/// Sources and compiler, unpacked.
pub(crate) struct Tools {
    engine: PathBuf,
    compiler: PathBuf,
}

impl Tools {
    pub(crate) fn bring(
        scratch: &Path,
        manifest: &Manifest,
        source: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let sources = &manifest.sources;
        let engine = sources.unpacked(scratch, source, progress)?;
        let engine = engine.join(format!("{}-{}", sources.package, sources.version)).join(ENGINE);
        let compiler = manifest.compiler.unpacked(scratch, source, progress)?;
        let program = if cfg!(windows) { "zig.exe" } else { "zig" };
        Ok(Self { engine, compiler: compiler.join(&manifest.compiler.package).join(program) })
    }

    /// Compiles in the new folder `build`, with nothing of an earlier time in reach.
    pub(crate) fn compile(&self, build: &Path) -> Result<Vec<u8>> {
        let failed = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| Error::Compile { problem: format!("{what}: {error}") }
        };
        fs::create_dir(build).map_err(failed("making its folder"))?;
        for entry in fs::read_dir(&self.engine).map_err(failed("reading the engine's sources"))? {
            let path = entry.map_err(failed("reading the engine's sources"))?.path();
            if let Some(name) = path.file_name().filter(|_| path.is_file()) {
                fs::copy(&path, build.join(name)).map_err(failed("copying the engine's sources"))?;
            }
        }
        let engine = build.join(CHANGED);
        let mut text = fs::read_to_string(&engine).map_err(failed("reading the engine's sources"))?;
        for edit in edits::all() {
            if text.matches(edit.from).count() != edit.times {
                return Err(Error::Compile {
                    problem: format!("{CHANGED} is not the one that {:?} was written for", edit.from),
                });
            }
            text = text.replace(edit.from, edit.to);
        }
        fs::write(&engine, text).map_err(failed("changing the engine's sources"))?;
        for (name, text) in OURS {
            fs::write(build.join(name), text).map_err(failed("writing the guest's sources"))?;
        }
        let caches = build.join("cache");
        let output = Command::new(&self.compiler)
            .arg("cc")
            .args(FLAGS)
            .args(UNITS)
            .args(LINKED)
            .current_dir(build)
            .env("ZIG_GLOBAL_CACHE_DIR", &caches)
            .env("ZIG_LOCAL_CACHE_DIR", &caches)
            .stdin(Stdio::null())
            .output()
            .map_err(failed("starting the compiler"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            let shown: String = text.chars().take(2000).collect();
            return Err(Error::Compile { problem: format!("{}: {}", output.status, shown.trim()) });
        }
        fs::read(build.join("guest.wasm")).map_err(failed("reading what was compiled"))
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let wasm =
        fs::read(path).map_err(|source| sbx_host::Error::System { action: "read the guest", source })?;
    Ok(wasm)
}

fn sha256(bytes: &[u8]) -> String {
    sbx_cache::fetch::Sha256::of(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles twice in folders of different names. Takes minutes and the network, so it waits to be asked for.
    #[test]
    fn the_same_sources_give_the_same_bytes() {
        if std::env::var_os("SBX_SLOW_TESTS").is_none() {
            return;
        }
        let scratch = tempfile::tempdir().unwrap();
        let manifest = Manifest::load().unwrap();
        let tools = Tools::bring(scratch.path(), &manifest, None, &sbx_cache::fetch::NoProgress).unwrap();
        let first = tools.compile(&scratch.path().join("one")).unwrap();
        let second = tools.compile(&scratch.path().join("another folder")).unwrap();
        assert_eq!(sha256(&first), sha256(&second));
        assert_eq!(sha256(&first), manifest.guest.sha256.to_string());
    }
}
