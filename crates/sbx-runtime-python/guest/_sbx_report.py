"""Turns what a run ended with into the report that crosses the door.

Reporting must not fail: the guest chooses the exception, its class, its text and its traceback, and may
have broken the modules that usually show them. So each step has a plainer one behind it.
"""

import difflib
import errno
import sys
import traceback
import types
import zipimport

from _json import encode_basestring_ascii as _quote

MAX_TEXT_BYTES = 64 * 1024
"""The most that one text in a report takes in UTF-8, before its mark of having been cut."""

MAX_FRAME_BYTES = (8 << 20) + 1
"""The most that the host takes as a report, its first byte included."""

MAX_FRAMES = 64
"""How many frames at each end of a traceback are looked at for `feature`."""

MAX_CHAIN = 16
"""How many exceptions of a chain are looked at for `feature`."""

NO_SITE_HINT = (
    ". Site initialization is disabled, did you forget to add the site-packages directory to sys.path "
    "or to enable your virtual environment?"
)
"""What CPython adds where a module is missing: advice about an installation that is not here."""

_BARE = b'\x00{"v":1,"status":"exception","code":1,"error":{"kind":"%s","message":"%s","traceback":""}}'
OUT_OF_MEMORY = _BARE % (b"MemoryError", b"no memory was left to say where")
UNREPORTABLE = _BARE % (b"Exception", b"the error cannot be shown")

_NETWORK = frozenset(
    "socket _socket ssl _ssl http urllib urllib3 requests ftplib smtplib imaplib poplib xmlrpc socketserver".split()
)
_PROCESS = frozenset("subprocess multiprocessing _multiprocessing _posixsubprocess pty".split())
_PROCESS_CALLS = frozenset(
    "fork forkpty system popen posix_spawn posix_spawnp execv execve execvp execvpe kill killpg pipe wait waitpid"
    " spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe WNOHANG".split()
)
_STAND_INS = {"_sbx_network": "network", "_sbx_process": "subprocess", "_sbx_threads": "threads"}
"""Modules of ours that raise where something is asked for that is not there."""
_FILE_ERRORS = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)
_type_name = type.__dict__["__name__"].__get__
_format_exception = traceback.TracebackException


OK = b'\x00{"v":1,"status":"ok","code":0}'
"""The report of a run that ended well."""


def with_results(answer: bytes, results: bytes) -> bytes:
    """The same report with what the run has shown."""
    return answer[:-1] + b',"results":' + results + b"}"


def exited(code: int) -> bytes:
    """The report of a run that left through `SystemExit`."""
    return b'\x00{"v":1,"status":"exit","code":%d}' % code


def failed(error: BaseException, text: str, name: str) -> bytes:
    """The report of an uncaught `error`, shown as `text`, in code named `name`."""
    fields: dict[str, str | int | None] = {
        "kind": cut(kind_of(error)),
        "message": cut(message_of(error)),
        "traceback": cut_middle(text),
        "line": None,
    }
    try:
        fields["line"] = _line_of(error, name)
        if isinstance(error, ImportError):
            fields["module"] = _text_or_none(error.name)
            if isinstance(error, ModuleNotFoundError):
                fields["nearest"] = _nearest_module(error.name)
        elif isinstance(error, OSError):
            fields["errno"] = _small(error.errno)
            fields["filename"] = _text_or_none(error.filename)
        fields["feature"] = _feature_of(error)
    except BaseException:  # a hostile attribute: the fields so far are enough
        pass
    body = ",".join(_quote(key) + ":" + _value(value) for key, value in fields.items())
    return b'\x00{"v":1,"status":"exception","code":1,"error":{' + body.encode() + b"}}"


def show(error: BaseException) -> str:
    """The traceback as CPython prints it, or as much of it as can be had."""
    try:
        text = "".join(_format_exception(type(error), error, error.__traceback__).format())
        return text.replace(NO_SITE_HINT, "")
    except BaseException:
        pass
    try:
        # Out of memory or out of stack while formatting: what the frames hold may be the reason.
        traceback.clear_frames(error.__traceback__)
    except BaseException:
        pass
    message = message_of(error)
    return kind_of(error) + (": " + message if message else "") + "\n"


def trim(error: BaseException, name: str) -> None:
    """Drops the leading frames that lie outside the code called `name`: ours, and the event loop's."""
    start = tb = error.__traceback__
    while tb is not None and tb.tb_frame.f_code.co_filename != name:
        tb = tb.tb_next
    if tb is None:
        tb = start
        while tb is not None and tb.tb_frame.f_code.co_filename.startswith("<sbx"):
            tb = tb.tb_next
    error.__traceback__ = tb


def kind_of(error: BaseException) -> str:
    """The class name, read past any metaclass."""
    return _type_name(type(error))


def message_of(error: BaseException) -> str:
    """What stands after the class name in a traceback."""
    try:
        if isinstance(error, SyntaxError) and type(error.msg) is str:
            return error.msg
        return str.__str__(str(error))
    except BaseException:
        return "<exception str() failed>"


