"""Small parts of the standard library that this build lacks: key derivation, terminals, alarms."""

import errno
import hashlib
import os
import signal
from typing import Any, NoReturn


def pbkdf2_hmac(hash_name: str, password: bytes, salt: bytes, iterations: int, dklen: int | None = None) -> bytes:
    """Password-based key derivation (RFC 8018, section 5.2)."""
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if dklen is not None and dklen < 1:
        raise ValueError("key length must be greater than 0.")
    block_size = hashlib.new(hash_name).block_size
    key = bytes(password)
    if len(key) > block_size:
        key = hashlib.new(hash_name, key).digest()
    key = key.ljust(block_size, b"\0")
    inner = hashlib.new(hash_name, bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.new(hash_name, bytes(byte ^ 0x5C for byte in key))

    def mac(message: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    size = inner.digest_size
    derived = b""
    for block in range(1, -(-(dklen or size) // size) + 1):
        last = mac(bytes(salt) + block.to_bytes(4, "big"))
        total = int.from_bytes(last, "big")
        for _ in range(iterations - 1):
            last = mac(last)
            total ^= int.from_bytes(last, "big")
        derived += total.to_bytes(size, "big")
    return derived[: dklen or size]


def get_terminal_size(fd: int = 1, /) -> NoReturn:
    """There is no terminal, and this is the error that programs expect then."""
    raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")


def alarm(*_: Any) -> NoReturn:
    """`signal.alarm` and `signal.setitimer`."""
    raise OSError(errno.ENOTSUP, "there are no alarms in the sandbox; the run has a time limit of its own")


def install() -> None:
    """Adds what is missing, and nothing that is there."""
    for module, function in ((hashlib, pbkdf2_hmac), (os, get_terminal_size), (signal, alarm)):
        if not hasattr(module, function.__name__):
            setattr(module, function.__name__, function)
    if not hasattr(signal, "setitimer"):
        signal.setitimer = alarm
