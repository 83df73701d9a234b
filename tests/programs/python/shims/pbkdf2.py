# task: Hash a password with PBKDF2.
import hashlib

print(hashlib.pbkdf2_hmac("sha256", b"hunter2", b"salt", 100_000).hex())
