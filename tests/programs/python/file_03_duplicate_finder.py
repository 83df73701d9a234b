# task: Find duplicate files by size and hash, show the wasted space and remove all but the oldest name.
import hashlib
import os
from collections import defaultdict
from pathlib import Path

files = {"a/one.txt": "same content", "b/copy.txt": "same content", "b/other.txt": "other stuff!", "c/deep/again.txt": "same content", "c/empty1": "", "c/empty2": "", "d.txt": "unique and longer"}
for name, text in files.items():
    path = Path("tree", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

by_size = defaultdict(list)
for folder, _, names in os.walk("tree"):
    for name in names:
        path = Path(folder, name)
        by_size[path.stat().st_size].append(path)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


hashed, groups = 0, []
for size, paths in sorted(by_size.items()):
    if len(paths) > 1:
        by_hash = defaultdict(list)
        for path in paths:
            hashed += 1
            by_hash[digest(path)].append(path)
        groups += [(size, sorted(same)) for same in by_hash.values() if len(same) > 1]
print("files:", sum(map(len, by_size.values())), "hashed:", hashed)
for size, same in groups:
    print(size, "bytes:", [path.as_posix() for path in same])
print("wasted:", sum(size * (len(same) - 1) for size, same in groups), "bytes")
for _, same in groups:
    for path in same[1:]:
        path.unlink()
for folder, folders, names in os.walk("tree", topdown=False):
    if not os.listdir(folder):
        os.rmdir(folder)
print(sorted(path.relative_to("tree").as_posix() for path in Path("tree").rglob("*")))
