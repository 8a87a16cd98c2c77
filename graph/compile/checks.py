"""Everything that can be wrong with a flow, found at once, each problem on its block."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from graph.catalog import Catalog
from graph.compile.order import cycle_in
from graph.compile.ports import (
    CALL,
    INPUT,
    OUTPUT,
    TYPES,
    Level,
    Ports,
    input_type,
    interface,
    is_expression,
    ports_of,
)
from graph.compile.unfolding import DEEPEST, too_many_copies, unfolding_problems
from graph.errors import Problem
from graph.expressions import problems_in
from graph.flow import Block, End, Flow, Link
from graph.spec import BlockSpec, Parameter
from graph.values import ANY, COERCIONS, did_you_mean, fit, mismatch

MARKERS = ("$expr", "$secret", "$connection")
"""Keys that make a record in a field something other than itself."""

MOST_PROBLEMS = 1000
"""Problems that are told of one flow."""


class Place(msgspec.Struct, frozen=True):
    """A block with what a check needs to know of it."""

    block: Block
    spec: BlockSpec
    ports: Ports
    links: Mapping[str, Link]
    """The links into the block, by port."""
    level: Level

    def problem(self, code: str, message: str, cure: str = "", **where: Any) -> Problem:
        """A problem on this block."""
        path = "/".join(self.level.path)
        return Problem(code, message, cure, flow=path, block=self.block.id, **where)


def check(flow: Flow, catalog: Catalog) -> list[Problem]:
    """The problems of a flow and of those inside it; none means that it can be compiled.

    All of them, or the first thousand.
    """
    found = too_many_copies(flow)
    if not found:
        _check_level(Level(flow, catalog), found)
        found.extend(unfolding_problems(flow, catalog))
    if len(found) > MOST_PROBLEMS:
        message = "There are more problems, which will show when these are gone."
        found = [*found[:MOST_PROBLEMS], Problem("more", message)]
    return list(dict.fromkeys(found))


def _check_level(level: Level, found: list[Problem]) -> None:
    if len(level.path) > DEEPEST:
        found.append(Problem("too-deep", f"Flows are nested more than {DEEPEST} deep."))
        return
    places = _places(level, found)
    for place in places.values():
        for one in CHECKS:
            _add(found, one(place))
    _add(found, _bad_links(level, places))
    _add(found, _cycles(level))
    _add(found, _same_names(level))
    for name, inner in level.flow.flows.items():
        around = (*level.around, level.flow)
        _check_level(Level(inner, level.catalog, around, (*level.path, name)), found)


def _add(found: list[Problem], more: Iterator[Problem]) -> None:
    """Collect problems until there are so many that nobody reads them."""
    found.extend(islice(more, max(0, MOST_PROBLEMS + 1 - len(found))))


def _places(level: Level, found: list[Problem]) -> dict[str, Place]:
    into: dict[str, dict[str, Link]] = defaultdict(dict)
    for link in level.flow.links.values():
        into[link.target.block][link.target.port] = link
    places: dict[str, Place] = {}
    for block in level.flow.blocks.values():
        spec = level.catalog.get(block.kind)
        if spec is None:
            if len(found) <= MOST_PROBLEMS:
                path = "/".join(level.path)
                message, cure = level.catalog.absent(block.kind)
                found.append(Problem("unknown-kind", message, cure, flow=path, block=block.id))
            continue
        ports = ports_of(block, spec, level)
        places[block.id] = Place(block, spec, ports, into.get(block.id, {}), level)
    return places


# Checks of one block.


def _unknown_fields(place: Place) -> Iterator[Problem]:
    if place.spec.kind == CALL or place.spec.open_inputs:
        return
    for name in place.block.fields:
        if place.spec.parameter(name) is None:
            message = f"{place.spec.title!r} has no field {name!r}."
            yield place.problem(
                "unknown-field", message, place.spec.unknown_field(name), field=name
            )


def _bad_fields(place: Place) -> Iterator[Problem]:
    for parameter in place.spec.parameters:
        name = parameter.name
        if name in place.links and not is_expression(place.block.fields.get(name)):
            continue
        if name in place.block.fields:
            yield from _bad_field(place, parameter, place.block.fields[name])
        elif parameter.required and place.block.settings.pin is None:
            yield place.problem(
                "missing", f"{name!r} has no value.", "Fill the field or link something into it.",
                field=name,
            )  # fmt: skip


def _bad_field(place: Place, parameter: Parameter, value: Any) -> Iterator[Problem]:
    name = parameter.name
    if isinstance(value, dict) and any(marker in value for marker in MARKERS):
        yield from _bad_marker(place, parameter, value)
        return
    if _holds_connection(value):
        yield _no_connection_here(place, name)
        return
    if parameter.connects and value is not None:
        message = f"{name!r} takes a connection."
        yield place.problem("wrong-type", message, 'Write {"$connection": "NAME"}.', field=name)
        return
    if reason := mismatch(parameter.type, _with_secrets(value)):
        yield place.problem("wrong-type", f"{name!r} {reason}.", field=name)
    elif parameter.look.editor in ("expression", "code") and isinstance(value, str):
        known = (*parameter.look.names, *place.links) if place.spec.open_inputs else None
        if parameter.look.editor == "expression" and known is None:
            known = parameter.look.names
        if place.spec.open_inputs and parameter.look.editor == "code":
            known = tuple(place.links)
        form = "code" if parameter.look.editor == "code" else "expression"
        yield from _code_problems(place, name, value, known, form)


def _with_secrets(value: Any) -> Any:
    """The value once the secrets inside it are filled in: each is some text."""
    if isinstance(value, dict):
        if isinstance(name := value.get("$secret"), str) and len(value) == 1:
            return name
        return {key: _with_secrets(inner) for key, inner in value.items()}
    return [_with_secrets(inner) for inner in value] if isinstance(value, list) else value


def _holds_connection(value: Any) -> bool:
    """Whether a connection is named somewhere inside a value."""
    if isinstance(value, dict):
        return "$connection" in value or any(map(_holds_connection, value.values()))
    return isinstance(value, list) and any(map(_holds_connection, value))


def _no_connection_here(place: Place, name: str) -> Problem:
    message = f"{name!r} can't hold a connection."
    return place.problem("no-connection", message, "Use a secret instead.", field=name)


def _bad_marker(place: Place, parameter: Parameter, value: Mapping[str, Any]) -> Iterator[Problem]:
    name = parameter.name
    marker = next(marker for marker in MARKERS if marker in value)
    content = value[marker]
    if len(value) != 1 or not isinstance(content, str) or not content:
        message = f"{name!r} holds a {marker} that isn't one text alone."
        yield place.problem("bad-marker", message, f'Write {{"{marker}": "…"}}.', field=name)
    elif marker == "$connection":
        if parameter.look.editor != "connection":
            yield _no_connection_here(place, name)
    elif parameter.connects:
        message = f"{name!r} takes a connection by its name, so that it is known before the run."
        yield place.problem("wrong-type", message, 'Write {"$connection": "NAME"}.', field=name)
    elif marker == "$expr":
        yield from _code_problems(place, name, content, (*place.links, "inputs"), "expression")


def _code_problems(
    place: Place, name: str, code: str, known: Collection[str] | None, form: Any
) -> Iterator[Problem]:
    for flaw in problems_in(code, known=known, form=form):
        yield place.problem(
            "bad-code", f"{name!r}: {flaw.message}", field=name, line=flaw.line, column=flaw.column
        )


def _misplaced_connections(place: Place) -> Iterator[Problem]:
    """Fields that are no parameters may hold anything but what opens doors."""
    for name, value in place.block.fields.items():
        if place.spec.parameter(name) is None and _holds_connection(value):
            yield _no_connection_here(place, name)


def _bad_settings(place: Place) -> Iterator[Problem]:
    settings = place.block.settings
    retry = settings.retry
    if retry and not (retry.attempts >= 1 and retry.delay >= 0 and retry.factor >= 1):
        message = "Its retry makes no sense: attempts and factor are at least 1, waits at least 0."
        yield place.problem("bad-setting", message, field="retry")
    if settings.time_limit is not None and settings.time_limit <= 0:
        message = f"Its time limit must be above zero, not {settings.time_limit}."
        yield place.problem("bad-setting", message, field="time_limit")
    if settings.parallel < 1:
        message = f"At least one must run at a time, not {settings.parallel}."
        yield place.problem("bad-setting", message, field="parallel")
    if settings.each:
        yield from _bad_each(place, settings.each)
    if place.block.kind == CALL and (settings.retry or settings.on_error != "stop"):
        message = "A sub-flow can't be retried or caught as a whole."
        yield place.problem("bad-setting", message, "Put it in a `logic.try` or `logic.for_each`.")
    for port in settings.pin or {}:
        if port not in place.ports.outputs:
            message = f"It is pinned on {port!r}, which it doesn't have."
            cure = did_you_mean(port, place.ports.outputs)
            yield place.problem("bad-setting", message, cure, field="pin")


def _bad_each(place: Place, each: str) -> Iterator[Problem]:
    if each not in place.ports.inputs and each not in place.links:
        message = f"It runs for each {each!r}, which is none of its inputs."
        yield place.problem(
            "bad-setting", message, did_you_mean(each, place.ports.inputs), field="each"
        )
    if len([port for port in place.ports.outputs if port != "error"]) != 1:
        message = "Only a block with exactly one output can be run for each item."
        yield place.problem("bad-setting", message, "Use `logic.for_each`.", field="each")


def _bad_bodies(place: Place) -> Iterator[Problem]:
    for parameter, name in place.spec.naming(place.block.fields):
        inner = place.level.find(name)
        if inner is None:
            cure = did_you_mean(name, list(place.level.names())) or "Embed a flow of that name."
            message = f"{parameter.name!r} names the flow {name!r}, which isn't there."
            yield place.problem("unknown-flow", message, cure, field=parameter.name)
        elif parameter.look.editor == "flow":  # who is offered several asks each for what it takes
            yield from _unmet_inputs(place, parameter, inner.flow)


def _unmet_inputs(place: Place, parameter: Parameter, inner: Flow) -> Iterator[Problem]:
    given = {*parameter.look.names, *place.links, *place.block.fields}
    for name, block in interface(inner)[0].items():
        if block.fields.get("required") and name not in given:
            message = f"The flow it runs needs the input {name!r}."
            yield place.problem("missing", message, "Link something into it.", port=name)


def _own_check(place: Place) -> Iterator[Problem]:
    if place.spec.check is None:
        return
    plain = {
        name: value
        for name, value in place.block.fields.items()
        if not is_expression(value) and name not in place.links
    }
    path = "/".join(place.level.path)
    for problem in place.spec.check(plain):
        yield msgspec.structs.replace(problem, flow=path, block=place.block.id)


def _bad_input(place: Place) -> Iterator[Problem]:
    fields = place.block.fields
    if place.block.kind != INPUT or fields.get("default") is None:
        return
    if str(fields.get("type", "any")) in TYPES and (
        reason := mismatch(input_type(place.block), fields["default"])
    ):
        yield place.problem("wrong-type", f"Its default {reason}.", field="default")


CHECKS: tuple[Callable[[Place], Iterator[Problem]], ...] = (
    _unknown_fields,
    _bad_fields,
    _misplaced_connections,
    _bad_settings,
    _bad_bodies,
    _bad_input,
    _own_check,
)
"""Every check of a block. A new one is a function added here."""


# Checks of a whole level.


def _bad_links(level: Level, places: Mapping[str, Place]) -> Iterator[Problem]:
    path = "/".join(level.path)
    for link in level.flow.links.values():
        source, target = places.get(link.source.block), places.get(link.target.block)
        for end, place in ((link.source, source), (link.target, target)):
            if place is None and end.block not in level.flow.blocks:
                cure = did_you_mean(end.block, level.flow.blocks)
                message = f"The link {link} ends in no block."
                yield Problem("bad-link", message, cure, flow=path, block=end.block)
        if source and target:
            yield from _bad_link(link, source, target)


def _bad_link(link: Link, source: Place, target: Place) -> Iterator[Problem]:
    given = source.ports.outputs.get(link.source.port)
    wanted = target.ports.inputs.get(link.target.port, ANY if target.ports.open else None)
    if given is None:
        yield _no_port(source, link.source, "output", source.ports.outputs)
    if wanted is None:
        yield _no_port(target, link.target, "input", target.ports.inputs)
    if given is None or wanted is None:
        return
    if link.target.port == target.block.settings.each:
        wanted = ANY
    parameter = target.spec.parameter(link.target.port)
    if parameter is not None and parameter.connects:
        message = f"{link.target.port!r} takes a connection, which no link can bring."
        yield target.problem("bad-link", message, "Choose it in the field.", port=link.target.port)
        return
    if link.convert and link.convert not in COERCIONS:
        message = f"Nothing is called the conversion {link.convert!r}."
        cure = did_you_mean(link.convert, COERCIONS)
        yield target.problem("bad-link", message, cure, port=link.target.port)
    elif not link.convert and not (verdict := fit(given, wanted)).fits:
        cure = f"Write `{link} as {verdict.convert}`." if verdict.convert else ""
        message = f"What comes from {link.source} doesn't fit: {verdict.reason}"
        yield target.problem("type-mismatch", message, cure, port=link.target.port)


def _no_port(place: Place, end: End, kind: str, known: Collection[str]) -> Problem:
    message = f"{place.spec.title!r} has no {kind} {end.port!r}."
    if not known:
        return place.problem("no-port", message, f"It has no {kind}s.", port=end.port)
    return place.problem("no-port", message, did_you_mean(end.port, known), port=end.port)


def _cycles(level: Level) -> Iterator[Problem]:
    after: dict[str, list[str]] = {block: [] for block in level.flow.blocks}
    for link in level.flow.links.values():
        if link.source.block in after and link.target.block in after:
            after[link.source.block].append(link.target.block)
    circle = cycle_in(after)
    if circle:
        message = f"The blocks run in a circle: {' -> '.join((*circle, circle[0]))}."
        cure = "Remove a link of it, or use `logic.while` for a loop."
        yield Problem("cycle", message, cure, flow="/".join(level.path), block=circle[0])


def _same_names(level: Level) -> Iterator[Problem]:
    for kind, noun, default in ((INPUT, "input", ""), (OUTPUT, "output", "result")):
        seen: dict[str, str] = {}
        for block in level.flow.blocks.values():
            if block.kind != kind:
                continue
            name = str(block.fields.get("name", default or block.id))
            if name in seen:
                message = f"Two {noun}s are called {name!r}, {seen[name]!r} and this."
                path = "/".join(level.path)
                yield Problem("same-name", message, "Rename one.", flow=path, block=block.id)
            seen.setdefault(name, block.id)
