# task: Write and read a small binary file format with struct: header, records, checksum.
import struct
import zlib
from pathlib import Path

RECORD = struct.Struct("<I8sfB")
records = [(1, "alpha", 1.5, True), (2, "beta", -2.25, False), (70_000, "gamma", 3.1415927, True)]


def write(path, items):
    body = b"".join(RECORD.pack(i, name.encode().ljust(8, b"\0"), value, flag) for i, name, value, flag in items)
    header = struct.pack(">4sHI", b"SBX1", len(items), zlib.crc32(body))
    Path(path).write_bytes(header + body)


def read(path):
    data = Path(path).read_bytes()
    magic, count, checksum = struct.unpack_from(">4sHI", data)
    body = data[struct.calcsize(">4sHI") :]
    if magic != b"SBX1":
        raise ValueError("not our format")
    if zlib.crc32(body) != checksum:
        raise ValueError("checksum mismatch")
    for i, name, value, flag in RECORD.iter_unpack(body):
        yield i, name.rstrip(b"\0").decode(), round(value, 5), bool(flag)


write("data.sbx", records)
raw = Path("data.sbx").read_bytes()
print(len(raw), "bytes, record size", RECORD.size, raw[:10].hex(" "))
for record in read("data.sbx"):
    print(record)
Path("data.sbx").write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
try:
    list(read("data.sbx"))
except ValueError as error:
    print("damaged:", error)
print(int.from_bytes(b"\x01\x00", "big"), (1024).to_bytes(4, "little"), struct.unpack("!d", struct.pack("!d", 0.1))[0], memoryview(raw)[0:4].tobytes())
