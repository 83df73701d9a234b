//! Rich results: tables, pictures and markup beside the text.

use sbx_core::{RichResult, SandboxResult};

use crate::lab::{DATA, open, policy, run, run_data, turn};

const PNG: &str = "iVBORw0KGgo";

fn forms(result: &SandboxResult) -> Vec<Vec<&str>> {
    result.results.iter().map(|shown| shown.data.keys().map(String::as_str).collect()).collect()
}

fn texts(result: &SandboxResult) -> Vec<&str> {
    result.results.iter().map(|shown| shown.data["text/plain"].as_str()).collect()
}

fn json(shown: &RichResult) -> serde_json::Value {
    serde_json::from_str(&shown.data["application/json"]).unwrap()
}

#[test]
fn a_table_is_text_markup_and_data() {
    let result = run_data(
        "import pandas as pd\npd.DataFrame({'n': [1, 2], 'day': pd.to_datetime(['2026-01-01', None])})",
    );
    assert_eq!(forms(&result), [["application/json", "text/html", "text/plain"]]);
    assert!(result.results[0].data["text/html"].contains("<table border=\"1\" class=\"dataframe\">"));
    assert_eq!(
        json(&result.results[0]),
        serde_json::json!({"columns": ["n", "day"], "index": [0, 1], "data": [[1, "2026-01-01T00:00:00.000"], [2, null]]})
    );
    assert_eq!(result.stdout, "", "a value is not printed");
}

#[test]
fn a_long_table_is_given_by_its_first_rows() {
    let result = run_data("import pandas as pd\npd.DataFrame({'n': range(100_000)})");
    assert_eq!(json(&result.results[0])["data"].as_array().unwrap().len(), 1000);
}

#[test]
fn a_series_is_a_table_of_one_column() {
    let result = run_data("import pandas as pd\npd.Series([1.5, 2.5], name='x')");
    assert_eq!(forms(&result), [["application/json", "text/html", "text/plain"]]);
    assert_eq!(json(&result.results[0])["columns"], serde_json::json!(["x"]));
}

#[test]
fn tables_that_json_cannot_hold_keep_their_other_forms() {
    let result = run_data("import pandas as pd\npd.DataFrame([[1, 2]], columns=['a', 'a'])");
    assert_eq!(forms(&result), [["text/html", "text/plain"]]);
}

#[test]
fn every_open_figure_is_a_picture_and_is_closed() {
    let mut interpreter = open(DATA, policy());
    let code =
        "import matplotlib.pyplot as plt\nfor n in range(2):\n    plt.figure()\n    plt.plot([1, n])\n'last'";
    let result = turn(&mut interpreter, code);
    let picture = vec!["image/png", "text/plain"];
    assert_eq!(forms(&result), [picture.clone(), picture, vec!["text/plain"]]);
    assert_eq!((texts(&result)[1], result.value()), ("<Figure size 640x480 with 1 Axes>", Some("'last'")));
    assert!(result.results[1].data["image/png"].starts_with(PNG));
    assert_ne!(result.results[0], result.results[1]);
    assert_eq!(turn(&mut interpreter, "plt.get_fignums()").results[0].data["text/plain"], "[]");
    assert_eq!(turn(&mut interpreter, "1").results.len(), 1, "each picture once");
}

#[test]
fn showing_a_figure_is_quiet_and_starts_a_new_one() {
    let code = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nprint(plt.get_fignums())\nplt.plot([2])\nplt.show()";
    let result = run_data(code);
    assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("[]\n", ""));
    assert_eq!(result.results.len(), 2);
    let again = run_data(
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()",
    );
    assert_eq!((again.results.len(), again.stderr.as_str()), (1, ""));
}

#[test]
fn a_figure_that_is_the_value_is_shown_once() {
    let result = run_data("import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\nfigure");
    assert_eq!(forms(&result), [["image/png", "text/plain"]]);
}

