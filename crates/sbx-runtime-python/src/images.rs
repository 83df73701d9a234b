//! The images that come with Python, and how each is made: turns that are run once, then captured.

use sbx_cache::Digest;

/// The image that is used unless another is named.
pub const DEFAULT_IMAGE: &str = "python-data";

/// One image.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// Its name, as `--image` takes it.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// Bytes of linear memory; `None` if it is not built yet.
    pub memory_bytes: Option<u64>,
    /// Its file, relative to the cache.
    pub file: String,
}

/// How an image is made.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Set-up code that runs after the bootstrap is in.
    pub(crate) warm: &'static [(&'static str, &'static str)],
}

/// Makes the modules of the bootstrap.
pub(crate) const INSTALLER: &str = include_str!("../guest/install.py");

/// The bootstrap, in the order in which its parts need each other.
pub(crate) const BOOTSTRAP: [(&str, &str); 4] = [
    ("_sbx_state", include_str!("../guest/_sbx_state.py")),
    ("_sbx_asyncio", include_str!("../guest/_sbx_asyncio.py")),
    ("_sbx_report", include_str!("../guest/_sbx_report.py")),
    ("_sbx", include_str!("../guest/_sbx.py")),
];

const WARM_PYTHON: (&str, &str) = ("<warm_python>", include_str!("../guest/warm_python.py"));
const WARM_DATA: (&str, &str) = ("<warm_data>", include_str!("../guest/warm_data.py"));

pub(crate) const RECIPES: [Recipe; 2] = [
    Recipe { name: "python", description: "the standard library, imported and warmed", warm: &[WARM_PYTHON] },
    Recipe {
        name: "python-data",
        description: "the same with numpy, pandas and matplotlib imported",
        warm: &[WARM_PYTHON, WARM_DATA],
    },
];

impl Recipe {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        RECIPES.iter().find(|recipe| recipe.name == name)
    }

    /// The file in the cache: named by everything that decides the content, so that a change makes another file.
    pub(crate) fn file(&self, guest_hash: &str) -> String {
        /// Raised when images are made in another way from the same sources.
        const METHOD: &str = "2";
        let mut inputs = vec![METHOD, guest_hash, INSTALLER];
        inputs.extend(BOOTSTRAP.iter().chain(self.warm).flat_map(|(name, source)| [*name, *source]));
        let digest = Digest::of(inputs.join("\0").as_bytes()).to_string();
        format!("images/{}-{}.img", self.name, digest.get(..16).unwrap_or(&digest))
    }
}
