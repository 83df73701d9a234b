"""Makes the bootstrap's modules out of their sources; the first turn of every image.

The host runs it as `exec(INSTALL, {"SOURCES": [(name, source), …]})`, so nothing stays in `__main__`.
Each module gets a private copy of `builtins`: what guest code does to the real one cannot reach it. A name that ends
in `.__init__` is a package; its parts come before it, since it imports them.
"""

import builtins
import importlib.machinery
import sys
import types

for name, source in SOURCES:  # noqa: F821, given by the host
    is_package = name.endswith(".__init__")
    name = name.removesuffix(".__init__")
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=is_package)
    if is_package:
        module.__path__ = []
    module.__dict__["__builtins__"] = dict(builtins.__dict__)
    sys.modules[name] = module
    exec(compile(source, f"<sbx {name}>", "exec", 0, True), module.__dict__)