def shown(value: object) -> str:
    """`repr(value)`, made from no more of a long plain container than a report can hold."""
    if type(value) in (list, tuple, str, bytes, bytearray) and len(value) > MAX_TEXT_BYTES:
        value = value[:MAX_TEXT_BYTES]
    try:
        return repr(value)
    except Exception:
        return "<unprintable " + kind_of(value) + " object>"


def quote(text: str) -> str:
    """`text` as JSON."""
    return _quote(_clean(text))


def cut(text: str) -> str:
    """`text`, cut at a character boundary if it is over the bound."""
    size = len(text)
    if size * 4 <= MAX_TEXT_BYTES:
        return text
    data = text[:MAX_TEXT_BYTES].encode("utf-8", "backslashreplace")
    if size <= MAX_TEXT_BYTES and len(data) <= MAX_TEXT_BYTES:
        return text
    return data[:MAX_TEXT_BYTES].decode("utf-8", "ignore") + "\n[... cut, %d characters in all]" % size


def cut_middle(text: str) -> str:
    """`text`, cut in its middle if it is over the bound: a traceback says most at its ends."""
    size = len(text)
    if size * 4 <= MAX_TEXT_BYTES:
        return text
    half = MAX_TEXT_BYTES // 2
    data = text.encode("utf-8", "backslashreplace")
    if len(data) <= MAX_TEXT_BYTES:
        return text
    head, tail = data[:half].decode("utf-8", "ignore"), data[-half:].decode("utf-8", "ignore")
    return head + "\n[... cut, %d characters in all ...]\n" % size + tail


def _clean(text: str) -> str:
    """`text` without lone surrogates, which JSON readers refuse."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _value(value: str | int | None) -> str:
    if value is None:
        return "null"
    return quote(value) if isinstance(value, str) else str(value)


def _text_or_none(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    return cut(str.__str__(value)) if isinstance(value, str) else None


def _small(number: object) -> int | None:
    """`number` if it is an integer that any reader can hold: these attributes are the guest's to set."""
    return number if type(number) is int and -(1 << 31) <= number < 1 << 31 else None


def _line_of(error: BaseException, name: str) -> int | None:
    """The line in the code called `name` where the error arose."""
    if isinstance(error, SyntaxError) and error.filename == name:
        line = _small(error.lineno)
        return line if line is not None and line >= 0 else None
    line, tb = None, error.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == name:
            line = tb.tb_lineno
        tb = tb.tb_next
    return line


def _nearest_module(name: str) -> str | None:
    """The module that is there and most like `name`."""
    names = {module for module in sys.stdlib_module_names if module[0] != "_"}
    for finder in sys.path_importer_cache.values():
        if isinstance(finder, zipimport.zipimporter):
            names.update(path.partition("/")[0].partition(".")[0] for path in finder._get_files())
        else:
            names.update(entry.partition(".")[0] for entry in getattr(finder, "_path_cache", ()))
    return next(iter(difflib.get_close_matches(name.partition(".")[0], names, 1, 0.75)), None)


def _feature_of(error: BaseException) -> str | None:
    """What the sandbox does not have and the failed code asked for, if that is why it failed."""
    seen = 0
    current: BaseException | None = error
    while current is not None and seen < MAX_CHAIN:
        feature = _asked_for(current)
        if feature is not None:
            return feature
        current, seen = current.__cause__ or current.__context__, seen + 1
    return None


def _asked_for(error: BaseException) -> str | None:
    names = _frame_modules(error)
    # An argument that makes no sense is the program's own mistake, whoever refuses it.
    if names and names[-1] in _STAND_INS and not isinstance(error, (TypeError, ValueError, OverflowError)):
        return _STAND_INS[names[-1]]
    names = set(names)
    if isinstance(error, _FILE_ERRORS) or not isinstance(
        error, (OSError, AttributeError, ImportError, NotImplementedError)
    ):
        return None
    if isinstance(error, ImportError):
        names.add(str(error.name).partition(".")[0])
    elif isinstance(error, AttributeError) and isinstance(error.obj, types.ModuleType):
        owner = error.obj.__name__
        if owner in ("os", "posix"):
            if error.name not in _PROCESS_CALLS:
                return None
            names.add("subprocess")
        names.add(owner)
    elif isinstance(error, AttributeError):
        return None
    elif isinstance(error, OSError):
        # urllib wraps the file errors of `file:` addresses.
        if error.errno not in (None, errno.ENOTSUP, errno.ENOSYS) or isinstance(error.__context__, _FILE_ERRORS):
            return None
    if names & _PROCESS:
        return "subprocess"
    return "network" if names & _NETWORK else None


def _frame_modules(error: BaseException) -> list[str]:
    """The top-level modules of the frames that `error` went through, the innermost last."""
    names, last, tb = [], [], error.__traceback__
    while tb is not None:
        bucket = names if len(names) < MAX_FRAMES else last
        bucket.append(str(tb.tb_frame.f_globals.get("__name__")).partition(".")[0])
        del last[:-MAX_FRAMES]
        tb = tb.tb_next
    return names + last
