"""Parse → upgrade → build: a text becomes a flow, or one error that lists all that is wrong."""

from itertools import islice
from math import inf
from typing import Any

import msgspec

from graph.errors import FlowFileError, NewerFormat
from graph.file_format.diagnosis import DEEPEST_FLOW, findings
from graph.file_format.plain import flaw
from graph.file_format.problems import MOST, problems_of, refusal
from graph.file_format.shape import FORMAT, LINK, BlockShape, FileShape, FlowShape
from graph.file_format.syntax import (
    has_repeated_keys,
    parse,
    text_of,
    too_deep,
)
from graph.file_format.upgrades import upgraded
from graph.flow import NAME, Block, Budget, End, Flow, Link, is_end

_DECODER = msgspec.json.Decoder(FileShape)


def read(text: str | bytes, *, name: str = "flow file") -> Flow:
    """The flow in the text of a flow file, of this or an older format; `name` is for messages.

    Flows that are files of their own are not in it: see `runtime.flow_files`. Raises
    FlowFileError, whose `problems` list everything wrong at once, and NewerFormat.
    """
    source = text_of(text, name)
    try:
        shape = _DECODER.decode(source)
        if not has_repeated_keys(source):
            return build(shape)
    except (msgspec.DecodeError, Unfit, RecursionError):
        pass  # what exactly is wrong takes longer to find out, and only now is it worth it
    try:
        return _read_thoroughly(source, name)
    except RecursionError:
        raise too_deep(source, name) from None


def _read_thoroughly(source: str, name: str) -> Flow:
    tree = parse(source, name)
    version = _version(tree, name)
    if version < FORMAT:
        tree = upgraded(tree, FORMAT)
    if found := list(islice(findings(tree), MOST)):
        # An upgraded tree has other paths than the text, so its problems have no lines.
        problems = problems_of(found, source if version == FORMAT else "")
        raise refusal(f"{name} can't be read", problems)
    try:
        return build(msgspec.convert(tree, FileShape))
    except (msgspec.ValidationError, Unfit) as error:
        raise FlowFileError(f"{name} can't be read: {error}") from error


def _version(tree: Any, name: str) -> int:
    """The version of the format. Raises FlowFileError when there is none to go by."""
    if not isinstance(tree, dict):
        raise FlowFileError(
            f"{name} is JSON, but no flow: a flow file is an object.",
            cure="`heddle new` makes one to start from.",
        )
    if "heddle" not in tree:
        raise FlowFileError(
            f"{name} doesn't say which format it has.",
            cure=f'If it is a flow file, add "heddle": {FORMAT} to it.',
        )
    version = tree["heddle"]
    if type(version) is not int or version < 1:
        raise FlowFileError(
            f'{name}: "heddle" must be the version of the format, a whole number from 1.',
            cure=f'Write "heddle": {FORMAT}.',
        )
    if version > FORMAT:
        raise NewerFormat(
            f"{name} has format {version}, and this Heddle reads formats up to {FORMAT}.",
            cure="Update Heddle, or save the flow with the older one.",
        )
    return version


# Building: quick and without a word. Whatever is Unfit is put into words by the diagnosis.


class Unfit(Exception):
    """The shape holds a name, a link or a value that no flow can have."""


def build(shape: FlowShape, depth: int = 0) -> Flow:
    """The flow that a decoded file describes. Raises Unfit, and the diagnosis can say why."""
    if depth > DEEPEST_FLOW:
        raise Unfit("flows are embedded too deeply")
    if not all(map(is_end, shape.view.routes)):
        raise Unfit("a route is that of no link")
    links = dict(map(_link, shape.links))
    if len(links) != len(shape.links):
        raise Unfit("two links end in one port")
    return Flow(
        name=shape.name,
        description=shape.description,
        blocks={id: _block(_name(id), block) for id, block in shape.blocks.items()},
        links=links,
        flows={_name(name): build(flow, depth + 1) for name, flow in shape.flows.items()},
        view=shape.view,
        budget=_sound(shape.budget),
    )


def _sound(budget: Budget) -> Budget:
    for bound in (budget.run, budget.day, budget.month):
        if (bound.tokens or 0) < 0 or not 0 <= (bound.cost or 0) < inf:
            raise Unfit("a budget is below nothing")
    return budget


def _name(name: str) -> str:
    if not NAME.match(name):
        raise Unfit(f"{name!r} is no name")
    return name


def _block(id: str, shape: BlockShape) -> Block:
    for value in (*shape.fields.values(), shape.settings.pin):
        if isinstance(value, (dict, list, int)) and flaw(value):
            raise Unfit(f"block {id!r} holds a value that is no plain JSON")
    return Block(id, shape.kind, shape.fields, shape.title, shape.settings)


def _link(text: str) -> tuple[End, Link]:
    parts = LINK.match(text)
    if not parts:
        raise Unfit(f"{text!r} is no link")
    source, port, to_block, to_port, convert = parts.groups("")
    target = End(to_block, to_port)
    return target, Link(End(source, port), target, convert)
