//! Modules that are not there: what to use in their place.

use sbx_core::Advice;
use sbx_runtime::{
    ReplyError,
    advice::{is_module_name, missing_module},
};

const NO_NETWORK: &str = "there is no network; read the data from a file in /app";
const NO_DISPLAY: &str = "there is no display; draw figures with `matplotlib`, they are in the result";
const PLAIN_TEXT: &str = "use `print`, `textwrap` or `tabulate`";
const NATIVE_ML: &str = "it is native; use `sklearn` or `numpy`";
const BOOSTING: &str = "it is native; use `sklearn.ensemble.HistGradientBoostingClassifier` or `…Regressor`";
const DATABASES: &str = "use `sqlite3`, with a file in /app or `:memory:`";
const OPTIMISERS: &str = "use `scipy.optimize.linprog`, `milp` or `minimize`";
const LANGUAGE: &str = "use `re`, `collections.Counter` and `sklearn.feature_extraction.text`";
const REMOVED: &str = "it was removed from the standard library";

/// Modules that are not here and mostly cannot be, by what replaces them.
const ALTERNATIVES: [(&str, &[&str]); 42] = [
    (
        NO_NETWORK,
        &[
            "boto3",
            "scrapy",
            "selenium",
            "playwright",
            "openai",
            "anthropic",
            "paramiko",
            "websockets",
            "grpc",
            "yfinance",
            "wikipedia",
        ],
    ),
    (
        "there is no network to serve; call the functions directly",
        &["flask", "fastapi", "django", "streamlit", "gradio", "dash", "uvicorn", "aiofiles"],
    ),
    (
        NO_DISPLAY,
        &[
            "tkinter",
            "turtle",
            "pygame",
            "pyautogui",
            "PyQt5",
            "PySide6",
            "altair",
            "bokeh",
            "plotly",
            "folium",
            "wordcloud",
            "graphviz",
        ],
    ),
    (
        "there is no terminal; read from `input()` or a file and print",
        &["readline", "_curses", "termios", "tty", "msvcrt", "keyboard"],
    ),
    (NATIVE_ML, &["torch", "tensorflow", "keras", "jax", "transformers", "sentence_transformers"]),
    (BOOSTING, &["xgboost", "lightgbm", "catboost"]),
    (LANGUAGE, &["nltk", "spacy", "gensim", "textblob"]),
    (
        DATABASES,
        &[
            "sqlalchemy",
            "psycopg2",
            "pymysql",
            "pymongo",
            "redis",
            "duckdb",
            "peewee",
            "MySQLdb",
            "cx_Oracle",
        ],
    ),
    (OPTIMISERS, &["pulp", "ortools", "cvxpy", "pyomo"]),
    ("it is native; use `pandas`", &["polars", "dask", "modin", "pyspark", "vaex"]),
    (
        "it is native; use pandas with CSV, JSON, Excel or pickle files",
        &["pyarrow", "fastparquet", "tables", "h5py"],
    ),
    ("use `numpy` on arrays from `PIL.Image`, or `scipy.ndimage`", &["cv2", "skimage", "imageio"]),
    ("use `pypdf`", &["fitz", "pdfplumber", "camelot", "tabula", "pdfminer", "pikepdf"]),
    ("use `reportlab`", &["fpdf", "weasyprint", "pdfkit"]),
    ("use `openpyxl`", &["xlwt", "pyexcel", "xlwings"]),
    ("use `dataclasses` or `attrs`", &["pydantic", "marshmallow"]),
    ("use `json`", &["orjson", "ujson", "simplejson", "rapidjson"]),
    ("use `tomllib` to read", &["toml", "tomlkit"]),
    ("use `zoneinfo`", &["pytz", "tzlocal"]),
    ("use `datetime` and `dateutil`", &["arrow", "pendulum", "dateparser", "holidays"]),
    ("use `charset_normalizer`", &["chardet", "cchardet"]),
    ("use `unicodedata.normalize`", &["unidecode"]),
    ("use `difflib`", &["rapidfuzz", "fuzzywuzzy", "thefuzz", "Levenshtein", "jellyfish"]),
    ("use `unittest` or plain assertions", &["pytest", "hypothesis", "nose"]),
    (PLAIN_TEXT, &["rich", "colorama", "termcolor", "prettytable", "humanize", "inflect", "emoji"]),
    ("use `random` and lists of your own", &["faker", "names"]),
    ("use `argparse`", &["click", "typer", "fire", "docopt"]),
    (
        "use `hashlib`, `hmac` and `secrets`; there is no encryption",
        &["cryptography", "Crypto", "nacl", "bcrypt", "passlib", "jwt"],
    ),
    ("use plain loops or `numpy`; there is no compiler", &["numba", "cython", "cupy", "pybind11"]),
    (
        "use numpy, or plain Python for the geometry",
        &["geopandas", "shapely", "pyproj", "geopy", "haversine"],
    ),
    (
        "the host measures what a run uses; its result says so",
        &["psutil", "resource", "memory_profiler", "line_profiler", "GPUtil"],
    ),
    ("files need no locks: the program is alone", &["fcntl", "filelock", "portalocker"]),
    ("there are no other users", &["pwd", "grp"]),
    (
        "there is no speech or sound",
        &["pyttsx3", "gtts", "speech_recognition", "librosa", "pydub", "soundfile"],
    ),
    ("use `importlib`", &["imp"]),
    ("use `importlib.metadata` or `packaging`", &["distutils", "pkg_resources", "setuptools"]),
    ("use `urllib.parse`, `html` and `email`", &["cgi", "cgitb"]),
    (
        REMOVED,
        &[
            "asyncore",
            "asynchat",
            "telnetlib",
            "smtpd",
            "nntplib",
            "audioop",
            "crypt",
            "pipes",
            "xdrlib",
            "sndhdr",
            "uu",
        ],
    ),
    ("use `mimetypes` or look at the first bytes", &["magic", "imghdr"]),
    ("native code cannot be called", &["_ctypes", "cffi"]),
    ("pip does not work inside; `importlib.metadata.distributions()` lists what is there", &["pip"]),
    (
        "ask the one who runs the program to vendor it",
        &["PyPDF2", "odf", "mammoth", "markdown", "urllib3", "tomli", "docx", "pptx"],
    ),
];

