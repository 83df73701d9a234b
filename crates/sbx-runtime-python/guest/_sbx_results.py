"""What a run shows besides its text: values in several forms each, as notebooks keep them.

A bundle maps MIME types to text: markup as it is, pictures in base64, JSON as its text. Every bundle has `text/plain`.
The guest chooses the values and their classes, so each form may fail, be absurdly large, or lie; none may break a report.
"""

import base64
import builtins
import io
import sys
from typing import Any

import _sbx_report as report
import _sbx_state as state

MAX_FORM_BYTES = 4 << 20
"""The most that one form of a value takes; a larger one is left out, and `text/plain` says so."""

MAX_TOTAL_BYTES = 6 << 20
"""The most that all forms of a run take together, below what the host takes as a report."""

MAX_FORMS = 16
"""How many forms of one value are kept."""

MAX_MIME_CHARS = 127
"""The longest name of a form, as RFC 6838 has it."""

MAX_BUNDLES = 200
"""How many values a run can show; the rest is left out."""

MAX_ROWS = 1000
"""How many rows of a table are given as JSON."""

Bundle = dict[str, str]

# As IPython looks for them, the richest last. The bytes of pictures become base64.
_FORMS = (
    ("text/html", "_repr_html_"),
    ("text/markdown", "_repr_markdown_"),
    ("text/latex", "_repr_latex_"),
    ("application/json", "_repr_json_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/jpeg", "_repr_jpeg_"),
    ("image/png", "_repr_png_"),
)
_PLAIN = frozenset((bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, type))
_modules = sys.modules
_print = builtins.print
_shown: list[Bundle] = []
_drawn: list[Any] = []
"""The figures among them: one that is shown by hand is not shown again for being open."""
_figure_format = "png"


def begin(figures: str) -> None:
    """Starts a run. `figures` is how open figures are drawn at its end: `png`, `svg`, or `none`."""
    global _figure_format
    _figure_format = figures
    if _shown or _drawn:
        forget()


def forget() -> None:
    """Drops what was shown so far."""
    _shown.clear()
    _drawn.clear()


def add(value: Any) -> None:
    """Takes the value of the last expression, which comes last: after the figures that are open."""
    last = bundle(value)
    if "matplotlib.pyplot" in _modules:
        show_figures()
    _shown.append(last)


def end() -> bytes | None:
    """All that the run has shown, as JSON, with the figures that it left open; nothing if there is nothing."""
    if "matplotlib.pyplot" in _modules:
        show_figures()
    return _encode(_shown) if _shown else None


def display(*values: Any, **_: Any) -> None:
    """Shows values: prints them, and keeps their rich forms (tables, pictures, markup) in the run's results."""
    for value in values:
        kept = bundle(value)
        _shown.append(kept)
        _print(kept["text/plain"])


def show_figures(*_: Any, **__: Any) -> None:
    """`plt.show()`: keeps a picture of each open figure, and closes them as a notebook does."""
    if _figure_format == "none":
        return
    try:
        managers = _modules["matplotlib._pylab_helpers"].Gcf
        for manager in managers.get_all_fig_managers():
            figure = manager.canvas.figure
            if not any(figure is drawn for drawn in _drawn):
                _shown.append(_of_figure(figure))
        managers.destroy_all()
    except Exception as error:  # a figure that cannot be drawn, or a broken matplotlib
        state.write_stderr(f"the open figures cannot be shown: {report.kind_of(error)}: {report.message_of(error)}\n")


def bundle(value: Any) -> Bundle:
    """All forms that `value` has."""
    forms = {"text/plain": report.shown(value)}
    kind = type(value)
    if kind in _PLAIN or isinstance(value, type):
        return forms
    try:
        package = str(kind.__module__).partition(".")[0]
        if package == "matplotlib" and isinstance(value, _modules["matplotlib.figure"].Figure):
            return _of_figure(value)
        if package == "pandas":
            forms |= _of_table(value)
        if hasattr(kind, "_repr_mimebundle_"):
            for mime, form in _first(value._repr_mimebundle_()).items():
                _add(forms, str.__str__(mime), form)
            return forms
    except Exception:  # its own affair: the plain text is there
        pass
    for mime, method in _FORMS:
        try:
            if hasattr(kind, method):
                _add(forms, mime, _first(getattr(value, method)()))
        except Exception:
            pass
    return forms


def adopt_matplotlib() -> None:
    """Makes `plt.show()` keep pictures; while an image with matplotlib is built."""
    from matplotlib import pyplot
    from matplotlib.backends import backend_agg

    backend_agg.show = show_figures
    pyplot.switch_backend("agg")


def _encode(bundles: list[Bundle]) -> bytes:
    """The bundles as a JSON list, of a bounded size."""
    room, encoded = MAX_TOTAL_BYTES, []
    for forms in bundles[:MAX_BUNDLES]:
        parts, left_out = [], []
        for mime, form in list(forms.items())[:MAX_FORMS]:
            if mime == "text/plain" or len(mime) > MAX_MIME_CHARS or not mime.isascii():
                continue
            part = report.quote(mime) + ":" + report.quote(form)
            if len(part) > min(room, MAX_FORM_BYTES):
                left_out.append(mime)
            else:
                room -= len(part)
                parts.append(part)
        text = report.cut(forms["text/plain"])
        if left_out:
            text += f"\n[{', '.join(left_out)}: too large to be kept]"
        part = '"text/plain":' + report.quote(text)
        room -= min(room, len(part))
        encoded.append("{" + ",".join([part, *parts]) + "}")
        if not room:
            break
    return ("[" + ",".join(encoded) + "]").encode()


def _first(form: Any) -> Any:
    """A form without the metadata that may come with it."""
    return form[0] if isinstance(form, tuple) else form


def _add(forms: Bundle, mime: str, form: Any) -> None:
    if isinstance(form, (bytes, bytearray)):
        form = base64.b64encode(form).decode()
    elif mime == "application/json" and not isinstance(form, str) and form is not None:
        form = _modules["json"].dumps(form)
    if isinstance(form, str):
        forms[mime] = str.__str__(form)


def _of_table(value: Any) -> Bundle:
    """A DataFrame's or Series' first rows as JSON: `{"columns": […], "index": […], "data": [[…], …]}`."""
    pandas, forms = _modules["pandas"], {}
    if isinstance(value, pandas.Series):
        value = value.to_frame()
        forms["text/html"] = value.to_html(max_rows=60)
    if isinstance(value, pandas.DataFrame) and value.columns.is_unique and value.index.is_unique:
        forms["application/json"] = value.head(MAX_ROWS).to_json(orient="split", date_format="iso")
    return forms


def _of_figure(figure: Any) -> Bundle:
    _drawn.append(figure)
    file = io.BytesIO()
    form = "svg" if _figure_format == "svg" else "png"
    figure.canvas.print_figure(file, format=form)
    data = file.getvalue()
    shown = {"text/plain": report.shown(figure)}
    if form == "svg":
        return shown | {"image/svg+xml": data.decode()}
    return shown | {"image/png": base64.b64encode(data).decode()}


builtins.display = display
