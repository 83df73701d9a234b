# task: Write context managers as class and generator: resources, nested exit order, suppress, temporary state.
import contextlib
import io
import os
import tempfile


class Resource:
    def __init__(self, name, fail=False):
        self.name, self.fail = name, fail

    def __enter__(self):
        print("open", self.name)
        return self

    def __exit__(self, kind, error, trace):
        print("close", self.name, "after", kind.__name__ if kind else "success")
        return self.fail


@contextlib.contextmanager
def folder(path):
    old = os.getcwd()
    os.chdir(path)
    try:
        yield path
    finally:
        os.chdir(old)


with Resource("a") as a, Resource("b", fail=True):
    raise KeyError("swallowed by b")
try:
    with Resource("c"):
        raise ValueError("passes")
except ValueError as error:
    print("caught", error)

with contextlib.ExitStack() as stack:
    names = [stack.enter_context(Resource(name)).name for name in "xyz"]
    stack.callback(print, "callback first")
print(names)
before = os.getcwd()
with tempfile.TemporaryDirectory() as name, folder(name):
    open("inside.txt", "w").write("x")
    print(os.listdir("."), os.getcwd() == os.path.realpath(name))
print(os.getcwd() == before, os.path.exists(name))
captured = io.StringIO()
with contextlib.redirect_stdout(captured):
    print("hidden")
print(captured.getvalue().strip().upper())
with contextlib.suppress(FileNotFoundError):
    os.remove("missing")
with contextlib.closing(io.StringIO("abc")) as stream, contextlib.nullcontext(5) as five:
    print(stream.read(), five, stream.closed)
print(stream.closed)