/// What other packages are installed as, and their modules' names.
const DISTRIBUTIONS: [(&str, &str); 13] = [
    ("beautifulsoup4", "bs4"),
    ("beautifulsoup", "bs4"),
    ("BeautifulSoup", "bs4"),
    ("scikit_learn", "sklearn"),
    ("scikitlearn", "sklearn"),
    ("pillow", "PIL"),
    ("Pillow", "PIL"),
    ("PyYAML", "yaml"),
    ("pyyaml", "yaml"),
    ("python_dateutil", "dateutil"),
    ("XlsxWriter", "xlsxwriter"),
    ("Jinja2", "jinja2"),
    ("sqlite", "sqlite3"),
];

/// Modules that have moved.
const MOVED: [(&str, &str); 7] = [
    ("sklearn.cross_validation", "sklearn.model_selection"),
    ("sklearn.grid_search", "sklearn.model_selection"),
    ("sklearn.externals", "joblib"),
    ("pandas.io.json.json_normalize", "pandas.json_normalize"),
    ("scipy.misc", "scipy.datasets, scipy.special or imageio"),
    ("matplotlib.mlab", "scipy.signal"),
    ("collections.Mapping", "collections.abc"),
];

/// What there is, for modules of which nothing is known.
const AVAILABLE: &str = "only the standard library, the built-in packages (numpy, pandas, scipy, scikit-learn, matplotlib, \
    openpyxl, lxml, Pillow, PyYAML, jinja2, bs4, sympy, …) and vendored packages are there; pip does not work inside";

/// What to say of a `ModuleNotFoundError`.
pub(crate) fn advise(error: &ReplyError) -> Option<Advice> {
    let module = error.module.as_deref()?;
    let nearest = error.nearest.as_deref().filter(|nearest| is_module_name(nearest));
    Some(missing_module(module, &hint(module, nearest)))
}

fn hint(module: &str, nearest: Option<&str>) -> String {
    let top = module.split('.').next().unwrap_or(module);
    let named = |table: &[(&str, &str)], name: &str| {
        table.iter().find(|(known, _)| *known == name).map(|(_, answer)| (*answer).to_owned())
    };
    if let Some(moved) = named(&MOVED, module) {
        return format!("it is now `{moved}`");
    }
    if let Some(name) = named(&DISTRIBUTIONS, top) {
        return format!("the package is imported as `{name}`");
    }
    let known = ALTERNATIVES.iter().find(|(_, modules)| modules.contains(&top));
    match (known, nearest) {
        (Some((alternative, _)), _) => (*alternative).to_owned(),
        (None, Some(nearest)) => format!("did you mean `{nearest}`?"),
        (None, None) => AVAILABLE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_module_has_one_answer() {
        let mut names: Vec<&str> =
            ALTERNATIVES.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
        names.extend(DISTRIBUTIONS.iter().map(|(name, _)| *name));
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }

    #[test]
    fn what_is_known_goes_before_what_is_spelt_alike() {
        assert_eq!(hint("numpi", Some("numpy")), "did you mean `numpy`?");
        assert_eq!(hint("toml", Some("tomllib")), "use `tomllib` to read");
        assert_eq!(hint("PyYAML", Some("yaml")), "the package is imported as `yaml`");
        assert_eq!(hint("sklearn.grid_search", None), "it is now `sklearn.model_selection`");
        assert_eq!(hint("quux", None), AVAILABLE);
    }
}
