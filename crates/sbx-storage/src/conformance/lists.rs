//! What is listed, and in which order.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use pollster::block_on;

use super::{Area, Outcome, Problem, ensure, in_threads};
use crate::adapter::{Expect, StorageAdapter};

/// In the order of their bytes, with what file systems and stores like to order otherwise.
const NAMES: [&str; 14] = [
    "0",
    "B",
    "a",
    "a-b",
    "a.b",
    "a/b",
    "a/b-c",
    "a/b/c",
    "a0",
    "a_",
    "aa/x",
    "b",
    "objects/ab/1",
    "objects/ac/2",
];

async fn fill(area: &Area) -> Outcome {
    for name in NAMES.iter().rev() {
        area.storage.write(&area.key(name)?, Bytes::from_static(name.as_bytes()), Expect::Any).await?;
    }
    Ok(())
}

pub(super) async fn lists_are_in_order(area: Area) -> Outcome {
    fill(&area).await?;
    let names = area.names("").await?;
    ensure!(names == NAMES, "{NAMES:?} are listed as {names:?}");
    let everything = area.storage.list("", None).await?;
    ensure!(!everything.items.is_empty(), "the empty prefix lists nothing");
    let in_order = everything.items.is_sorted_by(|one, next| one.key < next.key);
    ensure!(in_order, "the list of everything is not in order");
    Ok(())
}

pub(super) async fn prefixes_may_end_inside_a_name(area: Area) -> Outcome {
    fill(&area).await?;
    let prefixes = [
        "a",
        "a/",
        "a/b",
        "a/b/",
        "a/b/c",
        "a/b/c/",
        "a-",
        "a.",
        "a0",
        "objects/a",
        "objects/ab",
        "objects",
        "obj",
        "o/",
        "zz",
        "B",
        "a/c",
        "..",
        "../",
        "a//",
        "/",
        "a/../b",
        "aa/x",
        "0",
    ];
    for prefix in prefixes {
        let expected: Vec<&str> = NAMES.into_iter().filter(|name| name.starts_with(prefix)).collect();
        let names = area.names(prefix).await?;
        ensure!(names == expected, "the prefix {prefix:?} lists {names:?}, not {expected:?}");
    }
    Ok(())
}

pub(super) async fn lists_go_on_after_any_key(area: Area) -> Outcome {
    fill(&area).await?;
    // Keys that are there, that are not, and that lie outside of the prefix.
    let afters =
        NAMES.into_iter().chain(["-", "A", "a/a", "a/b/", "a/z", "b/x", "objects/ab", "objects/az", "zzz"]);
    for after in afters {
        let after = after.trim_end_matches('/');
        for prefix in ["", "a", "a/", "a/b", "objects/", "objects/ac"] {
            let expected: Vec<&str> =
                NAMES.into_iter().filter(|name| name.starts_with(prefix) && *name > after).collect();
            let mut names = Vec::new();
            let mut last = area.key(after)?;
            loop {
                let listing = area.storage.list(&format!("{}{prefix}", area.prefix), Some(&last)).await?;
                names.extend(listing.items.iter().map(|meta| area.name(&meta.key)));
                match listing.items.last() {
                    Some(meta) if listing.more => last = meta.key.clone(),
                    _ => break,
                }
            }
            ensure!(names == expected, "{prefix:?} after {after:?} lists {names:?}, not {expected:?}");
        }
    }
    Ok(())
}

pub(super) async fn long_lists_are_whole(area: Area) -> Outcome {
    let n = area.limits.n_keys;
    let expected: Vec<String> = (0..n).map(|at| format!("many/{:02}/{at:05}", at * 10 / n.max(1))).collect();
    in_threads(area.limits.n_writers, |thread| {
        for name in expected.iter().skip(thread).step_by(area.limits.n_writers) {
            block_on(area.storage.write(&area.key(name)?, Bytes::from_static(b"x"), Expect::Any))?;
        }
        Ok(())
    })?;
    let names = area.names("many/").await?;
    ensure!(names.len() == n, "{n} keys are listed as {}", names.len());
    ensure!(names == expected, "{n} keys are listed in another order");
    Ok(())
}

pub(super) async fn lists_know_size_and_time(area: Area) -> Outcome {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    for (name, bytes) in [("empty", &b""[..]), ("ten", b"0123456789")] {
        area.storage.write(&area.key(name)?, Bytes::from_static(bytes), Expect::Any).await?;
    }
    let listing = area.storage.list(&area.prefix, None).await?;
    let sizes: Vec<u64> = listing.items.iter().map(|meta| meta.bytes).collect();
    ensure!(sizes == [0, 10], "values of 0 and 10 bytes are listed with {sizes:?}");
    let now = SystemTime::now();
    for meta in &listing.items {
        let is_near = |time: SystemTime| now.duration_since(time).or_else(|_| time.duration_since(now));
        let distance = is_near(meta.modified).map_err(Problem::from)?;
        ensure!(distance < DAY, "{} was modified {distance:?} from now", meta.key);
    }
    Ok(())
}

/// Part after part, each above the one before: a list that repeats itself has no end.
pub(super) async fn lists_come_to_an_end(area: Area) -> Outcome {
    fill(&area).await?;
    let mut after = None;
    loop {
        let listing = area.storage.list(&area.prefix, after.as_ref()).await?;
        let Some(last) = listing.items.last() else { return Ok(()) };
        let goes_on = listing.items.iter().all(|item| after.as_ref().is_none_or(|after| item.key > *after));
        ensure!(goes_on, "the list after {after:?} has what was listed before");
        after = Some(last.key.clone());
    }
}
