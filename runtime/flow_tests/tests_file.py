"""Tests files on disk: beside each flow, `triage.tests.json` for `triage.flow.json`."""

import contextlib
import inspect
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from graph.errors import FlowFileError, HeddleError, NewerFormat
from graph.file_format import FILE_SUFFIX
from graph.file_format.syntax import Doubled, parse
from runtime.flow_tests.case import FORMAT, WAYS, Case, Effect, Properties, Suite

SUFFIX = ".tests.json"

Tree = dict[str, Any]

UPGRADES: Mapping[int, Callable[[Tree], Tree]] = {}
"""From a version to the function that makes its files files of the next version; never edited."""


class NotKept(HeddleError):
    """The tests file could not be written; what was there is untouched."""


class _FileShape(Suite, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The tests of the flow beside this file."""

    heddle_tests: int


def suite_beside(flow: Path) -> Path:
    """Where the tests of a flow are kept."""
    return flow.with_name(flow.name.removesuffix(FILE_SUFFIX).removesuffix(".json") + SUFFIX)


def flow_beside(tests: Path) -> Path:
    """The flow that a tests file is about."""
    return tests.with_name(tests.name.removesuffix(SUFFIX) + FILE_SUFFIX)


def read_suite(path: Path) -> Suite:
    """The tests in a file; none when there is no file. Raises FlowFileError, NewerFormat."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Suite()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FlowFileError(f"{path} can't be read: {reason}.") from error
    return suite_of(content, str(path))


def suite_of(content: bytes, name: str = "The tests file") -> Suite:
    """The tests that a file's content says. Raises FlowFileError, NewerFormat."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FlowFileError(f"{name} is no UTF-8 text.") from None
    tree = parse(text, name)
    version = tree.get("heddle_tests") if isinstance(tree, dict) else None
    if type(version) is not int or version < 1:
        raise FlowFileError(
            f"{name} holds no tests: it doesn't say which format it has.",
            cure=f'If it is a tests file, write "heddle_tests": {FORMAT} at its beginning.',
        )
    if version > FORMAT:
        raise NewerFormat(
            f"{name} has format {version}, and this Heddle reads tests up to {FORMAT}.",
            cure="Update Heddle.",
        )
    for step in range(version, FORMAT):
        tree = {**UPGRADES[step](tree), "heddle_tests": step + 1}
    return _built(tree, name)


def _built(tree: Tree, name: str) -> Suite:
    cases = tree.get("cases")
    if isinstance(cases, Doubled):
        twice = ", ".join(map(repr, sorted(cases.twice)))
        raise FlowFileError(
            f"{name}: two cases are called {twice}.", cure="Give each a name of its own."
        )
    try:
        shape = msgspec.convert(tree, _FileShape)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        where = f" at {place.rstrip('`').lstrip('.')}" if place else ""
        raise FlowFileError(
            f"{name} can't be read{where}: {reason[:1].lower()}{reason[1:]}.",
            cure="resources/schemas/tests.schema.json says what may stand there.",
        ) from None
    return Suite(shape.cases, shape.properties)


def text_of_suite(suite: Suite) -> str:
    """The one text that these tests have: one fact a line, effects in order of their tasks."""
    cases = {name: _ordered(case) for name, case in suite.cases.items()}
    properties = suite.properties
    if properties == Properties():
        properties = None
    tree = {"heddle_tests": FORMAT, **msgspec.to_builtins(Suite(cases, properties))}
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode() + "\n"


def _ordered(case: Case) -> Case:
    """The case in an order that doesn't depend on who was quicker, or filled in what first."""
    return msgspec.structs.replace(
        case,
        inputs=dict(sorted(case.inputs.items())),
        expect=dict(sorted(case.expect.items())),
        blocks={task: dict(sorted(found.items())) for task, found in sorted(case.blocks.items())},
        effects=tuple(sorted(case.effects, key=_place)),
    )


def _place(effect: Effect) -> tuple[list[tuple[int, str]], int, bytes]:
    parts = effect.task.replace("[", "\0").replace("]", "\0").split("\0")
    natural = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
    return natural, effect.attempt, msgspec.json.encode(effect.asked or {})


def keep_suite(path: Path, suite: Suite) -> None:
    """Write the tests, whole or not at all. Raises NotKept."""
    content = text_of_suite(suite).encode()
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.exists() and path.read_bytes() == content:
            return
        target = path.resolve()
        fresh = target.with_name(fresh.name)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise NotKept(f"{path} can't be saved: {reason}.", cure="Look at its folder.") from error


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a tests file."""
    (whole,), parts = msgspec.json.schema_components([_FileShape], ref_template="#/$defs/{name}")
    described = {name: _described(part) for name, part in parts.items()}
    described["_FileShape"]["properties"]["heddle_tests"] = {"const": FORMAT}
    described["Matcher"]["oneOf"] = [{"required": [way]} for way in WAYS]
    described["Effect"]["oneOf"] = [{"required": [what]} for what in ("gives", "fails")]
    shape = described.pop("_FileShape")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Heddle tests file, format {FORMAT}",
        **({} if "$ref" in whole else whole),
        **shape,
        "$defs": described,
    }


def _described(part: dict[str, Any]) -> dict[str, Any]:
    prose = {"description": inspect.cleandoc(part["description"])} if "description" in part else {}
    return {key: value for key, value in part.items() if key != "title"} | prose


def schema_text() -> str:
    """The schema as it is kept in `resources/schemas/tests.schema.json`."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"