#[test]
fn a_figure_that_was_saved_and_closed_is_not_shown() {
    let result =
        run_data("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('a.png')\nplt.close()");
    assert_eq!(result.results, []);
}

#[test]
fn figures_are_kept_from_a_program_that_fails() {
    let result = run_data("import matplotlib.pyplot as plt\nplt.plot([1])\ndisplay('so far')\n1/0");
    assert_eq!(forms(&result), [vec!["text/plain"], vec!["image/png", "text/plain"]]);
    assert_eq!(result.error.unwrap().kind, "ZeroDivisionError");
}

#[test]
fn images_are_pictures() {
    let result = run_data("from PIL import Image\nImage.new('RGB', (4, 4), 'red')");
    assert!(result.results[0].data["image/png"].starts_with(PNG), "{:?}", forms(&result));
}

#[test]
fn display_prints_and_keeps_in_order() {
    let code = "display(1, 'two')\nfrom IPython.display import HTML, Markdown, display as show\nshow(HTML('<b>x</b>'))\nMarkdown('# y')";
    let result = run(code);
    assert_eq!(result.stdout, "1\n'two'\n<IPython.display.HTML object>\n");
    assert_eq!(
        forms(&result),
        [
            vec!["text/plain"],
            vec!["text/plain"],
            vec!["text/html", "text/plain"],
            vec!["text/markdown", "text/plain"]
        ]
    );
    assert_eq!(result.results[2].data["text/html"], "<b>x</b>");
}

#[test]
fn the_usual_methods_of_notebooks_count() {
    let code = "class Rich:\n    def _repr_html_(self): return '<i>é</i>'\n    def _repr_png_(self): return b'\\x89PNG'\n    def _repr_json_(self): return {'a': 1}\n    def _repr_svg_(self): raise ValueError\nRich()";
    let shown = &run(code).results[0];
    assert_eq!(
        (shown.data["text/html"].as_str(), shown.data["image/png"].as_str()),
        ("<i>é</i>", "iVBORw==")
    );
    assert_eq!(json(shown), serde_json::json!({"a": 1}));
    assert_eq!(shown.data.get("image/svg+xml"), None, "one form that fails takes no other with it");
}

#[test]
fn forms_that_are_too_large_are_left_out_and_named() {
    let code = "class Big:\n    def __repr__(self): return 'big'\n    def _repr_html_(self): return 'x' * 5_000_000\nfor _ in range(3): display(Big())";
    let result = run(code);
    assert_eq!(texts(&result), ["big\n[text/html: too large to be kept]"; 3]);
    let many = run("for n in range(1000): display(n)");
    assert_eq!((many.results.len(), many.stdout.lines().count()), (200, 1000));
}

#[test]
fn all_forms_of_a_run_share_one_bound() {
    let code = "class Big:\n    def __repr__(self): return 'big'\n    def _repr_html_(self): return 'x' * 3_500_000\nfor _ in range(2): display(Big())";
    assert_eq!(texts(&run(code)), ["big", "big\n[text/html: too large to be kept]"]);
}

#[test]
fn the_number_of_forms_and_the_length_of_their_names_are_bounded() {
    let code =
        "class Many:\n    def _repr_mimebundle_(self): return {f'x/{n}': 'y' for n in range(1000)}\nMany()";
    assert_eq!(forms(&run(code))[0].len(), 16);
    let code = "class Long:\n    def _repr_mimebundle_(self): return {'x/' + 'y' * 125: 'kept', 'x/' + 'y' * 126: 'not'}\nLong()";
    let result = run(code);
    assert_eq!(forms(&result)[0].iter().map(|name| name.len()).collect::<Vec<_>>(), [10, 127]);
}

#[test]
fn values_that_fail_to_show_themselves_break_nothing() {
    let code = "class Evil:\n    def __getattr__(self, name): raise SystemExit\n    def __repr__(self): raise ValueError\n    _repr_html_ = 3\nEvil()";
    let result = run(code);
    assert_eq!((texts(&result), result.success), (vec!["<unprintable Evil object>"], true));
}
