"""Reading `.proto` texts: from what the parser finds to what the protobuf library works with."""

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from antlr4.error.ErrorListener import ErrorListener  # type: ignore[import-untyped]
from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from google.protobuf.descriptor import Descriptor
from proto_schema_parser import ast
from proto_schema_parser.parser import Parser

from graph.errors import BadInput

KNOWN = {
    module.DESCRIPTOR.name: module.DESCRIPTOR.serialized_pb
    for module in (
        any_pb2, duration_pb2, empty_pb2, field_mask_pb2,
        struct_pb2, timestamp_pb2, wrappers_pb2,
    )
}  # fmt: skip
"""The files that a text may import: those that come with protobuf."""

FILE = "schema.proto"
LARGEST = 500_000
"""Characters of a text: more takes minutes to read."""
DEEPEST = 60

MESSAGE_MAX, ENUM_MAX = 2**29 - 1, 2**31 - 1

Proto = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    name.removeprefix("TYPE_").lower(): number
    for name, number in Proto.Type.items()
    if name not in ("TYPE_MESSAGE", "TYPE_ENUM", "TYPE_GROUP")
}
_LABELS = {
    None: Proto.LABEL_OPTIONAL,
    ast.FieldCardinality.OPTIONAL: Proto.LABEL_OPTIONAL,
    ast.FieldCardinality.REQUIRED: Proto.LABEL_REQUIRED,
    ast.FieldCardinality.REPEATED: Proto.LABEL_REPEATED,
}


class ProtoSchema:
    """A file of messages, the first of which is the one that values are of."""

    def __init__(self, pool: descriptor_pool.DescriptorPool) -> None:
        self.pool = pool
        file = pool.FindFileByName(FILE)
        self.messages: dict[str, Descriptor] = dict(file.message_types_by_name)
        self.root: Descriptor = next(iter(self.messages.values()))


def read_proto(definition: Any) -> ProtoSchema:
    """The messages of a `.proto` text. Raises BadInput naming the line or place."""
    if not isinstance(definition, str) or not definition.strip():
        raise BadInput("A Protobuf schema is the text of a .proto file.")
    if len(definition) > LARGEST:
        raise BadInput(f"A .proto text has at most {LARGEST:,} characters.")
    parsed = _parsed(definition)
    pool = descriptor_pool.DescriptorPool()
    made = _File(parsed).made()
    if not made.message_type:
        raise BadInput("The .proto text defines no message.", cure="Write message Name { … }.")
    try:
        for name in made.dependency:
            pool.AddSerializedFile(KNOWN[name])
        pool.AddSerializedFile(made.SerializeToString())
        return ProtoSchema(pool)
    except (TypeError, ValueError, KeyError) as error:
        raise BadInput(f"The .proto text is wrong: {_brief(error)}.") from None


def _parsed(text: str) -> ast.File:
    def listen(part: Any) -> None:
        part.removeErrorListeners()
        part.addErrorListener(_Strict())

    try:
        return Parser(setup_lexer=listen, setup_parser=listen).parse(text)
    except BadInput:
        raise
    except RecursionError:
        raise BadInput("The .proto text is nested too deeply.") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"The .proto text can't be read: {error}.", cure="Write numbers in decimal."
        ) from None


class _Strict(ErrorListener):  # type: ignore[misc]
    """Ends the reading at the first thing that is no Protobuf: the parser would go on."""

    def syntaxError(  # noqa: N802 - as the parser calls it
        self, recognizer: Any, symbol: Any, line: int, column: int, message: str, error: Any
    ) -> NoReturn:
        del recognizer, symbol, error
        found = message.partition(" expecting ")[0]
        raise BadInput(
            f"The .proto text can't be read at line {line}, column {column + 1}: {found}."
        )


class _File:
    """A file in the making."""

    def __init__(self, parsed: ast.File) -> None:
        if parsed.edition is not None:
            raise BadInput(
                f"Edition {parsed.edition} of Protobuf isn't known here.",
                cure='Write syntax = "proto3"; or "proto2".',
            )
        self._parsed = parsed
        self._syntax = parsed.syntax or "proto2"
        if self._syntax not in ("proto2", "proto3"):
            raise BadInput(f"There is no syntax {self._syntax!r}.", cure='Write "proto3".')

    def made(self) -> descriptor_pb2.FileDescriptorProto:
        """The file as the library takes it."""
        file = descriptor_pb2.FileDescriptorProto(name=FILE, syntax=self._syntax)
        for element in self._parsed.file_elements:
            match element:
                case ast.Package():
                    file.package = element.name
                case ast.Import():
                    file.dependency.append(_known(element.name))
                case ast.Message():
                    file.message_type.append(self._message(element, 0))
                case ast.Enum():
                    file.enum_type.append(_enum(element))
                case _:  # options and services say nothing of the data
                    pass
        return file

    def _message(self, message: ast.Message, depth: int) -> descriptor_pb2.DescriptorProto:
        if depth > DEEPEST:
            raise BadInput(f"{message.name} is nested too deeply.")
        made = descriptor_pb2.DescriptorProto(name=message.name)
        explicit = list[descriptor_pb2.FieldDescriptorProto]()
        for element in message.elements:
            match element:
                case ast.Field():
                    made.field.append(self._field(element))
                    if self._is_explicit(element):
                        explicit.append(made.field[-1])
                case ast.MapField():
                    made.field.append(_map(element, made))
                case ast.OneOf():
                    self._one_of(element, made)
                case ast.Message():
                    made.nested_type.append(self._message(element, depth + 1))
                case _:
                    _add(element, made)
        # Protobuf wants the oneofs that nobody wrote behind those that somebody did.
        for field in explicit:
            field.proto3_optional = True
            field.oneof_index = len(made.oneof_decl)
            made.oneof_decl.add(name=f"_{field.name}")
        _look_at_reserved(made)
        return made

    def _is_explicit(self, field: ast.Field) -> bool:
        return self._syntax == "proto3" and field.cardinality is ast.FieldCardinality.OPTIONAL

    def _field(self, field: ast.Field) -> descriptor_pb2.FieldDescriptorProto:
        if self._syntax == "proto3" and field.cardinality is ast.FieldCardinality.REQUIRED:
            raise BadInput(f"{field.name} is required, which proto3 doesn't have.")
        made = Proto(name=field.name, number=field.number, label=_LABELS[field.cardinality])
        _set_type(made, field.type)
        _set_options(made, field.options)
        return made

    def _one_of(self, one_of: ast.OneOf, made: descriptor_pb2.DescriptorProto) -> None:
        index = len(made.oneof_decl)
        made.oneof_decl.add(name=one_of.name)
        for element in one_of.elements:
            if isinstance(element, ast.Field):
                field = self._field(element)
                field.oneof_index = index
                made.field.append(field)


