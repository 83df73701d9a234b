//! "Did you mean": the known name that a wrong one was probably meant to be.

/// The name of `known` that is nearest to `name`, unless none is near: more than half of its letters would have to change.
///
/// # Examples
/// ```
/// assert_eq!(sbx_core::nearest("mamoth", ["mammoth", "markdown"]), Some("mammoth"));
/// assert_eq!(sbx_core::nearest("numpy", ["mammoth", "markdown"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    near.filter(|(distance, known)| *distance * 2 < known.len()).map(|(_, known)| known)
}
