# task: key derivation gives the published results; terminals and alarms fail as they should
import _sbx_shims

_sbx_shims.install()
import errno
import hashlib
import os
import shutil
import signal

# RFC 6070 and the SHA-256 values of RFC 7914, section 11.
print(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 1).hex() == "0c60c80f961f0e71f3a9b524af6012062fe037a6")
print(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 4096).hex() == "4b007901b765489abead49d926f721d065a429c1")
print(hashlib.pbkdf2_hmac("sha1", b"passwordPASSWORDpassword", b"saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25).hex() == "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038")
print(hashlib.pbkdf2_hmac("sha256", b"passwd", b"salt", 1, 64).hex()[:32] == "55ac046e56e3089fec1691c22544b605")
print(len(hashlib.pbkdf2_hmac("sha512", b"x" * 500, b"", 10)))
for wrong in (lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 0), lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 1, 0), lambda: hashlib.pbkdf2_hmac("nope", b"", b"", 1)):
    try:
        wrong()
    except ValueError as error:
        print("ValueError", error)
for missing in (os.get_terminal_size, lambda: signal.alarm(5), lambda: signal.setitimer(signal.ITIMER_REAL if hasattr(signal, "ITIMER_REAL") else 0, 1)):
    try:
        missing()
    except OSError as error:
        print(errno.errorcode[error.errno], error.strerror)
print(tuple(shutil.get_terminal_size()))
