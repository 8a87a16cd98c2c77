"""A draft comes back: the document, its history, and where in it one was."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from app.document import Document
from app.safety.journal import (
    STEPS_KEPT,
    Did,
    Held,
    Loose,
    Place,
    Record,
    Redid,
    Stored,
    Trusted,
    Undid,
)
from app.safety.reading import bare, with_its_files
from graph.catalog import Catalog
from graph.edits import Edit, Inside
from graph.errors import EditRefused
from graph.file_format import is_file
from graph.flow import Flow
from graph.spec import Needs


class Draft(NamedTuple):
    """A flow as it was last written down."""

    document: Document
    path: str
    digest: str
    scratch: str
    trusted: bool
    allowed: Needs
    place: Place


def held(draft: Draft) -> Held:
    """All there is to write down of an open flow, with as much of its history as is sensible."""
    document = draft.document
    steps, position = list(document.history), document.position
    if len(steps) > STEPS_KEPT:
        first = max(0, min(position, len(steps)) - STEPS_KEPT)
        steps, position = steps[first : first + 2 * STEPS_KEPT], position - first
    saved = document.flow if document.is_saved else document.saved
    return Held(document.flow, saved, tuple(steps), position, *draft[1:])


def replayed(records: Iterable[Record]) -> Draft | None:
    """The draft that the records tell of; None when they don't begin with a Held.

    An edit that doesn't fit ends it there: what is known for certain is better than a guess.
    """
    draft: Draft | None = None
    for record in records:
        if isinstance(record, Held):
            draft = _begun(record)
        elif draft is None:
            return None
        else:
            try:
                draft = _after(draft, record)
            except EditRefused:
                break
    if draft is not None:
        draft.document.seal()
    return draft


def refilled(document: Document, folder: Path, catalog: Catalog) -> Document:
    """The document with the files it refers to put in again, which a draft holds by name only."""
    if not _has_files(document.flow):
        return document
    flow = with_its_files(bare(document.flow), folder, catalog)
    saved = document.saved
    if saved is not None:
        saved = flow if document.is_saved else with_its_files(bare(saved), folder, catalog)
    return Document.resumed(flow, saved, document.history, document.position)


def _has_files(flow: Flow) -> bool:
    return any(is_file(name) or _has_files(inner) for name, inner in flow.flows.items())


def _begun(first: Held) -> Draft:
    is_saved = first.saved is not None and first.saved == first.flow
    saved = first.flow if is_saved else first.saved
    document = Document.resumed(first.flow, saved, first.steps, first.position)
    return Draft(
        document, first.path, first.digest, first.scratch, first.trusted, first.allowed, first.place
    )


def _after(draft: Draft, record: Record) -> Draft:
    document = draft.document
    match record:
        case Did():
            _do(document, record)
        case Undid():
            document.undo()
        case Redid():
            document.redo()
        case Stored():
            document.mark_saved(record.flow)
            return draft._replace(path=record.path, digest=record.digest)
        case Loose():
            document.mark_unsaved()
        case Trusted():
            return draft._replace(trusted=record.yes, allowed=record.allowed)
        case Place():
            return draft._replace(place=record)
    return draft


def _do(document: Document, did: Did) -> None:
    edit: Edit = did.edit
    for _ in did.level:
        assert isinstance(edit, Inside)
        edit = edit.inner
    if not did.joined:
        document.seal()
    document.do(edit, level=did.level, label=did.label, merge=did.merge)
