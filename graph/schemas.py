"""Checking values against JSON Schemas, whoever wrote them: offline, and in bounded time."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypedDict

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs
import msgspec
from referencing import Registry
from referencing.exceptions import Unresolvable

from graph.errors import BadInput
from graph.paths import write_path
from graph.patterns import matches, read_pattern
from graph.schema_cost import is_cheap
from graph.values import as_text, shorten

Schema = Mapping[str, Any] | bool

MOST_STEPS = 50_000
"""How many keywords may be looked at for a schema not known to be harmless: about a second."""
PATTERN_TIME = 0.5
"""Seconds for one pattern on one text, in such a schema."""


_VALUE = "\0"
"""Stands for the value in the messages of the validator, until they are told."""


class Fault(TypedDict):
    """Where a value breaks the schema: the path inside it, what is wrong, and the keyword."""

    path: str
    message: str
    rule: str


def faults(value: Any, schema: Schema, *, most: int = 100) -> list[Fault]:
    """Where `value` breaks `schema`, at most so many places; none when it is valid.

    Drafts 4 to 2020-12, formats included. Raises BadInput for a schema that is wrong itself, that
    refers to anything outside, or that would take too long.
    """
    return Checker(schema).faults(value, most=most)


class Checker:
    """A schema ready to check many values. Raises BadInput for a schema that is wrong itself."""

    def __init__(self, schema: Schema) -> None:
        self._rules: Any = schema if isinstance(schema, bool) else dict(schema)
        self._validator = _validator(self._rules)
        self._cheap: bool = is_cheap(self._rules)

    def faults(self, value: Any, *, most: int = 100) -> list[Fault]:
        """See the function of that name."""
        plain = _plain(value)
        try:
            found = _quick(self._validator, plain) if self._cheap else _counted(self._rules, plain)
            return list(itertools.islice(found, most))
        except (RecursionError, ValueError):
            raise BadInput("The value is nested too deeply for its schema.") from None


def _plain(value: Any) -> Any:
    """The value as JSON would carry it: times and bytes are texts."""
    try:
        return msgspec.to_builtins(value, str_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadInput(f"The value can't be checked: {error}.") from None


def _validator(rules: Any) -> Any:
    """The schema, ready to use: known to be one, and to need nothing from elsewhere."""
    try:
        return jsonschema_rs.validator_for(rules, validate_formats=True, offline=True, mask=_VALUE)
    except jsonschema_rs.ValidationError as error:
        where = write_path(tuple(error.instance_path))
        place = f" at {where!r}" if where else ""
        message = error.message.replace(_VALUE, _shown(error.instance))
        raise BadInput(f"The schema is wrong{place}: {_brief(message)}.") from None
    except ValueError as error:
        if "Recursion limit" in str(error):
            raise BadInput("The schema is nested too deeply.") from None
        raise BadInput(f"The schema can't be used: {_brief(str(error))}.") from None


def _quick(validator: Any, value: Any) -> Iterator[Fault]:
    if validator.is_valid(value):
        return
    for error in validator.iter_errors(value):
        message = error.message.replace(_VALUE, _shown(error.instance))
        yield _fault(error.instance_path, message, error.kind.name)


def _shown(value: Any) -> str:
    """A value as a message names it: what holds others would drown the message."""
    if isinstance(value, (dict, list)):
        return "This record" if isinstance(value, dict) else "This list"
    return shorten(value) if isinstance(value, str) else as_text(value) or "null"


def _fault(path: Iterable[str | int], message: str, rule: str) -> Fault:
    return Fault(path=write_path(tuple(path)), message=f"{_brief(message)}.", rule=rule)


def _brief(message: str) -> str:
    """A message on one line of bearable length: some quote all of the value."""
    line = message.partition("\n")[0].rstrip(".")
    return line if len(line) <= 200 else f"{line[:120]} … {line[-79:]}"


# The quick validator can't be stopped. Where a schema may make it look at the same things again
# and again, one that counts its steps takes its place: slower by far, and it ends.


def _counted(rules: dict[str, Any], value: Any) -> Iterator[Fault]:
    draft = jsonschema.validators.validator_for(rules, default=jsonschema.Draft202012Validator)
    _refuse_uncountable(rules)
    counting = jsonschema.validators.extend(draft, _counting(draft.VALIDATORS))
    own = {word: inner for word, inner in rules.items() if word != "$schema"}
    validator = counting(own, registry=Registry(), format_checker=draft.FORMAT_CHECKER)
    try:
        for error in validator.iter_errors(value):
            yield _fault(error.absolute_path, error.message, str(error.validator))
    except Unresolvable as error:
        raise BadInput(f"The schema refers to {error.ref!r}, which it doesn't hold.") from None


def _refuse_uncountable(rules: Any) -> None:
    """Words that would lead out of the counting validator, or to patterns without a time limit."""
    level, root = [rules], rules
    while level:
        for one in level:
            if isinstance(one, dict) and (
                "patternProperties" in one or (one is not root and "$schema" in one)
            ):
                raise BadInput(
                    "A schema that refers to itself this often can't have patternProperties, nor"
                    " a $schema inside.",
                )
        level = [inner for one in level for inner in _parts(one)]


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


Keyword = Callable[[Any, Any, Any, Any], Iterable[Any] | None]


def _counting(keywords: Mapping[str, Keyword]) -> dict[str, Keyword]:
    """The keywords of a draft, each counting its uses against one common limit."""
    left = itertools.repeat(None, MOST_STEPS)

    def counted(keyword: Keyword) -> Keyword:
        def check(validator: Any, limit: Any, instance: Any, schema: Any) -> Iterable[Any] | None:
            if next(left, left) is left:
                raise BadInput(
                    "Checking the value against the schema takes too long.",
                    cure="The schema refers to itself in several places: let `const` or `type` tell"
                    " its alternatives apart, in an `if`.",
                )
            return keyword(validator, limit, instance, schema)

        return check

    return {word: counted(keyword) for word, keyword in {**keywords, "pattern": _pattern}.items()}


def _pattern(validator: Any, limit: str, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, str):
        found = matches(read_pattern(limit), instance, time_limit=PATTERN_TIME)
        if next(found, None) is None:
            yield jsonschema.ValidationError(f"{shorten(instance)} does not match {limit!r}")
