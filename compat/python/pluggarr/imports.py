"""What a plugin imports that is not there, found without running anything of the plugin.

``python -m pluggarr.imports FOLDER…`` prints a JSON object: for each folder a list of what is missing.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from pluggarr import unsupported

OURS = ("apps", "core", "dispatcharr", "version")
TOLERANT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
ABSENT = "not installed"
BY_TEXT = {"import_module", "exec_module", "__import__"}  # what imports the module that a text names
WIDEST = 1000  # files of one plugin that are read


class Missing(NamedTuple):
    """Something that is imported and is not there."""

    name: str  # a module, or module.name
    why: str  # ABSENT, "not in this host", "not in the plugin", or why it cannot be used
    file: str  # below the plugin's folder
    line: int
    guarded: bool  # the plugin catches the error, and goes on without
    apart: bool = False  # in a file that the plugin does not import: a program, or a tool of its author


def missing(folder: str) -> list[Missing]:
    """What the plugin in a folder imports in vain, each name once."""
    found: dict[str, Missing] = {}
    trees = dict(_read(folder))
    imported = _imported(folder, {path: set(_named(tree)) for path, tree in trees.items()})
    for path, tree in trees.items():
        for node, guarded in _imports(tree):
            for name, why in _unmet(node, folder, path):
                file = os.path.relpath(path, folder)
                lost = Missing(name, why, file, node.lineno, guarded, path not in imported)
                if name not in found or _weight(lost) < _weight(found[name]):
                    found[name] = lost
    return sorted(found.values(), key=lambda lost: (*_weight(lost), lost.name))


def _weight(lost: Missing) -> tuple[bool, bool]:
    """Sorts what hurts most first."""
    return lost.apart, lost.guarded


def _read(folder: str) -> Iterator[tuple[str, ast.AST]]:
    for path in _sources(folder):
        try:
            with open(path, "rb") as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield path, ast.parse(file.read())
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue  # loading says what is wrong


def _imported(folder: str, named: dict[str, set[str]]) -> set[str]:
    """The files that are reached from the plugin's own, plugin.py and __init__.py.

    By names alone, wherever the file lies: plugins put folders of theirs on the path.
    """
    waiting = [path for name in ("plugin.py", "__init__.py") if (path := os.path.join(folder, name)) in named]
    reached = set(waiting)
    while waiting:
        names = named[waiting.pop()]
        for path in named.keys() - reached:
            stem = os.path.splitext(os.path.basename(path))[0]
            if (os.path.basename(os.path.dirname(path)) if stem == "__init__" else stem) in names:
                reached.add(path)
                waiting.append(path)
    return reached


def _named(tree: ast.AST) -> Iterator[str]:
    """Every name in a file that may be a file's: of an import, or a text where imports are made of texts."""
    texts = set()
    by_text = False
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield from alias.name.split(".")
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from node.module.split(".")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(os.path.basename(node.value.replace(".", "/").removesuffix("/py")))
        by_text = by_text or any(getattr(node, field, "") in BY_TEXT for field in ("attr", "id", "name"))
    if by_text:
        yield from texts


def _sources(folder: str) -> Iterator[str]:
    count = 0
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in {"tests", "test", "__pycache__"})
        for name in sorted(files):
            count += name.endswith(".py")
            if name.endswith(".py") and count <= WIDEST:
                yield os.path.join(parent, name)


def _imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import, and whether its failure is caught. What only type checkers read is left out."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, guarded = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, guarded
        elif isinstance(node, ast.Try):
            inside = guarded or any(_tolerant(handler.type) for handler in node.handlers)
            # A handler often imports what an older release had in its place.
            waiting += [(child, inside) for child in (*node.body, *node.handlers)]
            waiting += [(child, guarded) for child in (*node.orelse, *node.finalbody)]
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            waiting += [(child, guarded) for child in ast.iter_child_nodes(node)]


def _tolerant(caught: ast.expr | None) -> bool:
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in TOLERANT) for kind in kinds)


def _unmet(node: ast.Import | ast.ImportFrom, folder: str, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if why := _module(alias.name, folder):
                yield _whole(alias.name, why), why
        return
    module = node.module or ""
    if node.level:
        yield from _relative(node, module, path, folder)
    elif why := _module(module, folder):
        yield _whole(module, why), why
    elif module.partition(".")[0] in OURS:
        for alias in node.names:
            if alias.name != "*" and (why := _name(module, alias.name)):
                yield f"{module}.{alias.name}", why


def _whole(module: str, why: str) -> str:
    """What to install, when a module is not: all that it is in."""
    return module.partition(".")[0] if why == ABSENT else module


def _relative(node: ast.ImportFrom, module: str, path: str, folder: str) -> Iterator[tuple[str, str]]:
    place = path
    for _ in range(node.level):
        place = os.path.dirname(place)
    root = os.path.abspath(folder)
    if os.path.commonpath([root, os.path.abspath(place)]) != root:
        return  # outside of the plugin: it is for the plugin to know
    target = os.path.join(place, *module.split(".")) if module else place
    if not os.path.exists(target) and not os.path.exists(f"{target}.py"):
        yield "." * node.level + module, "not in the plugin"


def _module(name: str, folder: str) -> str:
    """Why a module cannot be imported; "" when it can."""
    top = name.partition(".")[0]
    if top in OURS:
        try:
            importlib.import_module(name)
        except ImportError:
            return "not in this host"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""
    if top in sys.stdlib_module_names or _brought(top, folder):
        return ""
    try:
        there = importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        there = False
    return "" if there else ABSENT


def _brought(top: str, folder: str) -> bool:
    """Whether the plugin has the module in a folder of its own, which it may put on the path."""
    if top.lower() == os.path.basename(os.path.abspath(folder)).lower():
        return True
    return any(top in folders or f"{top}.py" in files for _, folders, files in os.walk(folder))


def _name(module: str, name: str) -> str:
    """Why a name of one of the host's modules cannot be used; "" when it can."""
    try:
        value = getattr(importlib.import_module(module), name)
    except AttributeError:
        return _module(f"{module}.{name}", "")
    if isinstance(value, type) and issubclass(value, unsupported.Unsupported):
        return value.why
    doc = getattr(value, "__doc__", "") or ""
    prefix = "Cannot be used here: "
    return doc.removeprefix(prefix).rstrip(".") if doc.startswith(prefix) else ""


def main(folders: list[str]) -> dict[str, list[dict[str, Any]]]:
    """What is missing in each of the folders."""
    if importlib.util.find_spec("django"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcharr.settings")
        import django

        django.setup()
    return {folder: [lost._asdict() for lost in missing(folder)] for folder in folders}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
