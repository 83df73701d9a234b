//! The hostile programs of the repository, `tests/hostile/`, and the ordinary ones that run beside them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sbx::{RuntimeType, SandboxBuilder, default_image};

use crate::{
    case::{Case, cases},
    language::{LANGUAGES, Language, runtimes},
};

/// A case in one of its languages.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The file that it stands in, without the extension: its theme.
    pub theme: String,
    /// The case.
    pub case: Case,
    /// The language.
    pub language: Language,
}

/// All hostile programs in this language, by theme and in the order of the files; none if it has no folder.
///
/// # Panics
/// If one cannot be read.
#[must_use]
pub fn corpus(language: &Language) -> Vec<Entry> {
    let folder = folder().join(language.key);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().flat_map(|file| list(file, language)).collect()
}

/// Programs as users write them, in all languages: each says exactly what it prints, whatever runs beside it.
///
/// # Panics
/// If one cannot be read.
#[must_use]
pub fn ordinary() -> Vec<Entry> {
    let file = folder().join("ordinary.toml");
    LANGUAGES.iter().flat_map(|language| list(&file, language)).collect()
}

fn list(file: &Path, language: &Language) -> Vec<Entry> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let theme = file.file_stem().unwrap().to_string_lossy().into_owned();
    let of_language = cases(&text).into_iter().filter(|case| case.has(language) && is_set_up(case));
    of_language.map(|case| Entry { theme: theme.clone(), case, language: *language }).collect()
}

/// Whether the image that a case names is there: the one of TypeScript needs npm, and without it its cases are left out.
fn is_set_up(case: &Case) -> bool {
    let needs_npm = case.image.as_deref() == Some(default_image(RuntimeType::TypeScript));
    !needs_npm || SandboxBuilder::new(RuntimeType::TypeScript).runtimes(runtimes()).build().is_ok()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile")
}
