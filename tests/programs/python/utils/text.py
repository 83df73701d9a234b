# task: grep, sed, head, tail, wc and diff, with line ends of every kind and binary files
from pathlib import Path

from sandbox_utils import diff, find, grep, head, sed, tail, wc

Path("unix.txt").write_bytes(b"alpha\nbeta\ngamma\n")
Path("open.txt").write_bytes(b"alpha\nbeta\ngamma")
Path("dos.txt").write_bytes(b"alpha\r\nbeta end\r\n")
Path("empty.txt").write_bytes(b"")
Path("bin.dat").write_bytes(b"\x00\x01alpha\n")
Path("latin.txt").write_bytes("caf\xe9 alpha\n".encode("latin-1"))
Path("wide.txt").write_text("na\u00efve \u4f60\u597d\u2028same line\n", encoding="utf-8")
Path("sub").mkdir()
Path("sub/deep.log").write_text("x\nAlpha 1.5\nalpha 1x5\n")

print(grep("alpha", "unix.txt"))
print(grep("end$", ["dos.txt", Path("unix.txt")]))
print(grep("(?i)ALPHA", find("*.txt")))
print(grep("1.5", "sub"), grep("1.5", "sub", regex=False))
print(grep("alpha", "bin.dat"), grep("alpha", "empty.txt"), grep("alpha", "*.txt")[0], grep("a", "no*.txt"))
print(grep("^", "wide.txt"))
print(grep("(", ["unix.txt"], regex=False), len(grep("", "unix.txt", regex=False)))

print(sed(r"(\w+)=(\w+)", r"\2=\1", "a=1 b=2"), repr(sed("^", "> ", "x\ny")), sed(r"\$", "EUR", "5$"), repr(sed("x$", "", "ax\nbx")))

for file in ("unix.txt", "open.txt", "dos.txt", "empty.txt", "latin.txt", "wide.txt"):
    print(file, wc(file), repr(head(file, 1)), repr(tail(file, 1)))
print(repr(head("unix.txt")), repr(tail("open.txt", 2)), repr(head("unix.txt", 0)), repr(tail("unix.txt", 0)), repr(tail("unix.txt", 99)))
Path("long.txt").write_text("".join(f"{n}\n" for n in range(1, 101)))
print(head("long.txt").split(), tail("long.txt").split())

print(diff("unix.txt", "unix.txt") == "")
print(diff("unix.txt", "open.txt"), end="")
print(repr(diff("unix.txt", "dos.txt")))
print(diff("empty.txt", "unix.txt"), end="")

for call in (
    lambda: grep("a", "missing.txt"),
    lambda: grep("(", "unix.txt"),
    lambda: head("missing.txt"),
    lambda: tail("sub"),
    lambda: head("unix.txt", -1),
    lambda: tail("unix.txt", -1),
    lambda: wc("missing.txt"),
    lambda: diff("unix.txt", "missing.txt"),
):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, getattr(error, "filename", None) or error)
