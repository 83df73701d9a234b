//! Errors that models run into because they learnt an older library, or one with more compiled in.
//!
//! The only place where the text of an error decides: the libraries put the name of what is gone there and nowhere else.
//! What a program makes up can bring it no more than a needless sentence.

use sbx_core::{Advice, AdviceKind};
use sbx_runtime::ReplyError;

/// What an error's text has in it, and what to do instead.
type Known = (&'static str, &'static str);

/// `AttributeError`: of an object of this type, or of a module.
const ATTRIBUTES: [Known; 37] = [
    (
        "'DataFrame' object has no attribute 'append'",
        "`DataFrame.append` was removed in pandas 2: use `pd.concat([df, pd.DataFrame([row])], ignore_index=True)`",
    ),
    (
        "'Series' object has no attribute 'append'",
        "`Series.append` was removed in pandas 2: use `pd.concat([a, b])`",
    ),
    ("object has no attribute 'applymap'", "`DataFrame.applymap` is now `DataFrame.map`"),
    ("object has no attribute 'iteritems'", "`iteritems` was removed in pandas 2: use `items`"),
    (
        "object has no attribute 'ix'",
        "`ix` was removed from pandas: use `loc` with labels or `iloc` with positions",
    ),
    (
        "object has no attribute 'lookup'",
        "`DataFrame.lookup` was removed in pandas 2: use `df.loc` for each pair, or `melt` and `merge`",
    ),
    ("object has no attribute 'mad'", "`mad` was removed in pandas 2: use `(df - df.mean()).abs().mean()`"),
    ("module 'pandas' has no attribute 'np'", "`pd.np` was removed: use `import numpy as np`"),
    ("module 'pandas' has no attribute 'datetime'", "`pd.datetime` was removed: use `datetime.datetime`"),
    ("module 'pandas' has no attribute 'Panel'", "`pd.Panel` was removed: use a DataFrame with a MultiIndex"),
    (
        "module 'pandas' has no attribute 'Int64Index'",
        "`pd.Int64Index` was removed: use `pd.Index(values, dtype='int64')`",
    ),
    ("module 'numpy' has no attribute 'float'", "`np.float` was removed: use `float` or `np.float64`"),
    ("module 'numpy' has no attribute 'int'", "`np.int` was removed: use `int` or `np.int64`"),
    ("module 'numpy' has no attribute 'object'", "`np.object` was removed: use `object`"),
    ("module 'numpy' has no attribute 'str'", "`np.str` was removed: use `str`"),
    ("module 'numpy' has no attribute 'trapz'", "`np.trapz` is now `np.trapezoid`"),
    ("module 'numpy' has no attribute 'in1d'", "`np.in1d` is now `np.isin`"),
    ("module 'numpy' has no attribute 'product'", "`np.product` is now `np.prod`"),
    ("module 'numpy' has no attribute 'cumproduct'", "`np.cumproduct` is now `np.cumprod`"),
    ("module 'numpy' has no attribute 'row_stack'", "`np.row_stack` is now `np.vstack`"),
    ("module 'numpy' has no attribute 'asscalar'", "`np.asscalar` was removed: use `a.item()`"),
    ("module 'numpy' has no attribute 'msort'", "`np.msort` was removed: use `np.sort(a, axis=0)`"),
    (
        "module 'scipy.signal' has no attribute 'hann'",
        "`scipy.signal.hann` is now `scipy.signal.windows.hann`",
    ),
    (
        "module 'matplotlib.cm' has no attribute 'get_cmap'",
        "`matplotlib.cm.get_cmap(name)` is now `matplotlib.colormaps[name]`",
    ),
    ("has no attribute 'ANTIALIAS'", "`Image.ANTIALIAS` is now `Image.LANCZOS`"),
    (
        "'ImageDraw' object has no attribute 'textsize'",
        "`draw.textsize` was removed: use `draw.textbbox((0, 0), text)`",
    ),
    ("'ImageFont' object has no attribute 'getsize'", "`font.getsize` was removed: use `font.getbbox(text)`"),
    ("object has no attribute 'get_feature_names'", "`get_feature_names` is now `get_feature_names_out`"),
    (
        "module 'networkx' has no attribute 'from_numpy_matrix'",
        "`nx.from_numpy_matrix` is now `nx.from_numpy_array`",
    ),
    (
        "module 'networkx' has no attribute 'info'",
        "`nx.info` was removed: print the graph, or its `number_of_nodes()` and `number_of_edges()`",
    ),
    (
        "module 'collections' has no attribute",
        "the abstract classes of `collections` are in `collections.abc`",
    ),
    (
        "module 'inspect' has no attribute 'getargspec'",
        "`inspect.getargspec` is now `inspect.getfullargspec` or `inspect.signature`",
    ),
    ("module 'asyncio' has no attribute 'coroutine'", "`asyncio.coroutine` was removed: write `async def`"),
    ("module 'time' has no attribute 'clock'", "`time.clock` was removed: use `time.perf_counter`"),
    ("module 'string' has no attribute 'letters'", "`string.letters` is now `string.ascii_letters`"),
    ("module 'ast' has no attribute 'Str'", "`ast.Str` and `ast.Num` are now `ast.Constant`"),
    ("module 'cgi' has no attribute 'escape'", "`cgi.escape` is now `html.escape`"),
];

