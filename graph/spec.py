"""What a kind of block is: its parameters, outputs, effect and needs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from graph.errors import Problem
from graph.flow import Flow
from graph.values import ANY, ValueType, did_you_mean, schema_of

Effect = Literal["none", "read", "write"]
"""none: same inputs, same outputs; read: looks at the world; write: changes it."""

Mode = Literal["inline", "async", "stream", "process"]
"""How a block's function is run: on the spot, awaited, drained item by item, or apart."""

Join = Literal["all", "settled", "regardless", "first"]
"""What a block waits for: a value on every link; every link settled, and a value on one at least;
every link settled, with or without values; the first value."""

Editor = Literal[
    "", "lines", "code", "expression", "choice", "table", "mapping", "file", "folder", "colour",
    "json", "schema", "fields", "schedule", "secret", "connection", "flow", "flows", "url", "sql",
    "model", "agent",
]  # fmt: skip

REQUIRED = msgspec.UNSET
"""The default of a parameter that has none."""


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a field is edited: which editor, whether under "More", which names an expression has.

    `kinds` are those of the connections that suit a field that names one; none: all of them.
    """

    editor: Editor = ""
    more: bool = False
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parameter of a block: a field in the inspector, and a port as soon as it is linked.

    One that `connects` holds a connection and nothing else, named in the field: never linked
    or worked out, so that whoever reads the flow knows which.
    """

    name: str
    type: ValueType
    default: Any = REQUIRED
    description: str = ""
    look: Look = Look()
    connects: bool = False

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").strip().capitalize()


class Follows(msgspec.Struct, frozen=True):
    """Says of an output that the JSON Schema in a `field` describes it; of a list, its items."""

    field: str


class Output(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output of a block. `follows` names the field whose schema types it, if one does."""

    name: str
    type: ValueType = ANY
    description: str = ""
    follows: str = ""


class Needs(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a block touches outside the flow, so that a person can agree to it beforehand.

    `reads` and `writes` are files or folders, `hosts` network hosts ("*" for any), `databases`
    addresses without their passwords, `secrets` and `connections` names. `changes` are the titles
    of blocks that change something outside which none of these says, such as scripts in Studio.
    """

    hosts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    code: bool = False

    def __or__(self, other: "Needs") -> "Needs":
        merged = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
            for name in self.__struct_fields__
            if name != "code"
        }
        return Needs(**merged, code=self.code or other.code)


class Example(msgspec.Struct, frozen=True):
    """What a block gives for some inputs: documentation that is run as a test."""

    inputs: Mapping[str, Any]
    output: Any
    title: str = ""


class Spends(msgspec.Struct, frozen=True, omit_defaults=True):
    """What doing a block once is expected to use up: tokens, and US dollars; and at the most.

    A cost is None where nobody knows the price.
    """

    tokens: int
    cost: float | None
    most_tokens: int
    most_cost: float | None


SpendsOf = Callable[[Mapping[str, Any]], Spends]
NeedsOf = Callable[[Mapping[str, Any]], Needs]
Check = Callable[[Mapping[str, Any]], list[Problem]]


class BlockSpec(msgspec.Struct, frozen=True, eq=False):
    """A kind of block, as read from the signature of its function.

    `agent` is the kind of worker that performs it; `open_inputs` says that any further named
    inputs are taken, `outputs_from` which field names further outputs; `routes` that only one
    output gets a value, `tupled` that the outputs come as a tuple. `bodies` are flows that come
    with the kind, which its function runs beside those that its fields name; their names begin
    with an @, as no other flow's does. `repeatable` tells whether
    an effect interrupted midway may simply be done again (with the same key). A `patient` kind
    waits by nature, for a person or for the rounds that it runs: it has no time limit but its
    own. `check` finds problems in the fields beyond their types.
    """

    kind: str
    title: str
    function: Callable[..., Any]
    summary: str = ""
    description: str = ""
    icon: str = "mdi6.cube-outline"
    agent: str = "pure"
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Output, ...] = ()
    open_inputs: bool = False
    outputs_from: str = ""
    routes: bool = False
    tupled: bool = False
    joined: bool = False
    wants_context: str = ""
    bodies: Mapping[str, Flow] = {}
    mode: Mode = "inline"
    join: Join = "all"
    effect: Effect = "none"
    repeatable: bool = True
    patient: bool = False
    weight: float = 1.0
    needs: NeedsOf | None = None
    spends: SpendsOf | None = None
    check: Check | None = None
    examples: tuple[Example, ...] = ()
    search: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        return self.kind.partition(".")[0]

    @property
    def flow_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that name a flow, or several."""
        return tuple(p for p in self.parameters if p.look.editor in ("flow", "flows"))

    def naming(self, fields: Mapping[str, Any]) -> Iterator[tuple[Parameter, str]]:
        """The flows that fields name, each with the parameter; what is no name is left out."""
        for parameter in self.flow_parameters:
            value = fields.get(parameter.name)
            names: Sequence[Any] = (value,)
            if parameter.look.editor == "flows" and isinstance(value, list | tuple):
                names = value
            yield from ((parameter, name) for name in names if isinstance(name, str) and name)

    def flows_named(self, fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The flows that fields name, each once."""
        return tuple(dict.fromkeys(name for _, name in self.naming(fields)))

    def naming_others(
        self, fields: Mapping[str, Any], names: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """The fields, naming flows by their new names."""
        changed = {p.name for p, name in self.naming(fields) if name in names}
        return {**fields, **{field: _renamed(fields[field], names) for field in changed}}

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, None when there is none."""
        return next((p for p in self.parameters if p.name == name), None)

    def output(self, name: str) -> Output | None:
        """The output of that name, None when there is none."""
        return next((o for o in self.outputs if o.name == name), None)

    def schema(self) -> dict[str, Any]:
        """The fields as JSON Schema."""
        properties = {
            p.name: schema_of(p.type)
            | ({"description": p.description} if p.description else {})
            | ({} if p.required else {"default": msgspec.to_builtins(p.default)})
            for p in self.parameters
        }
        return {"type": "object", "title": self.title, "properties": properties}

    def unknown_field(self, name: str) -> str:
        """The cure for a field this kind doesn't have."""
        return did_you_mean(name, [p.name for p in self.parameters])


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    return [names.get(one, one) if isinstance(one, str) else one for one in value]
