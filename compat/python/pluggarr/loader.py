"""Imports a plugin's folder the way Dispatcharr does, so that the same imports work and fail."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from pluggarr.failures import NotLoadable, inside
from pluggarr.protocol import Cancelled

PACKAGE_PREFIX = "_dispatcharr_plugin_"


def package_name(key: str) -> str:
    """The private package a plugin is imported as."""
    safe = re.sub(r"[^0-9A-Za-z_]", "_", key)
    if not safe or safe[0].isdigit():
        safe = "p_" + safe
    return PACKAGE_PREFIX + safe


class _Source(importlib.machinery.SourceFileLoader):
    """Compiles the file as it is now; a cached .pyc can be older than an edit of the same second."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class Loader:
    """The import of one folder."""

    def __init__(self, folder: str, key: str, plugins_dir: str) -> None:
        """Load folder as key; plugins_dir becomes the last place Python looks for modules."""
        self._folder = os.path.abspath(folder)
        self._package = package_name(key)
        self._plugins_dir = plugins_dir
        self._alias = ""

    def load(self) -> Callable[[], Any]:
        """Run the plugin's code and return its ``Plugin``, which is not called yet.

        Raises whatever the code raises, or NotLoadable.
        """
        if self._plugins_dir not in sys.path:
            sys.path.append(self._plugins_dir)
        self._alias = self._free_alias()
        plugin_py = os.path.join(self._folder, "plugin.py")
        init_py = os.path.join(self._folder, "__init__.py")
        first: BaseException | None = None
        if os.path.isfile(plugin_py):
            try:
                self._synthetic_package()
                return self._factory(self._execute(self._package + ".plugin", plugin_py, None))
            except Cancelled:
                raise
            except BaseException as error:
                first = error
        # Outside of the except, so that this import's errors do not carry the first one along.
        if os.path.isfile(init_py):
            return self._load_package(init_py, first)
        if first is None:
            raise NotLoadable("there is neither plugin.py nor __init__.py in the folder")
        raise first

    def _load_package(self, init_py: str, first: BaseException | None) -> Callable[[], Any]:
        self._forget()
        try:
            return self._factory(self._execute(self._package, init_py, [self._folder]))
        except NotLoadable as error:
            second = error
        raise first or second

    def _factory(self, module: ModuleType) -> Callable[[], Any]:
        file = os.path.basename(module.__file__ or "")
        plugin = getattr(module, "Plugin", None)
        if plugin is None:
            raise NotLoadable(f"{file} has no class Plugin{self._misspelt()}")
        if not callable(plugin):
            raise NotLoadable(f"Plugin in {file} is a {type(plugin).__name__}, not a class")
        return plugin

    def _misspelt(self) -> str:
        """Advice for who comes from a system where plugin.py and Plugin.py are the same file."""
        names = [name for name in os.listdir(self._folder) if name.lower() == "plugin.py"]
        return "" if not names or "plugin.py" in names else f"; rename {names[0]} to plugin.py"

    def _synthetic_package(self) -> None:
        """Stand in for the package without running its ``__init__.py``."""
        spec = ModuleSpec(self._package, None, is_package=True)
        spec.submodule_search_locations = [self._folder]
        self._register(importlib.util.module_from_spec(spec))

    def _execute(self, name: str, path: str, locations: list[str] | None) -> ModuleType:
        spec = importlib.util.spec_from_file_location(
            name, path, loader=_Source(name, path), submodule_search_locations=locations
        )
        if spec is None or spec.loader is None:
            raise NotLoadable(f"{os.path.basename(path)} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        self._register(module)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            self._drop(name)
            raise
        return module

    def _register(self, module: ModuleType) -> None:
        name = module.__name__
        sys.modules[name] = module
        if name != self._package:
            setattr(sys.modules[self._package], name.rpartition(".")[2], module)
        if self._alias:
            sys.modules[name.replace(self._package, self._alias, 1)] = module

    def _drop(self, name: str) -> None:
        sys.modules.pop(name, None)
        if self._alias:
            sys.modules.pop(name.replace(self._package, self._alias, 1), None)

    def _forget(self) -> None:
        """Drop every module of the folder that an earlier attempt left."""
        roots = (self._package, self._alias) if self._alias else (self._package,)
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name.partition(".")[0] in roots or (isinstance(file, str) and inside(file, self._folder)):
                del sys.modules[name]

    def _free_alias(self) -> str:
        """The folder's name if nothing else answers to it, else "".

        A folder without ``__init__.py`` is found as a namespace package in the plugins folder and so
        counts as taken; ``import folder.module`` then works through that.
        """
        name = os.path.basename(self._folder)
        if not name.isidentifier():
            return ""
        if name in sys.builtin_module_names or name in sys.stdlib_module_names or name in sys.modules:
            return ""
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):
            return ""
        if spec is not None and not (spec.origin and inside(spec.origin, self._folder)):
            return ""
        return name
