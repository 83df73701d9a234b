"""What asks for the network imports well and fails when it is used, with words that say why.

Sockets, `urllib`, `http.client`, `smtplib` and others in the standard library are refused at the socket, which is
where all of them come through. For `requests`, `httpx` and `aiohttp` there are stand-ins with the usual classes and
exceptions, so that a program's own `except requests.RequestException` works; a real package of that name on
`sys.path` is found first, and the real `requests` is made to fail in the same way, since without `ssl` it raises what no
program expects.
"""

import errno
import importlib
import socket
import sys
import types
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NoReturn

MESSAGE = "network is not granted: there is no network in the sandbox; ask for the data as a file in /app and read it"


def refused(where: object = None) -> OSError:
    """The error of every attempt, with the address if it is known."""
    return OSError(errno.ENOTSUP, MESSAGE if where is None else f"{MESSAGE} ({where})")


def install() -> None:
    """Refuses sockets in words."""
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"):
        setattr(socket, name, _no_lookup)
    socket.create_connection = _no_connection
    socket.create_server = _no_connection
    socket.socket = _Socket
    socket.gethostname = socket.getfqdn = lambda name="": name or "sandbox"
    for handler, method in (
        (urllib.request.HTTPHandler, "http_open"),
        (urllib.request.FTPHandler, "ftp_open"),
        (urllib.request.UnknownHandler, "unknown_open"),
    ):
        setattr(handler, method, _no_url(getattr(handler, method)))


class _Socket(socket.socket):
    """A socket that cannot be made."""

    __slots__ = ()

    def __init__(self, *_: Any, **__: Any) -> None:
        raise refused()

    def __del__(self) -> None: ...


def _no_lookup(host: object = None, *_: Any, **__: Any) -> NoReturn:
    raise socket.gaierror(errno.ENOTSUP, f"{MESSAGE} ({host})")


def _no_connection(address: object = None, *_: Any, **__: Any) -> NoReturn:
    raise refused(address)


def _no_url(original: Callable[..., Any]) -> Callable[..., Any]:
    def no_url(self: Any, request: urllib.request.Request) -> Any:
        if request.type in ("http", "https", "ftp"):
            raise urllib.error.URLError(refused(request.full_url))
        return original(self, request)

    return no_url


def _classes(**bases: tuple[type, ...]) -> dict[str, type]:
    """Empty exception classes."""
    return {name: type(name, base, {}) for name, base in bases.items()}


def _plain(*names: str) -> dict[str, type]:
    """Classes that can be made with any arguments and do nothing."""
    return {name: type(name, (), {"__init__": _nothing}) for name in names}


def _refuser(error: type[Exception], argument: int) -> Callable[..., Any]:
    """A function that fails with `error`; its argument of that index is the address."""

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        url = kwargs.get("url", args[argument] if len(args) > argument else None)
        raise error(f"{MESSAGE} ({url})") from refused(url)

    return refuse


_METHODS = ("get", "options", "head", "post", "put", "patch", "delete")


def _patch_requests(adapters: types.ModuleType) -> None:
    """Makes the real `requests` refuse where it would connect."""

    def send(self: Any, request: Any, *_: Any, **__: Any) -> NoReturn:
        raise adapters.ConnectionError(f"{MESSAGE} ({request.url})", request=request) from refused(request.url)

    adapters.HTTPAdapter.send = send


def _requests_exceptions() -> dict[str, Any]:
    base = type("RequestException", (OSError,), {"response": None, "request": None})
    names = _classes(HTTPError=(base,), ConnectionError=(base,), Timeout=(base,), TooManyRedirects=(base,))
    names |= _classes(
        ConnectTimeout=(names["ConnectionError"], names["Timeout"]),
        ReadTimeout=(names["Timeout"],),
        SSLError=(names["ConnectionError"],),
        ProxyError=(names["ConnectionError"],),
        ChunkedEncodingError=(base,),
        ContentDecodingError=(base,),
        RetryError=(base,),
        InvalidURL=(base, ValueError),
        MissingSchema=(base, ValueError),
        InvalidSchema=(base, ValueError),
        InvalidHeader=(base, ValueError),
        JSONDecodeError=(base, ValueError),
    )
    return {"RequestException": base, **names}


