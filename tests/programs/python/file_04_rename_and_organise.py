# task: Sort files into folders by type and date in their names, with a dry run and an undo list.
import json
import re
import shutil
from pathlib import Path

inbox = Path("inbox")
inbox.mkdir()
for name in ("IMG_20250103_1.JPG", "IMG_20250211_2.jpg", "scan 2024-12-31.pdf", "notes.TXT", "notes (1).txt", "archive.tar.gz", ".hidden", "no_extension"):
    (inbox / name).write_text(name)
KINDS = {"images": {".jpg", ".png"}, "documents": {".pdf", ".txt"}, "archives": {".gz", ".zip"}}


def plan(path):
    suffix = path.suffix.lower()
    kind = next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), "other")
    date = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)", path.stem)
    folder = Path("sorted", kind, *([date[1], date[2]] if date else []))
    clean = re.sub(r"[^\w.-]+", "_", path.name.lower()).strip("_")
    return folder / re.sub(r"_(?=\.)", "", clean)


moves = []
for path in sorted(inbox.iterdir(), key=lambda p: p.name.lower()):
    if path.name.startswith("."):
        continue
    moves.append((path, plan(path)))
    print(f"{path.name:<22} -> {moves[-1][1].as_posix()}")
for source, target in moves:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)
Path("undo.json").write_text(json.dumps([[str(b), str(a)] for a, b in moves]))
print("left:", [p.name for p in inbox.iterdir()], "| folders:", sorted(p.relative_to("sorted").as_posix() for p in Path("sorted").rglob("*") if p.is_dir()))
for source, target in json.loads(Path("undo.json").read_text()):
    shutil.move(source, target)
shutil.rmtree("sorted")
print("restored:", len(list(inbox.iterdir())), Path("a/b.tar.gz").suffixes, Path("x/y.txt").with_stem("z"), Path("/app/x").relative_to("/app"), Path("a").joinpath("../b").as_posix())
