"""Takes in what Studio has: finds whose script it is, decides what comes of it, records it."""

import re
import uuid
from collections.abc import Sequence

from agents.swarm.studio_bridge.book import Book
from agents.swarm.studio_bridge.merging import Outcome, in_conflict, outcome
from agents.swarm.studio_bridge.paths import checked, fitting
from agents.swarm.studio_bridge.shapes import Draft, Edit, Standing, Taken, Version
from graph.errors import BadInput

_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """The id of a new script."""
    return uuid.uuid4().hex


def taken_in(book: Book, edits: Sequence[Edit]) -> list[Taken]:
    """What came of each edit, in their order.

    Those that carry an id that is known come first: else a script of the same name, but without
    one, could be taken for theirs.
    """
    order = sorted(range(len(edits)), key=lambda at: not _is_known(book, edits[at]))
    answers = {at: _taken(book, edits[at]) for at in order}
    return [answers[at] for at in range(len(edits))]


def _is_known(book: Book, edit: Edit) -> bool:
    return bool(edit.script) and book.standing(edit.script) is not None


def _taken(book: Book, edit: Edit) -> Taken:
    try:
        checked(edit.placed.path)
        fitting(edit.placed.path, edit.source)
    except BadInput as error:
        return Taken(script=edit.script, version=0, answer="refused", reason=str(error))
    standing = book.standing(edit.script) if edit.script else None
    if standing is not None:
        return _decided(book, standing, edit, _begun(book, standing, edit))
    if edit.gone:
        return Taken(script=edit.script, version=0, answer="same")
    if (adopted := _adoptable(book, edit)) is not None:
        return _decided(book, adopted, edit, None)
    return _new(book, edit)


def _begun(book: Book, standing: Standing, edit: Edit) -> Version | None:
    """The version that an edit was made from.

    Where Studio already sent another one made from the same, it never heard that we have that,
    and goes on from there: its own texts follow each other.
    """
    begun = book.version(standing.script, edit.base)
    while (later := book.following(standing.script, begun.version if begun else 0)) is not None:
        begun = later
    return begun


def _adoptable(book: Book, edit: Edit) -> Standing | None:
    """The script of that place, where Studio has no other for it."""
    free = [
        one
        for one in book.at(edit.placed.path)
        if one.studio == 0 and one.head.kind == edit.placed.kind and not one.in_conflict
    ]
    return free[0] if len(free) == 1 else None


def _new(book: Book, edit: Edit) -> Taken:
    script = edit.script if _ID.fullmatch(edit.script) else new_id()
    made = book.record(script, Draft(placed=edit.placed, source=edit.source, by="studio"))
    book.stand(Standing(script=script, head=made, studio=made.version))
    return Taken(script=script, version=made.version, answer="kept")


def _decided(book: Book, standing: Standing, edit: Edit, begun: Version | None) -> Taken:
    theirs = book.version(standing.script, standing.theirs) if standing.in_conflict else None
    if theirs is None:
        return _carried_out(book, standing, outcome(standing, begun, edit))
    base = book.version(standing.script, standing.base)
    return _carried_out(book, standing, in_conflict(standing, base, theirs, edit))


def _carried_out(book: Book, standing: Standing, decided: Outcome) -> Taken:
    made = None if decided.record is None else book.record(standing.script, decided.record)
    studio = decided.studio if made is None or decided.mixed else made.version
    now = Standing(
        script=standing.script,
        head=made if made is not None and decided.leads else standing.head,
        studio=studio,
        base=decided.base,
        theirs=studio if decided.conflict else 0,
    )
    if now != standing:
        book.stand(now)
    return Taken(script=standing.script, version=studio, answer=decided.answer)
