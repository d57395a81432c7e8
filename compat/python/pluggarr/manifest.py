"""What a plugin says of itself, read from its folder without running any of it.

``plugin.json`` comes first; what it does not say is read from the literals of ``class Plugin``.
"""

from __future__ import annotations

import ast
import json
import os
import warnings as python_warnings
from dataclasses import dataclass, field
from typing import Any

from pluggarr import encoding, failures
from pluggarr.literals import LeftOut, NotLiteral, Reader, changed_by, constants_of
from pluggarr.source import read_file, read_source

TEXTS = ("name", "version", "description", "author", "help_url")
LISTS = ("fields", "actions")

MAX_WARNINGS = 50
MAX_HOPS = 5  # files followed from "from .x import Plugin"


@dataclass
class Metadata:
    """What was found. A text or list nobody gave is absent from values."""

    values: dict[str, Any] = field(default_factory=dict)
    has_stop: bool = False
    warnings: list[str] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, text: str) -> None:
        """Add a warning, up to a number nobody would read beyond."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(text)


def inspect(folder: str) -> Metadata:
    """Read the metadata of the plugin in folder."""
    found = read_json(folder)
    _Source(folder, found).read()
    return found


def read_json(folder: str) -> Metadata:
    """What plugin.json says: its strings, and fields and actions as they are. No file: nothing."""
    found = Metadata()
    try:
        data = read_file(os.path.join(folder, "plugin.json"))
        content = json.loads(data.decode("utf-8"))
        if not isinstance(content, dict):
            return found
    except (OSError, ValueError, RecursionError, MemoryError):
        return found  # the host reads it too, and warns
    for name in TEXTS:
        if isinstance(content.get(name), str):
            found.values[name] = content[name]
        elif name in content:
            found.warn(f"plugin.json: {name} is no text and is ignored")
    found.values.update((name, content[name]) for name in LISTS if name in content)
    return found


@dataclass
class _Module:
    """One parsed file."""

    file: str  # its name inside the folder
    tree: ast.Module
    constants: dict[str, ast.expr]
    classes: dict[str, ast.ClassDef]


class _Source:
    """Looks for ``class Plugin`` in the files the loader would import, and reads its literals."""

    def __init__(self, folder: str, found: Metadata) -> None:
        self._folder = folder
        self._found = found

    def read(self) -> None:
        """Add to found what the source says; a file that does not parse is a problem."""
        files = [name for name in ("plugin.py", "__init__.py") if self._has(name)]
        for file in files:
            if self._read_from(file, "Plugin", MAX_HOPS):
                # What the loader falls back from is no reason not to load.
                for problem in self._found.problems:
                    self._found.warn(f"{problem['file']}:{problem['line']}: {problem['message']}")
                self._found.problems.clear()
                return
        if files and not self._found.problems:
            self._found.warn(f"{files[0]}: no class Plugin that can be read before it is enabled")

    def _has(self, file: str) -> bool:
        return os.path.isfile(os.path.join(self._folder, file))

    def _read_from(self, file: str, name: str, hops: int) -> bool:
        module = self._parse(file)
        if module is None:
            return False
        name = _followed(name, module)
        if name in module.classes:
            self._read_class(module, module.classes[name])
            return True
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and node.level == 1 and hops > 0:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        target = self._sibling(file, node.module)
                        return target is not None and self._read_from(target, alias.name, hops - 1)
        return False

    def _sibling(self, file: str, module: str | None) -> str | None:
        base = os.path.join(os.path.dirname(file), *(module or "").split("."))
        for candidate in (base + ".py", os.path.join(base, "__init__.py")):
            if self._has(candidate):
                return candidate
        return None

    def _parse(self, file: str) -> _Module | None:
        path = os.path.join(self._folder, file)
        try:
            text = read_source(path)
            with python_warnings.catch_warnings():
                python_warnings.simplefilter("ignore")  # about odd escapes; Python says it at the import
                tree = ast.parse(text, path)
        except SyntaxError as error:
            self._syntax_error(error, file, path)
            return None
        except (OSError, ValueError) as error:
            self._problem(file, f"{error}")
            return None
        except (RecursionError, MemoryError):
            self._problem(file, "the source is nested too deeply for Python to compile")
            return None
        return _Module(file, tree, constants_of(tree.body), _classes(tree.body))

    def _syntax_error(self, error: SyntaxError, file: str, path: str) -> None:
        message = f"{type(error).__name__}: {error.msg}"
        if not error.filename:
            error.filename = path
        problem = failures.syntax_problem(error, message, self._folder)
        problem["file"] = file
        self._found.problems.append(problem)

    def _problem(self, file: str, message: str) -> None:
        self._found.problems.append(failures.problem(file, 0, message))

    def _read_class(self, module: _Module, definition: ast.ClassDef) -> None:
        bodies = [statement for cls in _lineage(definition, module) for statement in cls.body]
        attributes: dict[str, ast.expr | None] = {}  # None: something the program computes
        for statement in bodies:
            _take(statement, attributes)
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._found.has_stop |= statement.name == "stop"
                if statement.name == "__init__":
                    self._note_init(module, statement)
        known = {name: node for name, node in attributes.items() if node is not None}
        reader = Reader({**module.constants, **known}, self._left_out_of(module))
        for name in (*TEXTS, *LISTS):
            if self._found.values.get(name):
                continue  # plugin.json said it
            if name in known:
                self._keep(name, reader, known[name])
            elif name in attributes:
                line = next(s.lineno for s in bodies if name in _bound_by(s))
                self._left_out(module, name, line)

    def _keep(self, name: str, reader: Reader, node: ast.expr) -> None:
        try:
            value = reader.read(name, node)
        except NotLiteral:
            return
        if name in TEXTS and not isinstance(value, str):
            value = "" if value is None else str(value)
        self._found.values[name] = value

    def _note_init(self, module: _Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for node in ast.walk(function):
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    if name in (*TEXTS, *LISTS) and not self._found.values.get(name):
                        self._left_out(module, name, node.lineno)

    def _left_out_of(self, module: _Module) -> LeftOut:
        return lambda where, node: self._left_out(module, where, getattr(node, "lineno", 0))

    def _left_out(self, module: _Module, where: str, line: int) -> None:
        self._found.warn(f"{module.file}:{line}: {where} is computed and known once the plugin is enabled")


def _classes(body: list[ast.stmt]) -> dict[str, ast.ClassDef]:
    """The classes a module defines, also inside of if and try; the last of a name counts."""
    found: dict[str, ast.ClassDef] = {}
    for statement in body:
        match statement:
            case ast.ClassDef(name=name):
                found[name] = statement
            case ast.If(body=body, orelse=other):
                found.update(_classes(other) | _classes(body))
            case ast.Try(body=body, handlers=handlers, orelse=other):
                for handler in handlers:
                    found.update(_classes(handler.body))
                found.update(_classes(body) | _classes(other))
    return found


def _followed(name: str, module: _Module) -> str:
    """The class that name stands for after ``Plugin = Other``."""
    for _ in range(MAX_HOPS):
        target = module.constants.get(name)
        if name in module.classes or not isinstance(target, ast.Name):
            break
        name = target.id
    return name


def _lineage(definition: ast.ClassDef, module: _Module) -> list[ast.ClassDef]:
    """The class and its bases from the same file, the most basic first."""
    line: list[ast.ClassDef] = []
    waiting = [definition]
    while waiting and len(line) < MAX_HOPS * 2:
        cls = waiting.pop(0)
        if cls not in line:
            line.append(cls)
            names = [base.id for base in cls.bases if isinstance(base, ast.Name)]
            waiting += [module.classes[name] for name in names if name in module.classes]
    return line[::-1]


def _take(statement: ast.stmt, attributes: dict[str, ast.expr | None]) -> None:
    """Note what one statement of a class body does to its attributes."""
    literal = constants_of([statement])
    if literal:
        attributes.update(literal)
        return
    for name in _bound_by(statement):
        attributes[name] = None


def _bound_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return set()
    return changed_by(statement)


def description(found: Metadata, name: str) -> dict[str, Any]:
    """The protocol's description of a plugin that says found and is otherwise called name."""
    made: dict[str, Any] = {"runtime": "python"}
    for text in TEXTS:
        made[text] = found.values.get(text) or ""
    made["name"] = made["name"] or name
    for key, attribute in (("fields", "fields"), ("raw_actions", "actions")):
        made[key] = json.loads(as_list(attribute, found))
    made.update(has_start=False, has_stop=found.has_stop, has_options=False, warnings=found.warnings)
    return made


def as_list(name: str, found: Metadata) -> str:
    """Fields or actions as JSON. Dispatcharr takes a list alone; JSON could not tell a tuple from one."""
    value = found.values.get(name)
    if value is None:
        return "[]"
    if isinstance(value, (list, dict, str)):
        return encoding.encode_safe(value, lambda text: found.warn(f"{name}: {text}"))
    found.warn(f"{name} is a {type(value).__name__}, not a list, and is ignored")
    return "[]"