def _requests() -> dict[str, Any]:
    exceptions = sys.modules.get("requests.exceptions") or importlib.import_module("requests.exceptions")
    error = exceptions.ConnectionError
    session = _client(error, "Session", {"mount": _nothing, "headers": {}, "auth": None, "verify": True, "proxies": {}})
    names = {name: getattr(exceptions, name) for name in _requests_exceptions()}
    del names["JSONDecodeError"]
    for name in _METHODS:
        names[name] = _refuser(error, 0)
    return names | {
        "__version__": "0",
        "request": _refuser(error, 1),
        "Session": session,
        "session": session,
        "Response": type("Response", (), {}),
        "Request": type("Request", (), {"__init__": _nothing}),
        "exceptions": exceptions,
        "codes": types.SimpleNamespace(ok=200, created=201, not_found=404, too_many_requests=429),
    }


def _client(error: type[Exception], name: str, more: dict[str, Any]) -> type:
    """A client class: it can be made, used with `with`, closed, and nothing else."""
    body: dict[str, Any] = {method: _refuser(error, 1) for method in _METHODS}
    body |= {"request": _refuser(error, 2), "send": _refuser(error, 9), "stream": _refuser(error, 2)}
    body |= {"__init__": _nothing, "__enter__": _itself, "__exit__": _nothing, "close": _nothing}
    return type(name, (), body | more)


def _async_client(error: type[Exception], name: str, close: str) -> type:
    def method(argument: int) -> Callable[..., Any]:
        refuse = _refuser(error, argument)
        return lambda *args, **kwargs: _Refusal(lambda: refuse(*args, **kwargs))

    async def enter(self: Any) -> Any:
        return self

    async def leave(self: Any, *_: Any) -> None: ...

    body: dict[str, Any] = {name: method(1) for name in _METHODS} | {"request": method(2), "stream": method(2)}
    return type(name, (), body | {"__init__": _nothing, "__aenter__": enter, "__aexit__": leave, close: leave})


class _Refusal:
    """What an asynchronous call returns: fails when it is awaited or entered."""

    def __init__(self, fail: Callable[[], NoReturn]) -> None:
        self._fail = fail

    def __await__(self) -> Any:
        self._fail()
        yield

    async def __aenter__(self) -> NoReturn:
        self._fail()

    async def __aexit__(self, *_: Any) -> None: ...


def _httpx() -> dict[str, Any]:
    http_error = type("HTTPError", (Exception,), {"request": None})
    request_error = type("RequestError", (http_error,), {})
    transport = type("TransportError", (request_error,), {})
    network = type("NetworkError", (transport,), {})
    timeout = type("TimeoutException", (transport,), {})
    error = type("ConnectError", (network,), {})
    names = {name: _refuser(error, 0) for name in _METHODS}
    names |= _classes(ConnectTimeout=(timeout,), ReadTimeout=(timeout,), ReadError=(network,))
    names |= _classes(HTTPStatusError=(http_error,), InvalidURL=(Exception,))
    names |= _plain("Timeout", "Limits", "Response", "Request")
    return names | {
        "request": _refuser(error, 1),
        "stream": _refuser(error, 1),
        "Client": _client(error, "Client", {"headers": {}}),
        "AsyncClient": _async_client(error, "AsyncClient", "aclose"),
        "HTTPError": http_error,
        "RequestError": request_error,
        "TransportError": transport,
        "NetworkError": network,
        "TimeoutException": timeout,
        "ConnectError": error,
    }


def _aiohttp() -> dict[str, Any]:
    base = type("ClientError", (Exception,), {})
    response_error = type("ClientResponseError", (base,), {})
    connection = type("ClientConnectionError", (base,), {})
    error = type("ClientConnectorError", (connection, OSError), {})
    return _plain("ClientTimeout", "TCPConnector", "ClientResponse") | {
        "ClientSession": _async_client(error, "ClientSession", "close"),
        "ClientError": base,
        "ClientResponseError": response_error,
        "ClientConnectionError": connection,
        "ClientConnectorError": error,
    }


def _requests_adapters() -> dict[str, Any]:
    return _plain("HTTPAdapter")


def _requests_auth() -> dict[str, Any]:
    return _plain("AuthBase", "HTTPBasicAuth", "HTTPDigestAuth")


def _nothing(*_: Any, **__: Any) -> None: ...


def _itself(self: Any) -> Any:
    return self


MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "requests": _requests,
    "requests.exceptions": _requests_exceptions,
    "requests.adapters": _requests_adapters,
    "requests.auth": _requests_auth,
    "httpx": _httpx,
    "aiohttp": _aiohttp,
}
"""What the modules that stand in for packages consist of, made when one is imported."""

PATCHES: dict[str, Callable[[types.ModuleType], None]] = {"requests.adapters": _patch_requests}
"""What is changed in modules of real packages when they are imported."""
