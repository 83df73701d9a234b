"""Compiles the sources of vendored packages to files that the interpreter takes without looking at the sources again.

Nothing of a package is run. A source that does not compile is left out: importing it says why.
"""

import os
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import cache_from_source, source_hash

HOME = "/usr/local/lib/site-packages/"
OUT = "/app/out/"

for folder, _, names in os.walk(HOME):
    for name in names:
        path = os.path.join(folder, name)
        if not name.endswith(".py"):
            continue
        with open(path, "rb") as file:
            source = file.read()
        try:
            code = compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        target = OUT + cache_from_source(path).removeprefix(HOME)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(_code_to_hash_pyc(code, source_hash(source), checked=False))
