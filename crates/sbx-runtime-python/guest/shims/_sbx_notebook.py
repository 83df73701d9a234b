"""`IPython.display` for programs that were written as notebook cells.

Each class holds data of one MIME type, for `display` or as a cell's last expression. Nothing here runs JavaScript or
fetches anything: what is shown is up to whoever reads the results.
"""

import base64
import json
import pathlib
from collections.abc import Callable
from typing import Any

import _sbx_results


class DisplayObject:
    """Data to be shown: given, or read from a file."""

    _mime = "text/plain"

    def __init__(self, data: Any = None, url: str | None = None, filename: str | None = None, **_: Any) -> None:
        if url is not None:
            raise OSError("there is no network in the sandbox: show a file by its name or the data itself")
        if data is None and filename is not None:
            data = self._read(pathlib.Path(filename))
        self.data = data

    def _read(self, path: pathlib.Path) -> Any:
        return path.read_text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {self._mime: self._text()}

    def _text(self) -> str:
        return str(self.data)

    def __repr__(self) -> str:
        return f"<IPython.display.{type(self).__name__} object>"


class HTML(DisplayObject):
    """HTML source."""

    _mime = "text/html"


class Markdown(DisplayObject):
    """Markdown source."""

    _mime = "text/markdown"


class Latex(DisplayObject):
    """LaTeX source."""

    _mime = "text/latex"


class Math(Latex):
    """A formula in LaTeX."""

    def _text(self) -> str:
        return f"$\\displaystyle {str(self.data).strip('$')}$"


class SVG(DisplayObject):
    """An SVG drawing."""

    _mime = "image/svg+xml"


class JSON(DisplayObject):
    """Anything that `json` can write."""

    _mime = "application/json"

    def _text(self) -> str:
        return self.data if isinstance(self.data, str) else json.dumps(self.data)


class Image(DisplayObject):
    """A picture: bytes, or the name of a file."""

    _FORMATS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}

    def __init__(self, data: Any = None, url: str | None = None, filename: str | None = None, **more: Any) -> None:
        if isinstance(data, (str, pathlib.Path)):
            data, filename = None, str(data)
        super().__init__(data, url, filename, **more)

    def _read(self, path: pathlib.Path) -> bytes:
        return path.read_bytes()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        mime = next((mime for start, mime in self._FORMATS.items() if self.data.startswith(start)), None)
        if mime is None:
            raise ValueError("cannot show this image: it is neither PNG, JPEG, GIF nor WebP")
        return {mime: base64.b64encode(self.data).decode()}


class Code(DisplayObject):
    """Source text."""


class Pretty(DisplayObject):
    """Text as it is."""


def clear_output(wait: bool = False) -> None:
    """Does nothing: what was printed stays."""


def get_ipython() -> None:
    """There is no IPython, and programs ask this to find out."""


def _package() -> dict[str, Any]:
    return {"get_ipython": get_ipython, "version_info": (9, 0, 0), "__version__": "9.0.0"}


def _display() -> dict[str, Any]:
    classes = (DisplayObject, HTML, Markdown, Latex, Math, SVG, JSON, Image, Code, Pretty)
    return {one.__name__: one for one in classes} | {
        "display": _sbx_results.display,
        "clear_output": clear_output,
    }


MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "IPython": _package,
    "IPython.display": _display,
    "IPython.core": dict,
    "IPython.core.display": _display,
}
"""The modules that are made of this when one is imported."""
