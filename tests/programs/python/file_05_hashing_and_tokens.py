# task: Hash, sign and encode data: SHA-2, HMAC, password hashing, base64, UUIDs from names and a checksum file.
import base64
import hashlib
import hmac
import secrets
import uuid
from pathlib import Path

message = "Grüße".encode()
for name in ("md5", "sha1", "sha256", "sha3_256", "blake2s"):
    print(f"{name:<9} {hashlib.new(name, message).hexdigest()[:32]}")
key = b"secret key"
signature = hmac.new(key, message, hashlib.sha256).hexdigest()
print("signed:", signature[:16], hmac.compare_digest(signature, hmac.new(key, message, "sha256").hexdigest()), hmac.compare_digest(signature, hmac.new(b"x", message, "sha256").hexdigest()))


def hash_password(password, salt=None, rounds=1000):
    salt = salt or secrets.token_bytes(16)
    digest = salt + password.encode()
    for _ in range(rounds):
        digest = hmac.digest(salt, digest, "sha256")
    return salt, digest


salt, stored = hash_password("hunter2")
print("password:", hash_password("hunter2", salt)[1] == stored, hash_password("Hunter2", salt)[1] == stored, hash_password("hunter2")[1] != stored)
print(hash_password("pw", b"salt", 10)[1].hex()[:24], hashlib.blake2b(b"x", digest_size=8).hexdigest())
for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, base64.b85encode, base64.b16encode):
    print(f"{encode.__name__:<18} {encode(b'\xfb\xff any').decode()}")
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.uuid4().version, len(secrets.token_urlsafe(24)) >= 32, secrets.randbelow(10) in range(10))
for name, text in {"a.txt": "alpha", "b.txt": "beta"}.items():
    Path(name).write_text(text)
sums = "".join(f"{hashlib.sha256(Path(n).read_bytes()).hexdigest()}  {n}\n" for n in ("a.txt", "b.txt"))
Path("SHA256SUMS").write_text(sums)
Path("b.txt").write_text("betA")
for line in Path("SHA256SUMS").read_text().splitlines():
    digest, name = line.split("  ")
    print(name, "OK" if hashlib.sha256(Path(name).read_bytes()).hexdigest() == digest else "FAILED")
