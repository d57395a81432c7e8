"""Values that can be read from source without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Source can be written so that a small file spells an endless value; no plugin's metadata is this big.
MAX_NODES = 200_000
MAX_TEXT = 1 << 20
MAX_DEPTH = 100

Constants = Mapping[str, ast.expr]

# Hears of a part that was left out: where it is in the value ("fields[2].default") and its node.
LeftOut = Callable[[str, ast.AST], None]


class NotLiteral(Exception):
    """The expression means something only when the program runs."""


class Reader:
    """Reads literals; names stand for the constants given."""

    def __init__(self, constants: Constants, left_out: LeftOut) -> None:
        self._constants = constants
        self._left_out = left_out
        self._nodes = 0
        self._depth = 0

    def read(self, name: str, node: ast.expr) -> Any:
        """The value of node, called name in what is said of it.

        A part of a list or dict that is no literal is left out and reported; if node itself is none,
        that is reported and NotLiteral raised.
        """
        try:
            return self._value(name, node)
        except NotLiteral:
            self._left_out(name, node)
            raise

    def _value(self, path: str, node: ast.expr) -> Any:
        self._nodes += 1
        self._depth += 1
        try:
            if self._nodes > MAX_NODES or self._depth > MAX_DEPTH:
                raise NotLiteral
            return self._dispatch(path, node)
        finally:
            self._depth -= 1

    def _dispatch(self, path: str, node: ast.expr) -> Any:
        value: Any
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, (str, int, float)):
                pass
            case ast.List(elts=parts):
                value = list(self._items(path, parts))
            case ast.Tuple(elts=parts):
                value = tuple(self._items(path, parts))
            case ast.Dict():
                value = self._dict(path, node)
            case ast.Name(id=name) if name in self._constants:
                value = self._value(path, self._constants[name])
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                value = self._signed(sign, self._value(path, operand))
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                value = self._sum(self._value(path, left), self._value(path, right))
            case ast.JoinedStr(values=parts):
                value = self._joined(path, parts)
            case _:
                raise NotLiteral
        return value

    def _items(self, path: str, parts: list[ast.expr]) -> Iterator[Any]:
        for index, part in enumerate(parts):
            where = f"{path}[{index}]"
            try:
                if isinstance(part, ast.Starred):
                    more = self._value(where, part.value)
                    if not isinstance(more, (list, tuple)):
                        raise NotLiteral
                    yield from more
                else:
                    yield self._value(where, part)
            except NotLiteral:
                self._left_out(where, part)

    def _dict(self, path: str, node: ast.Dict) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            where = path
            try:
                if key_node is None:  # {**OTHER}
                    more = self._value(path, value_node)
                    if not isinstance(more, dict):
                        raise NotLiteral
                    made.update(more)
                    continue
                key = self._value(path, key_node)
                where = f"{path}.{key}" if isinstance(key, str) else f"{path}[{key!r:.40}]"
                made[key] = self._value(where, value_node)
            except (NotLiteral, TypeError):  # TypeError: a key that cannot be one
                self._left_out(where, value_node)
        return made

    def _signed(self, sign: ast.unaryop, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NotLiteral
        return -value if isinstance(sign, ast.USub) else value

    def _sum(self, left: Any, right: Any) -> Any:
        if type(left) is not type(right) or not isinstance(left, (str, list, tuple)):
            raise NotLiteral
        if len(left) + len(right) > MAX_TEXT:
            raise NotLiteral
        return left + right

    def _joined(self, path: str, parts: list[ast.expr]) -> str:
        texts: list[str] = []
        for part in parts:
            inner = part
            if isinstance(part, ast.FormattedValue):
                if part.conversion != -1 or part.format_spec is not None:
                    raise NotLiteral
                inner = part.value
            value = self._value(path, inner)
            if not isinstance(value, (str, int, float)):
                raise NotLiteral
            texts.append(str(value))
        text = "".join(texts)
        if len(text) > MAX_TEXT:
            raise NotLiteral
        return text


def constants_of(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """The names that a module or class body gives one value and never changes afterwards."""
    found: dict[str, ast.expr] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                found[name] = value
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.pop(statement.name, None)
            case _:
                for name in changed_by(statement):
                    found.pop(name, None)
    return found


def changed_by(statement: ast.stmt) -> set[str]:
    """The names a statement may bind or change in place: by assigning, or by calling a method."""
    names: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.Call(func=ast.Attribute(value=target)):
                names.add(root_name(target))
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=target):
                names.add(root_name(target))
    return names


def root_name(node: ast.expr) -> str:
    """The name an expression such as ``fields[0]["options"]`` starts from, "" if none."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