def _add(element: ast.MessageElement, made: descriptor_pb2.DescriptorProto) -> None:
    """What of a message is no field, and holds none."""
    match element:
        case ast.Enum():
            made.enum_type.append(_enum(element))
        case ast.Reserved():
            _reserve(element, made)
        case ast.ExtensionRange():
            for first, last in _ranges(element.ranges, MESSAGE_MAX):
                made.extension_range.add(start=first, end=last + 1)
        case ast.Group():
            raise BadInput(f"{made.name}.{element.name} is a group.", cure="Use a message instead.")
        case _:  # comments and options say nothing of the data
            pass


def _map(field: ast.MapField, made: descriptor_pb2.DescriptorProto) -> Any:
    """A map is a list of entries, whose type nobody writes."""
    words = field.name.split("_")
    name = "".join(word[:1].upper() + word[1:] for word in words) + "Entry"
    entry = made.nested_type.add(name=name)
    entry.options.map_entry = True
    for number, (part, kind) in enumerate(
        (("key", field.key_type), ("value", field.value_type)), start=1
    ):
        inner = entry.field.add(name=part, number=number, label=Proto.LABEL_OPTIONAL)
        _set_type(inner, kind)
    whole = Proto(name=field.name, number=field.number, label=Proto.LABEL_REPEATED)
    whole.type, whole.type_name = Proto.TYPE_MESSAGE, name
    _set_options(whole, field.options)
    return whole


def _set_type(made: descriptor_pb2.FieldDescriptorProto, name: str) -> None:
    if name in _SCALARS:
        made.type = _SCALARS[name]
    else:  # whether it is a message or an enum shows once all are known
        made.type_name = name


def _set_options(made: descriptor_pb2.FieldDescriptorProto, options: Iterable[ast.Option]) -> None:
    for option in options:
        match option.name, option.value:
            case "json_name", str(name):
                made.json_name = name
            case "packed", bool(packed):
                made.options.packed = packed
            case "default", value:
                made.default_value = _literal(value)
            case _:
                pass


def _literal(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case ast.Identifier():
            return value.name
        case _:
            return str(value)


def _enum(enum: ast.Enum) -> descriptor_pb2.EnumDescriptorProto:
    made = descriptor_pb2.EnumDescriptorProto(name=enum.name)
    for element in enum.elements:
        match element:
            case ast.EnumValue():
                made.value.add(name=element.name, number=element.number)
            case ast.EnumReserved():
                for first, last in _ranges(element.ranges, ENUM_MAX):
                    made.reserved_range.add(start=first, end=last)
                made.reserved_name.extend(element.names)
            case ast.Option(name="allow_alias", value=bool(value)):
                made.options.allow_alias = value
            case _:
                pass
    return made


def _reserve(reserved: ast.Reserved, made: descriptor_pb2.DescriptorProto) -> None:
    for first, last in _ranges(reserved.ranges, MESSAGE_MAX):
        made.reserved_range.add(start=first, end=last + 1)
    made.reserved_name.extend(reserved.names)


def _look_at_reserved(made: descriptor_pb2.DescriptorProto) -> None:
    """The library lets pass what protoc wouldn't."""
    for field in made.field:
        if any(one.start <= field.number < one.end for one in made.reserved_range):
            taken = f"the number {field.number}, which"
        elif field.name in made.reserved_name:
            taken = "a name that"
        else:
            continue
        raise BadInput(
            f"{made.name}.{field.name} has {taken} is reserved.",
            cure="Take another: old data may still use it.",
        )


def _ranges(ranges: Iterable[str], most: int) -> Iterator[tuple[int, int]]:
    """`4`, `6 to 8`, `100 to max`: the first and the last of each."""
    for text in ranges:
        first, _, last = (part.strip() for part in text.partition(" to "))
        yield int(first), most if last == "max" else int(last or first)


def _known(name: str) -> str:
    if name not in KNOWN:
        raise BadInput(
            f"The .proto text imports {name}, which isn't here.",
            cure="Put what you need of it into the same text.",
        )
    return name


def _brief(error: Exception) -> str:
    """What the library says, without the parts that speak of itself."""
    text = str(error.args[0] if error.args else error)
    return text.removeprefix("Couldn't build proto file into descriptor pool: ").rstrip(".")