/// `TypeError`: arguments that are no more, or are needed now.
const ARGUMENTS: [Known; 9] = [
    (
        "fillna() got an unexpected keyword argument 'method'",
        "`fillna(method=…)` was removed in pandas 3: use `ffill()` or `bfill()`",
    ),
    (
        "got an unexpected keyword argument 'error_bad_lines'",
        "`error_bad_lines` was removed in pandas 2: use `on_bad_lines='skip'`",
    ),
    (
        "got an unexpected keyword argument 'squeeze'",
        "`squeeze` was removed in pandas 2: use `.squeeze('columns')` on the result",
    ),
    (
        "groupby() got an unexpected keyword argument 'axis'",
        "`groupby(axis=1)` was removed: group `df.T` and turn it back",
    ),
    (
        "got an unexpected keyword argument 'squared'",
        "`mean_squared_error(squared=False)` is now `root_mean_squared_error`",
    ),
    (
        "OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'",
        "`sparse` of OneHotEncoder is now `sparse_output`",
    ),
    (
        "with string dtype",
        "choose the columns with numbers first: `df.mean(numeric_only=True)`, or `df.select_dtypes('number')`",
    ),
    (
        "missing 1 required positional argument: 'Loader'",
        "`yaml.load` needs a loader: use `yaml.safe_load(text)`",
    ),
    (
        "is not JSON serializable",
        "only plain values are JSON: make numpy's numbers plain with `int(x)` or `a.tolist()`, or use `json.dumps(…, default=str)`",
    ),
];

/// `ImportError`: names that have moved.
const NAMES: [Known; 11] = [
    ("cannot import name 'simps'", "`scipy.integrate.simps` is now `simpson`"),
    ("cannot import name 'cumtrapz'", "`scipy.integrate.cumtrapz` is now `cumulative_trapezoid`"),
    ("cannot import name 'trapz'", "`scipy.integrate.trapz` is now `trapezoid`"),
    (
        "from 'scipy.misc'",
        "`scipy.misc` was emptied: images are in `PIL`, derivatives in `scipy.differentiate`",
    ),
    ("cannot import name 'interp' from 'scipy'", "`scipy.interp` was removed: use `numpy.interp`"),
    ("`load_boston` has been removed", "`load_boston` was removed: use `load_diabetes`, or a file in /app"),
    ("cannot import name 'joblib' from 'sklearn.externals'", "use `import joblib`"),
    (
        "cannot import name 'PdfFileReader'",
        "`PdfFileReader` is now `PdfReader`, with `reader.pages` and `page.extract_text()`",
    ),
    (
        "cannot import name 'PdfFileWriter'",
        "`PdfFileWriter` is now `PdfWriter`, with `writer.add_page(page)`",
    ),
    ("from 'collections'", "the abstract classes of `collections` are in `collections.abc`"),
    ("cannot import name 'escape' from 'jinja2'", "`escape` and `Markup` are in `markupsafe`"),
];

