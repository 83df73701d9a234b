//! Takes apart what npm brings: what of it comes into a guest, and why it does not.
//!
//! Only names and first bytes of files are looked at here. What a package says of itself is read inside the guest.

use crate::archive::{DESCRIPTION, Member};
use crate::error::{Error, Result};
use crate::name::PackageName;
use crate::sdist::unpack;
use crate::wheel::check_member;

/// What only a package has that is compiled when it is installed.
const RECIPES: [&str; 3] = ["binding.gyp", "CMakeLists.txt", "Cargo.toml"];

/// Ends of files that no program loads: types, sources of TypeScript, maps to them, texts.
const LEFT_OUT: [&str; 9] = [".ts", ".mts", ".cts", ".tsx", ".map", ".flow", ".md", ".markdown", ".tgz"];

/// Folders at a package's top that are for those who develop it.
const FOR_DEVELOPERS: [&str; 11] = [
    "test",
    "tests",
    "__tests__",
    "docs",
    "doc",
    "example",
    "examples",
    "benchmark",
    "benchmarks",
    "coverage",
    "node_modules",
];

/// The files of the archive that come into a guest.
pub(crate) fn take_apart(name: &PackageName, bytes: &[u8]) -> Result<Vec<Member>> {
    let files = unpack(name, bytes)?;
    if let Some(recipe) = RECIPES.iter().find(|recipe| files.contains_key(**recipe)) {
        let reason = format!("it has native code, which is compiled when it is installed ({recipe})");
        return Err(Error::refused(name, reason));
    }
    if !files.contains_key(DESCRIPTION) {
        return Err(Error::refused(name, "it does not say what it is (it has no package.json)"));
    }
    for (path, content) in &files {
        check_member(name, path, content)?;
    }
    Ok(files.into_iter().filter(|(path, _)| is_kept(path)).collect())
}

fn is_kept(path: &str) -> bool {
    let top = path.split_once('/').map(|(top, _)| top);
    let lower = path.to_ascii_lowercase();
    !path.split('/').any(|part| part.starts_with('.'))
        && !top.is_some_and(|top| FOR_DEVELOPERS.contains(&top))
        && !LEFT_OUT.iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        for (path, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("package/{path}"), *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    fn check(files: &[(&str, &[u8])]) -> Result<Vec<Member>> {
        take_apart(&PackageName::parse_npm("demo").unwrap(), &archive(files))
    }

    const SELF: (&str, &[u8]) = ("package.json", b"{}");

    #[test]
    fn what_programs_load_is_kept() {
        let files: Vec<(&str, &[u8])> = [
            "index.js",
            "index.d.ts",
            "index.js.map",
            "lib/test/a.js",
            "test/a.js",
            "README.md",
            "LICENSE",
            "data.json",
            "src/a.ts",
            ".eslintrc.js",
            "node_modules/x/index.js",
        ]
        .map(|path| (path, b"x".as_slice()))
        .into_iter()
        .chain([SELF])
        .collect();
        let paths: Vec<String> = check(&files).unwrap().into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["LICENSE", "data.json", "index.js", "lib/test/a.js", "package.json"]);
    }

    #[test]
    fn native_code_is_refused_by_name_and_by_its_first_bytes() {
        for (path, bytes, wanted) in [
            ("build/Release/fast.node", b"x".as_slice(), "native code (build/Release/fast.node)"),
            ("data.bin", b"\x7fELF\x02", "native code (data.bin)"),
            ("test/x.node", b"x", "native code (test/x.node)"),
            ("fast.wasm", b"\0asm", "native code (fast.wasm)"),
            ("binding.gyp", b"{}", "compiled when it is installed (binding.gyp)"),
        ] {
            let error = check(&[SELF, (path, bytes)]).unwrap_err();
            assert!(error.code() == "packages.refused" && error.to_string().contains(wanted), "{error}");
        }
        assert!(check(&[("index.js", b"x")]).unwrap_err().to_string().contains("no package.json"));
    }
}
