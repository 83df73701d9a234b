//! Pictures in a result, as files.

use std::{fs, io::Write as _, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sbx::{RichResult, SandboxResult};

use crate::{
    console,
    failure::{Failure, Outcome},
};

/// The kinds of pictures, their files' extensions, and whether they are kept as base64; the best first.
const KINDS: [(&str, &str, bool); 5] = [
    ("image/png", "png", true),
    ("image/svg+xml", "svg", false),
    ("image/jpeg", "jpg", true),
    ("image/gif", "gif", true),
    ("image/webp", "webp", true),
];

/// Writes the result's pictures into `folder`, which is made if it is not there; files that are there stay. Says where
/// they are if `says`.
pub(crate) fn save(result: &SandboxResult, folder: &Path, says: bool) -> Outcome<()> {
    write_all(result, folder, says)
        .with_context(|| format!("cannot save figures in {}", folder.display()))
        .map_err(Failure::Broken)
}

/// How many pictures there are.
pub(crate) fn count(result: &SandboxResult) -> usize {
    result.results.iter().filter(|shown| picture(shown).is_some()).count()
}

fn write_all(result: &SandboxResult, folder: &Path, says: bool) -> anyhow::Result<()> {
    let mut number = 1;
    for (bytes, extension) in result.results.iter().filter_map(picture) {
        fs::create_dir_all(folder)?;
        let (path, mut file) = loop {
            let path = folder.join(format!("figure-{number}.{extension}"));
            number += 1;
            match fs::File::create_new(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        };
        file.write_all(&bytes)?;
        if says {
            console::remark(&format!("a figure is in {}", path.display()));
        }
    }
    Ok(())
}

/// The best picture among the forms of a value. What is no base64 is none: the program makes the forms.
fn picture(shown: &RichResult) -> Option<(Vec<u8>, &'static str)> {
    KINDS.iter().find_map(|(mime, extension, is_base64)| {
        let form = shown.data.get(*mime)?;
        let bytes = if *is_base64 { BASE64_STANDARD.decode(form).ok()? } else { form.clone().into_bytes() };
        Some((bytes, *extension))
    })
}
