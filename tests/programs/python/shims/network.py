# task: network packages import and fail on use with their usual exceptions
import _sbx_shims

_sbx_shims.install()
import asyncio
import errno
import http.client
import smtplib
import socket
import urllib.error
import urllib.request

import aiohttp
import httpx
import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.exceptions import ConnectionError, HTTPError, RequestException, Timeout


def attempt(name, call, *expected):
    try:
        print(name, "no error", call())
    except expected as error:
        print(f"{name}: {type(error).__name__}, says so: {'network is not granted' in str(error)}, cause {type(error.__cause__).__name__}")


attempt("requests.get", lambda: requests.get("https://e.example", timeout=5), RequestException)
attempt("requests.post", lambda: requests.post("https://e.example", json={}), requests.ConnectionError)
attempt("requests.request", lambda: requests.request("GET", "https://e.example"), OSError)
print(issubclass(HTTPError, RequestException), issubclass(requests.exceptions.ConnectTimeout, Timeout), ConnectionError is requests.ConnectionError, requests.codes.ok)
with requests.Session() as session:
    session.headers["User-Agent"] = "x"
    session.mount("https://", HTTPAdapter(max_retries=3))
    session.auth = HTTPBasicAuth("a", "b")
    attempt("session.get", lambda: session.get("https://e.example"), RequestException)
    try:
        session.get("https://e.example/path")
    except RequestException as error:
        print(str(error))
attempt("httpx.get", lambda: httpx.get("https://e.example"), httpx.HTTPError)
with httpx.Client(timeout=httpx.Timeout(5)) as client:
    attempt("httpx client", lambda: client.post("https://e.example"), httpx.RequestError)


async def main():
    async with httpx.AsyncClient() as client:
        try:
            await client.get("https://e.example")
        except httpx.ConnectError as error:
            print("async httpx:", type(error).__name__)
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get("https://e.example") as response:
                print(response)
        except aiohttp.ClientError as error:
            print("aiohttp:", type(error).__name__, isinstance(error, OSError))


asyncio.run(main())
for url in ("http://e.example/", "https://e.example/", "ftp://e.example/x"):
    attempt(f"urlopen {url}", lambda: urllib.request.urlopen(url), urllib.error.URLError)
attempt("urlretrieve", lambda: urllib.request.urlretrieve("https://e.example/f", "f"), OSError)
attempt("odd scheme", lambda: urllib.request.urlopen("gopher://e.example/"), urllib.error.URLError)
open("local.txt", "w").write("local")
print(urllib.request.urlopen("file:///app/local.txt").read(), urllib.request.urlopen("data:text/plain,hi").read())
attempt("http.client", lambda: http.client.HTTPConnection("e.example").request("GET", "/"), OSError)
attempt("smtplib", lambda: smtplib.SMTP("mail.example", 25), OSError)
attempt("socket()", socket.socket, OSError)
attempt("create_connection", lambda: socket.create_connection(("e.example", 80), timeout=1), OSError)
attempt("gethostbyname", lambda: socket.gethostbyname("e.example"), socket.gaierror)
try:
    socket.getaddrinfo("e.example", 80)
except OSError as error:
    print(error.errno == errno.ENOTSUP, error.strerror)
print(socket.gethostname(), aiohttp.__doc__)
try:
    import pandas as pd

    pd.read_csv("https://e.example/data.csv")
except urllib.error.URLError as error:
    print("pandas:", error.reason)
