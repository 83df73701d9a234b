//! Bytecode of vendored packages: made once by the guest itself, so that importing a package parses nothing.
//!
//! It is what CPython would write beside the sources if it could. Nothing relies on it: a package without it is compiled
//! whenever it is imported.

use std::sync::Arc;

use sbx_cache::{Cache, SealedFile};
use sbx_core::ExecutionPolicy;
use sbx_packages::{Ecosystem, Lock, LockedPackage};
use sbx_runtime::{ImageHome as _, Program};
use sbx_vfs::{FileType, Tree};

use crate::{
    assets,
    error::{Error, Result},
    python::Python,
};

/// Compiles what is in `site-packages` to files below [`OUT`].
const PROGRAM: &str = include_str!("../guest/compile_packages.py");

/// Where the program leaves what it made.
const OUT: &str = "/app/out";

/// Raised when bytecode is made in another way from the same sources.
const METHOD: u32 = 1;

/// The bytecode of a package for this guest; `None` if there is none.
pub(crate) fn find(cache: &Cache, package: &LockedPackage, guest_hash: &str) -> Option<SealedFile> {
    let (name, context) = entry(package, guest_hash);
    // Damaged bytecode is as good as none.
    cache.get(&name, &context).ok().flatten()
}

fn entry(package: &LockedPackage, guest_hash: &str) -> (String, String) {
    let (name, version, hash) = (&package.name, &package.version, package.sha256.to_string());
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    (
        format!("packages/bytecode/{name}-{version}-{}-{}.tar", short(&hash), short(guest_hash)),
        format!("bytecode {METHOD}; package {hash}; guest {guest_hash}"),
    )
}

impl Python {
    /// Makes the bytecode of these packages where it is missing, so that importing them is quick. Packages that are not
    /// fetched are passed over.
    ///
    /// # Errors
    /// What the host and the cache fail at; a package that cannot be compiled within the limits.
    pub fn compile_packages<'a>(&self, packages: impl IntoIterator<Item = &'a LockedPackage>) -> Result<()> {
        for package in packages {
            let is_there = sbx_packages::find(self.cache(), package)?.is_some();
            if is_there && find(self.cache(), package, self.guest().hash()).is_none() {
                self.compile_package(package)?;
            }
        }
        Ok(())
    }

    fn compile_package(&self, package: &LockedPackage) -> Result<()> {
        let failed = |problem: String| {
            let problem = format!("compiling {}: {problem}", package.name);
            sbx_runtime::Error::BadAnswer { problem }.into()
        };
        let mut alone = package.clone();
        alone.needs.clear();
        let files = self.files_with(&Lock::of_image(Ecosystem::Python, [alone])?)?;
        let policy = ExecutionPolicy::default().with_fuel_budget(200_000_000_000).without_timeout();
        let policy = Arc::new(policy.with_memory_bytes(1 << 30));
        let program = Program::new(PROGRAM).with_name("compile_packages.py");
        let (result, files) = self.host().block_on(async {
            let mut interpreter = self.open("python", policy, files).await?;
            let result = interpreter.run(&program).await?;
            Ok::<_, Error>((result, interpreter.files()?))
        })?;
        if !result.success {
            return Err(failed(format!("{}: {}", result.ending, result.stderr.trim_end())));
        }
        self.keep_bytecode(package, &files)
    }

    fn keep_bytecode(&self, package: &LockedPackage, files: &Tree) -> Result<()> {
        let out = assets::fixed(OUT)?;
        let mut made = Vec::new();
        for item in files.walk(&out).filter(|item| item.file_type() == FileType::File) {
            let path = item.path.as_str().trim_start_matches(OUT).trim_start_matches('/').to_owned();
            made.push((path, files.read_file(&item.path)?));
        }
        let (name, context) = entry(package, self.guest().hash());
        self.cache().put(&name, &context, |file| {
            let mut tar = tar::Builder::new(file);
            for (path, bytes) in &made {
                let mut header = tar::Header::new_gnu();
                header.set_size(bytes.len() as u64);
                header.set_mode(0o444);
                tar.append_data(&mut header, path, bytes.as_slice())?;
            }
            tar.finish()
        })?;
        Ok(())
    }
}
