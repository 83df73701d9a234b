# task: Compare gzip, bz2, lzma and zlib, build a tar.gz in memory and extract it safely.
import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from pathlib import Path

data = ("The same line again and again.\n" * 400).encode()
for name, pack, unpack in (("zlib", zlib.compress, zlib.decompress), ("gzip", gzip.compress, gzip.decompress), ("bz2", bz2.compress, bz2.decompress), ("lzma", lzma.compress, lzma.decompress)):
    packed = pack(data)
    print(f"{name:<5} round trip {unpack(packed) == data}, under 3 %: {len(packed) < len(data) * 0.03}")

buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
    for name, content in {"docs/one.txt": b"1\n", "docs/two.txt": b"22\n", "../evil.txt": b"no"}.items():
        info = tarfile.TarInfo(name)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
buffer.seek(0)
with tarfile.open(fileobj=buffer) as tar:
    print(tar.getnames())
    for member in tar:
        try:
            tar.extract(member, "out", filter="data")
        except tarfile.OutsideDestinationError:
            print("refused", member.name)
print(sorted(str(path.relative_to("out")) for path in Path("out").rglob("*.txt")), Path("evil.txt").exists())
with gzip.open("log.gz", "wt", encoding="utf-8") as file:
    file.writelines(f"entry {n}\n" for n in range(1000))
with gzip.open("log.gz", "rt") as file:
    print(sum(1 for _ in file), Path("log.gz").stat().st_size < 4000)
worker = zlib.decompressobj()
packed = zlib.compress(data)
pieces = [worker.decompress(packed[i : i + 10]) for i in range(0, len(packed), 10)]
print("streamed:", b"".join(pieces) + worker.flush() == data, zlib.crc32(b"abc"), zlib.adler32(b"abc"))