/// What is not compiled in, by the kind of error.
const UNSUPPORTED: [(&str, Known); 10] = [
    (
        "ImportError",
        ("parquet support", "Parquet needs pyarrow, which is native: use CSV, JSON, Excel or pickle"),
    ),
    (
        "ImportError",
        (
            "`Import pyarrow` failed",
            "This format needs pyarrow, which is native: use CSV, JSON, Excel or pickle",
        ),
    ),
    (
        "ImportError",
        ("`Import pytables` failed", "HDF5 needs PyTables, which is native: use CSV, pickle or `np.savez`"),
    ),
    (
        "ImportError",
        (
            "of 'sqlalchemy' installed",
            "pandas reads databases through `sqlite3.connect(path)` here: pass the connection, not an address",
        ),
    ),
    (
        "ImportError",
        (
            "'_imagingft'",
            "Pillow has no TrueType fonts here: use `ImageFont.load_default()`, or draw text with matplotlib",
        ),
    ),
    ("OSError", ("encoder jpeg not available", "Pillow has no JPEG here: save as PNG")),
    ("OSError", ("decoder jpeg not available", "Pillow has no JPEG here: ask for the picture as PNG")),
    ("ValueError", ("unknown file extension: .webp", "Pillow has no WebP here: save as PNG")),
    (
        "OSError",
        (
            "there are no alarms in the sandbox",
            "The run has a time limit of its own, `timeout_seconds`: leave alarms out",
        ),
    ),
    ("PyperclipException", ("copy/paste mechanism", "There is no clipboard: write to a file in /app")),
];

/// pandas' former names of frequencies, and the present ones.
const FREQUENCIES: [(&str, &str); 8] =
    [("M", "ME"), ("Q", "QE"), ("Y", "YE"), ("A", "YE"), ("H", "h"), ("T", "min"), ("S", "s"), ("BM", "BME")];

/// What to say of an error that is known, if it is.
pub(crate) fn advise(error: &ReplyError) -> Option<Advice> {
    let message = error.message.as_str();
    let find = |table: &[Known]| table.iter().find(|(part, _)| message.contains(part)).map(|(_, text)| *text);
    let removed = match error.kind.as_str() {
        "AttributeError" => find(&ATTRIBUTES),
        "TypeError" => find(&ARGUMENTS),
        "ImportError" => find(&NAMES),
        "OSError" if message.contains("'seaborn") && message.contains("is not a valid package style") => {
            Some(
                "matplotlib's seaborn styles are called `seaborn-v0_8…` now, as in `plt.style.use('seaborn-v0_8')`",
            )
        }
        _ => None,
    };
    if let Some(text) = removed {
        return Some(Advice::new(AdviceKind::RemovedApi, format!("{text}.")));
    }
    if error.kind == "ValueError"
        && let Some(rest) = message.strip_prefix("Invalid frequency: ")
        && let Some((old, new)) = FREQUENCIES.iter().find(|(old, _)| rest.split('.').next() == Some(old))
    {
        let text = format!("pandas' frequency `{old}` is called `{new}` now.");
        return Some(Advice::new(AdviceKind::RemovedApi, text));
    }
    if error.kind == "ValueError" && message.starts_with("array is too big") {
        let text = "The array is larger than the 4 GiB that the sandbox can address. Work in chunks, or with a smaller dtype.";
        return Some(Advice::new(AdviceKind::OutOfMemory, text));
    }
    UNSUPPORTED
        .iter()
        .find(|(kind, (part, _))| *kind == error.kind && message.contains(part))
        .map(|(_, (_, text))| Advice::new(AdviceKind::Unsupported, format!("{text}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(kind: &str, message: &str) -> Option<String> {
        let mut error = ReplyError::default();
        (error.kind, error.message) = (kind.to_owned(), message.to_owned());
        advise(&error).map(|advice| advice.message)
    }

    #[test]
    fn the_kind_of_the_error_counts_too() {
        let message = "'DataFrame' object has no attribute 'append'";
        assert!(advice("AttributeError", message).unwrap().contains("pd.concat"));
        assert_eq!(advice("ValueError", message), None);
    }

    #[test]
    fn frequencies_are_told_by_their_new_names() {
        let message = "Invalid frequency: M. Failed to parse with error message: …";
        assert_eq!(advice("ValueError", message).unwrap(), "pandas' frequency `M` is called `ME` now.");
        assert_eq!(advice("ValueError", "Invalid frequency: X. Failed"), None);
    }
}
