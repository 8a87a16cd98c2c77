"""Which names code reads, and which of those it makes itself: Python's scopes, read from a tree."""

import ast
from collections.abc import Callable, Iterable
from typing import Any

import msgspec


class Seen(msgspec.Struct, frozen=True, eq=False):
    """A name where it is read; `within` is the f-string around it, whose places 3.11 can't tell."""

    name: str
    node: ast.Name
    within: ast.JoinedStr | None = None


class Names(msgspec.Struct, frozen=True):
    """`free`: what is read and never made, in reading order; `asks`: those and the ones that
    the outermost scope both makes and reads."""

    free: tuple[Seen, ...]
    asks: frozenset[str]


def read_names(tree: ast.AST) -> Names:
    """The names read in the tree, taken as the body of a function."""
    reader = _Reader()
    reader.visit(tree)
    resolved = [(seen, scope.maker_of(seen.name)) for scope, seen in reader.reads]
    return Names(
        free=tuple(seen for seen, maker in resolved if maker is None),
        asks=frozenset(seen.name for seen, maker in resolved if maker in (None, reader.outermost)),
    )


class _Scope:
    """The names made in a function, class or comprehension."""

    def __init__(self, kind: str, outer: "_Scope | None" = None) -> None:
        self.kind = kind
        self.outer = outer
        self.made: set[str] = set()
        self.passed_on: set[str] = set()  # declared nonlocal

    def make(self, name: str) -> None:
        if name not in self.passed_on:
            self.made.add(name)

    def maker_of(self, name: str) -> "_Scope | None":
        """The scope whose `name` is meant here. A class's names aren't seen from its methods."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.made and (scope is self or scope.kind != "class"):
                return scope
            scope = scope.outer
        return None

    @property
    def function(self) -> "_Scope":
        """Where `:=` makes its name: the nearest scope that is no comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.outer:
            scope = scope.outer
        return scope


class _Reader(ast.NodeVisitor):
    """Notes every name made or read; annotations, never evaluated in the sandbox, are neither."""

    def __init__(self) -> None:
        self.outermost = self._scope = _Scope("function")
        self.reads: list[tuple[_Scope, Seen]] = []
        self._within: ast.JoinedStr | None = None

    def _inside(self, kind: str, body: Callable[[], None]) -> None:
        self._scope = _Scope(kind, self._scope)
        body()
        assert self._scope.outer is not None
        self._scope = self._scope.outer

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.reads.append((self._scope, Seen(node.id, node, self._within)))
        else:
            self._scope.make(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._scope.function.make(node.target.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.reads.append((self._scope, Seen(node.target.id, node.target)))
        self._visit_all((node.value, node.target))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._visit_all((node.value, node.target))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        outer, self._within = self._within, self._within or node
        self.generic_visit(node)
        self._within = outer

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.passed_on.update(node.names)

    def visit_alias(self, node: ast.alias) -> None:
        self._scope.make(node.asname or node.name.partition(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._scope.make(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self._scope.make(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._scope.make(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._scope.make(node.rest)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scope.make(node.name)
        self._visit_all((*node.decorator_list, *node.args.defaults, *node.args.kw_defaults))
        self._inside("function", lambda: self._function(node.args, node.body))

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all((*node.args.defaults, *node.args.kw_defaults))
        self._inside("function", lambda: self._function(node.args, [node.body]))

    def _function(self, arguments: ast.arguments, body: Iterable[ast.AST]) -> None:
        for argument in ast.walk(arguments):
            if isinstance(argument, ast.arg):
                self._scope.make(argument.arg)
        self._visit_all(body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.make(node.name)
        self._visit_all((*node.decorator_list, *node.bases, *node.keywords))
        self._inside("class", lambda: self._visit_all(node.body))

    def _comprehension(self, node: Any) -> None:
        first = node.generators[0]
        self.visit(first.iter)  # worked out before the comprehension's own scope begins

        def rest() -> None:
            for generator in node.generators:
                self.visit(generator.target)
                if generator is not first:
                    self.visit(generator.iter)
                self._visit_all(generator.ifs)
            self._visit_all(getattr(node, field, None) for field in ("key", "value", "elt"))

        self._inside("comprehension", rest)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815
