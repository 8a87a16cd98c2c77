"""What becomes of an edit that comes from Studio: decided from values, without I/O."""

import msgspec

from agents.swarm.studio_bridge.shapes import Answer, Draft, Edit, Placed, Standing, Version


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What to record, and how the script stands then.

    `leads` says that what is recorded becomes the newest version; else it is Studio's side of a
    conflict. `studio` is the version that Studio has if nothing is recorded, or if what is
    recorded isn't what it has (`mixed`). `base` is where both sides of a conflict began.
    """

    answer: Answer
    studio: int = 0
    record: Draft | None = None
    leads: bool = True
    mixed: bool = False
    conflict: bool = False
    base: int = 0


def outcome(standing: Standing, base: Version | None, edit: Edit) -> Outcome:
    """What an edit of a known script comes to; `base` is the version it was made from, if known.

    No text is given up here: an edit that says something which no version holds is recorded.
    """
    if edit.gone:
        return _deleted(standing, edit)
    if standing.head.gone:
        return _revived(standing, base, edit)
    if standing.in_conflict:
        raise ValueError("a script in conflict has `in_conflict` ask")
    return _merged(standing.head, base, edit)


def in_conflict(standing: Standing, base: Version | None, theirs: Version, edit: Edit) -> Outcome:
    """What an edit comes to of a script in conflict, which both sides had as `base` once."""
    head = standing.head
    if edit.gone or head.gone:
        return outcome(standing, theirs, edit)
    if edit.source == head.source:
        return _settled(head, moved(theirs.placed, head.placed, edit.placed), edit)
    if base is not None and edit.source == base.source:
        return Outcome(answer="behind", studio=base.version)
    if edit.source == theirs.source and edit.placed == theirs.placed:
        return Outcome(answer="conflict", studio=theirs.version, conflict=True, base=standing.base)
    return _set_aside(edit, standing.base)


def _deleted(standing: Standing, edit: Edit) -> Outcome:
    """A deletion counts only if Studio had the newest version: what is newer is worth more."""
    head = standing.head
    if head.gone:
        return Outcome(answer="same", studio=head.version)
    if edit.base != head.version or standing.in_conflict:
        return Outcome(answer="behind", studio=0)
    draft = Draft(placed=head.placed, source=head.source, by="studio", base=head.version, gone=True)
    return Outcome(answer="kept", record=draft)


def _revived(standing: Standing, base: Version | None, edit: Edit) -> Outcome:
    """Deleted in Heddle: stays so unless Studio has another text."""
    if base is not None and not base.gone and edit.source == base.source:
        return Outcome(answer="behind", studio=base.version)
    return Outcome(answer="kept", record=_draft(edit, standing.head.version))


def _merged(head: Version, base: Version | None, edit: Edit) -> Outcome:
    before = base if base is not None and not base.gone else None
    if edit.source != head.source and not _only_one_changed(head, before, edit):
        return _set_aside(edit, before.version if before is not None else 0)
    is_theirs = before is not None and head.source == before.source
    source = edit.source if is_theirs else head.source
    placed = moved(before.placed if before else head.placed, head.placed, edit.placed)
    if source == head.source:
        return _settled(head, placed, edit)
    draft = Draft(placed=placed, source=source, by="studio", base=head.version)
    return Outcome(
        answer="kept" if placed == edit.placed else "behind",
        record=draft,
        mixed=placed != edit.placed,
        studio=edit.base,
    )


def _settled(head: Version, placed: Placed, edit: Edit) -> Outcome:
    """The newest text stays, and perhaps stands elsewhere."""
    has_it = edit.source == head.source
    if placed == head.placed:
        if has_it and edit.placed == placed:
            return Outcome(answer="same", studio=head.version)
        return Outcome(answer="behind", studio=edit.base)
    draft = Draft(placed=placed, source=head.source, by="studio", base=head.version)
    is_theirs = has_it and edit.placed == placed
    return Outcome(
        answer="kept" if is_theirs else "behind",
        record=draft,
        mixed=not is_theirs,
        studio=edit.base,
    )


def _only_one_changed(head: Version, base: Version | None, edit: Edit) -> bool:
    return base is not None and base.source in (head.source, edit.source)


def moved(before: Placed, ours: Placed, theirs: Placed) -> Placed:
    """Where it stands after both may have moved it: Studio's word counts where it did."""
    return theirs if theirs != before else ours


def _set_aside(edit: Edit, base: int) -> Outcome:
    """Both sides changed the text: neither may win by itself."""
    return Outcome(
        answer="conflict", record=_draft(edit, edit.base), leads=False, conflict=True, base=base
    )


def _draft(edit: Edit, base: int) -> Draft:
    return Draft(placed=edit.placed, source=edit.source, by="studio", base=base)
