# task: Back up a folder into a ZIP with a manifest, list it, verify checksums and restore changed files.
import hashlib
import json
import shutil
import zipfile
from pathlib import Path

source = Path("project")
for name, text in {"readme.txt": "hello\n", "src/a.py": "print(1)\n" * 50, "src/data/b.bin": "\x00\x01" * 100}.items():
    path = source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())

manifest = {}
with zipfile.ZipFile("backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            name = path.relative_to(source).as_posix()
            manifest[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            archive.write(path, name)
    archive.writestr("manifest.json", json.dumps(manifest))

with zipfile.ZipFile("backup.zip") as archive:
    for info in archive.infolist()[:-1]:
        print(f"{info.filename:<16} {info.file_size:>5} bytes, {'smaller' if info.compress_size < info.file_size else 'same'}")
    print("test:", archive.testzip(), "| manifest ok:", json.loads(archive.read("manifest.json")) == manifest)

(source / "src/a.py").write_text("broken")
(source / "readme.txt").unlink()
with zipfile.ZipFile("backup.zip") as archive:
    for name, digest in json.loads(archive.read("manifest.json")).items():
        target = source / name
        if not target.exists() or hashlib.sha256(target.read_bytes()).hexdigest() != digest:
            archive.extract(name, source)
            print("restored", name)
print(sorted(p.name for p in source.rglob("*") if p.is_file()), (source / "readme.txt").read_text().strip())
name = shutil.make_archive("copy", "zip", source)
print(Path(name).name, zipfile.is_zipfile(name), zipfile.is_zipfile("backup.txt"))
try:
    zipfile.ZipFile(source / "readme.txt")
except zipfile.BadZipFile as error:
    print(error)
