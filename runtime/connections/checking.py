"""Whether a connection can be kept as it is given."""

import re
from collections.abc import Iterator, Mapping

from graph.connections import ConnectionField, ConnectionKind
from graph.values import did_you_mean
from runtime.connections.contents import BadConnection, Draft
from runtime.connections.from_environment import secret_fields

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
LONGEST = 100_000
"""Characters of one field."""

_PASSWORD = re.compile(r"://[^/@\s:]*:[^@\s]+@")


def refuse_unfit(draft: Draft, kind: ConnectionKind, kept: tuple[str, ...]) -> None:
    """Raise BadConnection naming all that is wrong; `kept` are the secrets it has already."""
    flaws = list(_flaws(draft, kind, kept))
    if flaws:
        raise BadConnection(" ".join(flaws))


def refuse_name(name: str) -> None:
    """Raise BadConnection for what can't be a name."""
    if not NAME.match(name):
        raise BadConnection(
            f"{name!r} can't be a name.",
            cure="Use letters, digits, dots, dashes and underscores, at most 64.",
        )


def _flaws(draft: Draft, kind: ConnectionKind, kept: tuple[str, ...]) -> Iterator[str]:
    secret = secret_fields(kind)
    for name in (*draft.fields, *draft.secrets):
        if kind.field(name) is None:
            known = [field.name for field in kind.fields]
            yield f"{kind.title} has no field {name!r}. {did_you_mean(name, known)}".rstrip()
    for name in draft.fields:
        if name in secret:
            yield f"{name!r} is a secret, and is given as one."
    for field in kind.fields:
        yield from _field_flaws(field, draft, kept)


def _field_flaws(field: ConnectionField, draft: Draft, kept: tuple[str, ...]) -> Iterator[str]:
    title = field.title or field.name
    value = (draft.secrets if field.secret else draft.fields).get(field.name, "")
    if field.required and not value and not field.default and not _stays(field, draft, kept):
        yield f"{title} is missing."
    if len(value) > LONGEST:
        yield f"{title} is longer than {LONGEST:,} characters."
    if not field.secret and _PASSWORD.search(value):
        yield f"There is a password in {title}: leave it out, or put it where passwords go."
    if any(ord(character) < 32 and character not in "\n\t" for character in value) or (
        "\n" in value and field.editor != "lines"
    ):
        yield f"{title} has characters in it that can't be seen."


def _stays(field: ConnectionField, draft: Draft, kept: tuple[str, ...]) -> bool:
    """Whether a secret that isn't given is kept already."""
    return field.secret and field.name in kept and field.name not in draft.secrets


def agreeable(kind: ConnectionKind, fields: Mapping[str, str]) -> dict[str, str]:
    """What somebody has to agree to before it is used: everything said, in the kind's order."""
    if not kind.asks_first:
        return {}
    return {
        field.name: value
        for field in sorted(kind.fields, key=lambda field: field.editor not in ("command", "url"))
        if not field.secret and (value := fields.get(field.name) or field.default)
    }
