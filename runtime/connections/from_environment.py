"""Connections that variables give, without anybody making one."""

from collections.abc import Iterable, Iterator, Mapping

from graph.connections import Connection, ConnectionKind


def given_by(variables: Mapping[str, str], kinds: Iterable[ConnectionKind]) -> Iterator[Connection]:
    """A connection called like its kind for each kind whose required fields are all given."""
    for kind in kinds:
        said = {
            field: variables[variable]
            for variable, field in kind.variables.items()
            if variables.get(variable)
        }
        fields = {field.name: said.get(field.name, field.default) for field in kind.fields}
        enough = all(fields[field.name] for field in kind.fields if field.required)
        keys = {field.name for field in kind.fields if field.secret}
        if said and enough and (not keys or keys & said.keys()):
            yield Connection(kind.kind, kind.kind, fields, secret_fields(kind))


def secret_fields(kind: ConnectionKind) -> tuple[str, ...]:
    """The names of a kind's secret fields."""
    return tuple(field.name for field in kind.fields if field.secret)
