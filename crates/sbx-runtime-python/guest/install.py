"""Makes the bootstrap's modules out of their sources; the first turn of every image.

The host runs it as `exec(INSTALL, {"SOURCES": [(name, source), …]})`, so nothing stays in `__main__`.
Each module gets a private copy of `builtins`: what guest code does to the real one cannot reach it.
"""

import builtins
import sys
import types

for name, source in SOURCES:  # noqa: F821, given by the host
    module = types.ModuleType(name)
    module.__dict__["__builtins__"] = dict(builtins.__dict__)
    sys.modules[name] = module
    exec(compile(source, f"<sbx {name}>", "exec", 0, True), module.__dict__)
