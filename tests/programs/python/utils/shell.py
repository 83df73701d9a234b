# task: ls, cat, touch, mkdir, rm, cp, mv and echo behave as in a shell
import os
from datetime import datetime
from pathlib import Path

from sandbox_utils import cat, cp, echo, ls, mkdir, mv, rm, touch

print(ls(), ls(all=True))
print(repr(echo("to stdout")), echo(42, "n.txt"), repr(cat("n.txt")))
echo("one", "log.txt")
echo("two", "log.txt", append=True)
print(cat("log.txt", "n.txt", "log.txt"), end="")
print(repr(cat()))
mkdir("a/b/c")
mkdir("a/b/c")
touch("a/new.txt")
echo("hidden", ".env")
os.symlink("log.txt", "link")
os.utime("log.txt", (0, 86400))
print(ls(), ls(all=True), ls("a"), ls("/app/log.txt"))
for entry in ls(long=True):
    assert datetime.fromisoformat(entry.pop("modified"))
    print(entry)
print(ls("log.txt", long=True)[0]["modified"])
before = os.stat("log.txt").st_mtime
touch("log.txt")
print(os.stat("log.txt").st_mtime > before, cat("log.txt") == "one\ntwo\n")

cp("log.txt", "copy.txt")
cp("log.txt", "a")
cp("a", "z", recursive=True)
cp("a", "z", recursive=True)
print(ls("z"), ls("z/a"), cat("z/a/log.txt") == cat("copy.txt"))
Path("bytes.bin").write_bytes(bytes(range(256)))
cp("bytes.bin", "bytes2.bin")
print(Path("bytes2.bin").read_bytes() == bytes(range(256)))

mv("copy.txt", "renamed.txt")
mv("renamed.txt", "a/b")
mv("a/b", "moved")
echo("old", "target.txt")
mv("moved/renamed.txt", "target.txt")
print(ls("moved"), ls("a"), cat("target.txt"), end="")

rm("target.txt")
rm("gone.txt", force=True)
rm("moved", recursive=True)
rm("link")
print(ls())

for call in (
    lambda: ls("gone"),
    lambda: cat("n.txt", "gone.txt"),
    lambda: cat("a"),
    lambda: mkdir("a", parents=False),
    lambda: mkdir("p/q", parents=False),
    lambda: mkdir("n.txt"),
    lambda: touch("no/such/file"),
    lambda: rm("gone.txt"),
    lambda: rm("a"),
    lambda: rm("a", force=True),
    lambda: cp("gone.txt", "x"),
    lambda: cp("a", "y"),
    lambda: cp("n.txt", "n.txt"),
    lambda: cp("n.txt", "no/such/file"),
    lambda: cp("a", "a/inner", recursive=True),
    lambda: mv("gone.txt", "x"),
    lambda: mv("a", "a/inner"),
    lambda: mv("a", "n.txt"),
    lambda: echo("x", "a"),
    lambda: touch("site-packages/x"),
):
    try:
        print("no error", call())
    except (OSError, ValueError) as error:
        print(type(error).__name__, getattr(error, "filename", None) or error)
print(ls("a"), ls("z"))
