# task: every function refuses paths outside of /app, and links that lead out
import os
from pathlib import Path

import sandbox_utils as u

os.mkdir("in")
Path("in/a.txt").write_text("a\n")
os.symlink("/tmp", "out")
os.symlink("in", "link")
os.symlink("../in/a.txt", "in/self.txt")
Path("/tmp/secret.txt").write_text("secret\n")

BAD = ["/etc/passwd", "/tmp/secret.txt", "../x", "/app/../tmp/secret.txt", "/application", "in/../../app/in/a.txt", "out", "out/secret.txt", "/"]
CALLS = {
    "find": lambda p: u.find("*", p),
    "tree": u.tree,
    "walk": u.walk,
    "copy_tree src": lambda p: u.copy_tree(p, "copy"),
    "copy_tree dst": lambda p: u.copy_tree("in", p),
    "remove_tree": lambda p: u.remove_tree(p, "*"),
    "grep": lambda p: u.grep("a", [p]),
    "head": u.head,
    "tail": u.tail,
    "wc": u.wc,
    "diff": lambda p: u.diff("in/a.txt", p),
    "csv_to_json": u.csv_to_json,
    "csv_to_json output": lambda p: u.csv_to_json("in/a.txt", p),
    "json_to_csv": u.json_to_csv,
    "yaml_to_json": lambda p: u.yaml_to_json(Path(p)),
    "json_to_yaml output": lambda p: u.json_to_yaml("{}", p),
    "ls": u.ls,
    "cat": lambda p: u.cat("in/a.txt", p),
    "touch": u.touch,
    "mkdir": u.mkdir,
    "cp src": lambda p: u.cp(p, "copy.txt"),
    "cp dst": lambda p: u.cp("in/a.txt", p),
    "mv dst": lambda p: u.mv("in/a.txt", p),
    "echo": lambda p: u.echo("x", p),
}
for name, call in CALLS.items():
    refused = 0
    for path in BAD:
        try:
            call(path)
            print(name, "accepted", path)
        except ValueError as error:
            assert str(error) == f"Path must be within /app: {path}", error
            refused += 1
    print(f"{name}: {refused} of {len(BAD)} refused")

for call in (u.rm, lambda p: u.mv(p, "moved")):
    for path in BAD:
        if path == "out":
            continue  # the link itself is in /app and may go
        try:
            call(path)
            print("accepted", path)
        except ValueError:
            pass
for path in ("/app", "", ".", "in/.."):
    try:
        u.rm(path, recursive=True)
    except ValueError as error:
        print(repr(path), error)

print(u.cat("link/a.txt", "in/./self.txt", "/app//in/a.txt"), end="")
print(u.ls("link"), u.ls("in/../link"))
print([str(path) for path in u.walk()])
try:
    u.copy_tree("/app", "in2")
except ValueError as error:
    print(error)
u.rm("out")
print(u.ls(), Path("/tmp/secret.txt").read_text(), end="")
try:
    u.head(b"in/a.txt")
except TypeError as error:
    print(error)
