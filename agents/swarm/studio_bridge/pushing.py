"""What Heddle's side makes of scripts: begun, kept as a version more, removed; all in a book."""

from agents.swarm.studio_bridge.book import Book
from agents.swarm.studio_bridge.intake import new_id
from agents.swarm.studio_bridge.shapes import Draft, Placed, Pushed, Standing


def begun(book: Book, placed: Placed, source: str, note: str) -> Pushed:
    """A new script, which Studio hasn't."""
    script = new_id()
    made = book.record(script, Draft(placed=placed, source=source, by="heddle", note=note))
    standing = Standing(script=script, head=made)
    book.stand(standing)
    return _told(standing, changed=True)


def kept(
    book: Book, standing: Standing, placed: Placed, source: str, note: str, *, settles: bool = True
) -> Pushed:
    """Make this the newest version; a conflict goes on unless that `settles` it, or is Studio's."""
    head = standing.head
    theirs = book.version(standing.script, standing.theirs) if standing.in_conflict else None
    stays = theirs is not None and not settles and source != theirs.source
    same = (head.source, head.placed, head.gone) == (source, placed, False)
    if not same:
        head = book.record(
            standing.script,
            Draft(placed=placed, source=source, by="heddle", base=head.version, note=note),
        )
    now = Standing(
        script=standing.script,
        head=head,
        studio=standing.studio,
        base=standing.base if stays else 0,
        theirs=standing.theirs if stays else 0,
    )
    if now != standing:
        book.stand(now)
    return _told(now, changed=not same)


def removed(book: Book, standing: Standing, note: str) -> Pushed:
    """A script in conflict goes as well: both texts are in its history."""
    head = standing.head
    gone = book.record(
        standing.script,
        Draft(
            placed=head.placed,
            source=head.source,
            by="heddle",
            base=head.version,
            gone=True,
            note=note,
        ),
    )
    now = Standing(script=standing.script, head=gone, studio=standing.studio)
    book.stand(now)
    return _told(now, changed=True)


def _told(standing: Standing, *, changed: bool) -> Pushed:
    return Pushed(
        script=standing.script,
        path=standing.head.path,
        version=standing.head.version,
        changed=changed,
        in_conflict=standing.in_conflict,
        gone=standing.head.gone,
    )
