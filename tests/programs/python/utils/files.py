# task: find, tree, walk, copy_tree and remove_tree on a small project
from pathlib import Path

from sandbox_utils import copy_tree, echo, find, mkdir, remove_tree, tree, walk

for folder in ("src/pkg", "docs", "empty", ".hidden"):
    mkdir(folder)
for file in ("README.md", "src/main.py", "src/pkg/util.py", "src/pkg/util.pyc", "docs/a b.md", ".hidden/x.py"):
    echo(f"# {file}", file)


def names(paths):
    return [str(path).removeprefix("/app/") for path in paths]


print(names(find("*.py")))
print(names(find("*.py", "src", recursive=False)))
print(names(find("*", recursive=False)))
print(names(find("pkg/*.py")), names(find("src/**/*.py")), names(find("**/*.md")))
print(names(find("/app/*.py")), names(find("/app/src/*.py")), names(find("/app/src/m*", "src")))
print(names(find("*.[mp][dy]", "/app/docs")), find("*.none"), names(find("src")))
print(type(find("*.md")[0]).__name__)
print(tree())
print(tree("src", max_depth=1))
print(tree("/app/empty"))
print(names(walk("src")))
print(names(walk(filter_func=lambda path: path.stat().st_size > 12)))
lazy = walk()
echo("late", "zz.txt")
print(names(lazy)[-1])

copy_tree("src", "backup/src")
echo("changed", "src/main.py")
copy_tree("src", "backup/src")
print(Path("backup/src/main.py").read_text().strip(), names(walk("backup")))
remove_tree("backup", "*.pyc")
print(names(find("*", "backup")))
remove_tree("backup")
print(Path("backup").exists())

for call in (
    lambda: find("*", "nowhere"),
    lambda: find("/etc/*.py"),
    lambda: find("../*.py"),
    lambda: list(walk("README.md")),
    lambda: tree("README.md"),
    lambda: copy_tree("nowhere", "x"),
    lambda: copy_tree("README.md", "x"),
    lambda: copy_tree("src", "src/inner"),
    lambda: copy_tree("src", "README.md"),
    lambda: remove_tree("nowhere"),
    lambda: remove_tree("/app"),
):
    try:
        print(call())
    except (OSError, ValueError) as error:
        print(type(error).__name__, getattr(error, "filename", None) or error)
