"""Stands in for what does not work inside, so that programs go on where they can and say why where they cannot."""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable
from typing import Any

import _sbx_executors
import _sbx_missing
import _sbx_network
import _sbx_notebook
import _sbx_process
import _sbx_threads

_MAKERS: dict[str, Callable[[], dict[str, Any]]] = _sbx_network.MAKERS | _sbx_notebook.MAKERS

_installed = False


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes stand-ins for packages. It is asked last, so a package of that name on `sys.path` wins."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name not in _MAKERS:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__doc__ = f"The sandbox's stand-in for {module.__name__}."
        for name, value in _MAKERS[module.__name__]().items():
            if isinstance(value, type) and value.__module__.startswith("_sbx"):
                value.__module__ = module.__name__
            setattr(module, name, value)


class _Patcher(importlib.abc.MetaPathFinder):
    """Is asked first, about the few modules of real packages that are changed when they are imported."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        patch = _sbx_network.PATCHES.get(name)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            original = spec.loader.exec_module

            def exec_module(module: types.ModuleType) -> None:
                original(module)
                patch(module)

            spec.loader.exec_module = exec_module
        return spec


def install() -> None:
    """Puts all stand-ins in place; once, while an image is built."""
    global _installed
    if not _installed:
        _installed = True
        for part in (_sbx_threads, _sbx_executors, _sbx_process, _sbx_network, _sbx_missing):
            part.install()
        sys.meta_path.insert(0, _Patcher())
        sys.meta_path.append(_Finder())
