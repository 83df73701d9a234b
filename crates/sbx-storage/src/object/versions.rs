//! How the two things that object stores tell writes apart by become one [`Version`].
//!
//! S3 and Azure compare entity tags, Google a generation. Both go into the text, `[tag] [generation]`, as a store looks
//! at its own only; a generation has no space in it.

use object_store::UpdateVersion;

use crate::adapter::Version;

pub(super) fn version_of(e_tag: Option<&str>, generation: Option<&str>) -> Version {
    Version::new(format!("{} {}", e_tag.unwrap_or_default(), generation.unwrap_or_default()))
}

/// The other way; `None` for what [`version_of`] did not make, or made of nothing.
pub(super) fn update_of(version: &Version) -> Option<UpdateVersion> {
    let (e_tag, generation) = version.as_str().rsplit_once(' ')?;
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let update = UpdateVersion { e_tag: given(e_tag), version: given(generation) };
    (update.e_tag.is_some() || update.version.is_some()).then_some(update)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_lead_back() {
        for (e_tag, generation) in [(Some("\"a b\""), None), (None, Some("17")), (Some("x"), Some("17"))] {
            let update = update_of(&version_of(e_tag, generation)).unwrap();
            assert_eq!((update.e_tag.as_deref(), update.version.as_deref()), (e_tag, generation));
        }
        assert_eq!(update_of(&version_of(None, None)), None);
        assert_eq!(update_of(&Version::new("other")), None);
    }
}
