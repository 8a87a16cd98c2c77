"""What sandboxed code has and hasn't: builtins, modules, statements, each with what to do instead."""  # noqa: E501

_BUILTINS = """
    abs all any bin bool bytes chr complex dict divmod enumerate filter float format frozenset
    getattr hasattr hash hex id int isinstance iter len list map max min next object oct ord pow
    print range repr reversed round set setattr slice sorted str sum tuple type zip
    Ellipsis NotImplemented
    ArithmeticError AssertionError AttributeError BaseException Exception FileExistsError
    FileNotFoundError ImportError IndexError IsADirectoryError KeyError KeyboardInterrupt
    LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError
    OSError OverflowError PermissionError RecursionError RuntimeError StopIteration SyntaxError
    SystemExit TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    ValueError ZeroDivisionError
"""
BUILTINS = frozenset(_BUILTINS.split())
"""The names that are there without being given. Anything given under one of them wins."""

_MODULES = """
    base64 binascii bisect collections copy csv dataclasses datetime decimal functools hashlib
    itertools json math pathlib posixpath random re time tomllib typing unicodedata
"""
MODULES = frozenset(_MODULES.split())
"""The modules of the sandbox. Code imports them; an expression just names them."""

_NO_FILES = "There are no files here; use a file block."
_NO_NETWORK = "There is no network here; use an HTTP block."
_NO_TEXT_AS_CODE = "Text is never run as code here."
_ONLY_GIVEN = "Code sees only the names it is given."
_NOBODY = "Nobody sits at a sandbox."
_ALONE = "Code runs alone here."

ABSENT_NAMES = {
    **dict.fromkeys(("eval", "exec", "compile"), _NO_TEXT_AS_CODE),
    **dict.fromkeys(("globals", "locals", "vars", "dir"), _ONLY_GIVEN),
    **dict.fromkeys(("input", "breakpoint", "help", "exit", "quit"), _NOBODY),
    "open": _NO_FILES,
    "callable": "Compare `type(…)` instead.",
    "issubclass": "Use `isinstance(…)`.",
    **dict.fromkeys(("property", "staticmethod", "classmethod"), "Use plain methods."),
    "super": "Classes have no parents here.",
    "bytearray": "Use `bytes`.",
    "memoryview": "Use `bytes`.",
    "ascii": "Use `repr(…)`.",
}
"""Names that Python has and the sandbox hasn't, or mustn't have: what to do instead."""

ABSENT_MODULES = {
    **dict.fromkeys(("os", "io", "shutil", "tempfile", "glob"), _NO_FILES),
    **dict.fromkeys(("socket", "urllib", "http", "requests", "httpx", "ssl"), _NO_NETWORK),
    **dict.fromkeys(("subprocess", "multiprocessing", "threading", "asyncio", "signal"), _ALONE),
    **dict.fromkeys(("sys", "builtins", "importlib", "ctypes", "gc", "inspect"), _ONLY_GIVEN),
    "sqlite3": "Use a SQL block.",
    "statistics": "Use `sum`, `sorted` and `math`.",
    "operator": "Use a `lambda`.",
    "string": "Write the characters out.",
}
"""Modules that people reach for in vain: what to do instead."""

ABSENT_SYNTAX = {
    "Yield": "`yield` can't be used here. Build a list instead.",
    "YieldFrom": "`yield` can't be used here. Build a list instead.",
    "Await": "There is nothing to wait for here. Leave `await` out.",
    "AsyncFunctionDef": "There is nothing to wait for here. Leave `async` out.",
    "AsyncFor": "There is nothing to wait for here. Leave `async` out.",
    "AsyncWith": "There is nothing to wait for here. Leave `async` out.",
    "Delete": "`del` can't be used here. Use `.pop(…)`, or build a new value without it.",
    "Global": "Nothing is kept between calls. Give it back with `return`.",
    "TryStar": "`except*` can't be used here. Use `except`.",
    "TypeAlias": "`type` statements can't be used here. Leave it out.",
    "TemplateStr": "Template strings can't be used here. Use an f-string.",
}
"""By the name of the node in Python's syntax tree: what is said about it."""
