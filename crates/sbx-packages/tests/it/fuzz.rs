//! Any bytes as a lock file, as a wheel and as an archive of sources: pure Python under names that lead nowhere else, or
//! an error.
//!
//! [`packages`] is the whole of the fuzz target of that name; its seeds and some thousand changes of them run here as an
//! ordinary test.

use std::io::Write as _;

use sbx_cache::fetch::Sha256;
use sbx_packages::{Archive, Lock, PackageName, Request, Version};

/// Reads the bytes after the first one as what that one says.
///
/// # Panics
/// If a lock does not come back from its own text, or something came out of an archive that no guest may see.
pub(crate) fn packages(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else { return };
    match kind % 4 {
        0 => words(&String::from_utf8_lossy(bytes)),
        1 => archive("wheel", bytes),
        2 => archive("sdist", bytes),
        // Nobody guesses the sum of a deflated stream: the archive is packed here.
        _ => archive("sdist", &packed(bytes)),
    }
}

fn words(text: &str) {
    if let Ok(lock) = Lock::parse(text) {
        assert_eq!(Lock::parse(&lock.to_text()).unwrap(), lock, "what is written is read the same");
        for package in lock.packages() {
            assert!(package.needs.iter().all(|id| lock.by_id(id).is_some()));
            assert!(!lock.select(&[package.name.to_string()]).unwrap().is_empty());
        }
    }
    let word = text.lines().next().unwrap_or_default();
    if let Ok(name) = PackageName::parse(word) {
        assert_eq!(PackageName::parse(name.as_str()).unwrap(), name);
        assert!(is_plain(name.as_str()) && !name.as_str().starts_with('-'), "{name}");
    }
    if let Ok(version) = Version::parse(word) {
        assert_eq!(Version::parse(version.as_str()).unwrap(), version);
        assert!(is_plain(version.as_str()) && !version.as_str().starts_with('-'), "{version}");
    }
    if let Ok(request) = Request::parse(word) {
        assert_eq!(Request::parse(request.as_str()).unwrap().as_str(), request.as_str());
        // It becomes an argument of pip.
        assert!(!request.as_str().starts_with('-'), "{}", request.as_str());
        assert!(!request.as_str().contains(['"', '\\', '@', ';', '/']), "{}", request.as_str());
    }
}

/// Whether it can stand in the name of a file and between quotes.
fn is_plain(word: &str) -> bool {
    !word.is_empty()
        && !word.contains(|char: char| char.is_control() || "/\\\"' ".contains(char))
        && word != ".."
}

fn archive(kind: &str, bytes: &[u8]) {
    let lock = format!(
        "format = 1\n[[package]]\nname = \"demo\"\nversion = \"1.0\"\nnewest = \"1.0\"\nsource = \"{kind}\"\n\
         sha256 = \"{}\"\nbytes = {}\nrequest = \"demo\"\n",
        Sha256::of(bytes),
        bytes.len().max(1),
    );
    let lock = Lock::parse(&lock).unwrap();
    let package = lock.packages().next().unwrap();
    match Archive::take_apart(package, bytes) {
        Ok(archive) => {
            for path in archive.paths() {
                let parts = path.split('/');
                assert!(parts.clone().all(|part| !matches!(part, "" | "." | "..")), "{path:?}");
                assert!(!path.contains(|char: char| char.is_control() || char == '\\'), "{path:?}");
                let lower = path.to_ascii_lowercase();
                assert!(
                    ![".so", ".pyd", ".dll", ".dylib"].iter().any(|end| lower.ends_with(end)),
                    "{path:?}"
                );
            }
        }
        Err(error) => assert_eq!(error.code(), "packages.refused", "{error}"),
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::mutate::{self, Changes};

    #[test]
    fn any_bytes_are_pure_python_or_an_error() {
        mutate::run(Changes::of("packages").inputs(2_000), packages);
    }

    /// A header that says that the next name is a gigabyte long costs a few megabytes, packed.
    #[cfg(target_os = "linux")]
    #[test]
    fn an_archive_that_unfolds_without_end_is_refused_while_it_is_small() {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::GNULongName);
        header.set_path("././@LongLink").unwrap();
        header.set_size(1 << 30);
        header.set_cksum();
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(header.as_bytes()).unwrap();
        let zeros = vec![0; 1 << 20];
        (0..1024).for_each(|_| to.write_all(&zeros).unwrap());
        let bytes = to.finish().unwrap();
        let before = peak_bytes();
        archive("sdist", &bytes);
        let grown = peak_bytes() - before;
        assert!(grown < 640 << 20, "{} MiB", grown >> 20);
    }

    /// The most memory that this process has had.
    #[cfg(target_os = "linux")]
    fn peak_bytes() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }
}
