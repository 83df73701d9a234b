//! The images that come with JavaScript, and how each is made: turns that are run once, then captured.

use sbx_cache::Digest;

use crate::language::Script;

/// The image that JavaScript starts from unless another is named.
pub const DEFAULT_IMAGE: &str = "javascript";

/// The image that TypeScript starts from.
pub const TYPESCRIPT_IMAGE: &str = "typescript";

/// The prelude, in the order in which its parts need each other.
pub(crate) const PRELUDE: [(&str, &str); 19] = [
    ("sbx:inspect", include_str!("../guest/js/inspect.js")),
    ("sbx:console", include_str!("../guest/js/console.js")),
    ("sbx:timers", include_str!("../guest/js/timers.js")),
    ("sbx:web", include_str!("../guest/js/web.js")),
    ("sbx:webstreams", include_str!("../guest/js/webstreams.js")),
    ("sbx:intl", include_str!("../guest/js/intl.js")),
    ("sbx:url", include_str!("../guest/js/url.js")),
    ("sbx:buffer", include_str!("../guest/js/buffer.js")),
    ("sbx:files", include_str!("../guest/js/files.js")),
    ("sbx:events", include_str!("../guest/js/events.js")),
    ("sbx:stream", include_str!("../guest/js/stream.js")),
    ("sbx:hash", include_str!("../guest/js/hash.js")),
    ("sbx:node", include_str!("../guest/js/node.js")),
    ("sbx:quickjs", include_str!("../guest/js/quickjs.js")),
    ("sbx:helpers", include_str!("../guest/js/helpers.js")),
    ("sbx:shell", include_str!("../guest/js/shell.js")),
    ("sbx:shelldata", include_str!("../guest/js/shelldata.js")),
    ("sbx:modules", include_str!("../guest/js/modules.js")),
    ("sbx:main", include_str!("../guest/js/main.js")),
];

/// Wraps the package that strips types; its modules go where the mark is.
pub(crate) const TYPESCRIPT: &str = include_str!("../guest/js/typescript.js");

/// What a program usually does, so that its first time is over when the image is made.
pub(crate) const WARM: &str = include_str!("../guest/js/warm.js");

/// How an image is made.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Whether it has what strips types.
    pub(crate) has_typescript: bool,
}

pub(crate) const RECIPES: [Recipe; 2] = [
    Recipe { name: DEFAULT_IMAGE, description: "JavaScript with its modules, warmed", has_typescript: false },
    Recipe {
        name: TYPESCRIPT_IMAGE,
        description: "the same with what takes the types out of TypeScript",
        has_typescript: true,
    },
];

impl Recipe {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        RECIPES.iter().find(|recipe| recipe.name == name)
    }

    /// The language of what runs from it.
    pub(crate) fn language(&self) -> &'static Script {
        if self.has_typescript { &Script::TypeScript } else { &Script::JavaScript }
    }

    /// The file in the cache: named by everything that decides the content, so that a change makes another file.
    pub(crate) fn file(&self, guest_hash: &str, typescript_hash: &str) -> String {
        /// Raised when images are made in another way from the same sources.
        const METHOD: &str = "1";
        let mut inputs = vec![METHOD, guest_hash, WARM];
        inputs.extend(PRELUDE.iter().flat_map(|(name, source)| [*name, *source]));
        if self.has_typescript {
            inputs.extend([TYPESCRIPT, typescript_hash]);
        }
        let digest = Digest::of(inputs.join("\0").as_bytes()).to_string();
        format!("images/{}-{}.img", self.name, digest.get(..16).unwrap_or(&digest))
    }
}
