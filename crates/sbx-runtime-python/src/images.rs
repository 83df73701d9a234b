//! The images that come with Python, and how each is made: turns that are run once, then captured.

use sbx_cache::Digest;

/// The image that is used unless another is named.
pub const DEFAULT_IMAGE: &str = "python-data";

/// How an image is made.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Set-up code that runs after the bootstrap is in.
    pub(crate) warm: &'static [(&'static str, &'static str)],
}

/// Makes the modules of the bootstrap.
pub(crate) const INSTALLER: &str = include_str!("../guest/install.py");

/// The bootstrap and the modules that every program finds, in the order in which their parts need each other.
pub(crate) const BOOTSTRAP: [(&str, &str); 19] = [
    ("_sbx_state", include_str!("../guest/_sbx_state.py")),
    ("_sbx_asyncio", include_str!("../guest/_sbx_asyncio.py")),
    ("_sbx_report", include_str!("../guest/_sbx_report.py")),
    ("_sbx_results", include_str!("../guest/_sbx_results.py")),
    ("_sbx_threads", include_str!("../guest/shims/_sbx_threads.py")),
    ("_sbx_executors", include_str!("../guest/shims/_sbx_executors.py")),
    ("_sbx_process", include_str!("../guest/shims/_sbx_process.py")),
    ("_sbx_network", include_str!("../guest/shims/_sbx_network.py")),
    ("_sbx_notebook", include_str!("../guest/shims/_sbx_notebook.py")),
    ("_sbx_missing", include_str!("../guest/shims/_sbx_missing.py")),
    ("_sbx_shims", include_str!("../guest/shims/_sbx_shims.py")),
    ("_sbx", include_str!("../guest/_sbx.py")),
    ("sandbox_utils._paths", include_str!("../guest/sandbox_utils/_paths.py")),
    ("sandbox_utils._files", include_str!("../guest/sandbox_utils/_files.py")),
    ("sandbox_utils._text", include_str!("../guest/sandbox_utils/_text.py")),
    ("sandbox_utils._data", include_str!("../guest/sandbox_utils/_data.py")),
    ("sandbox_utils._formats", include_str!("../guest/sandbox_utils/_formats.py")),
    ("sandbox_utils._shell", include_str!("../guest/sandbox_utils/_shell.py")),
    ("sandbox_utils.__init__", include_str!("../guest/sandbox_utils/__init__.py")),
];

const WARM_PYTHON: (&str, &str) = ("<warm_python>", include_str!("../guest/warm_python.py"));
const WARM_DATA: (&str, &str) = ("<warm_data>", include_str!("../guest/warm_data.py"));
const WARM_SCIENCE: (&str, &str) = ("<warm_science>", include_str!("../guest/warm_science.py"));

pub(crate) const RECIPES: [Recipe; 2] = [
    Recipe { name: "python", description: "the standard library, imported and warmed", warm: &[WARM_PYTHON] },
    Recipe {
        name: "python-data",
        description: "the same with numpy, pandas, matplotlib, scikit-learn and the other packages imported",
        warm: &[WARM_PYTHON, WARM_DATA, WARM_SCIENCE],
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
