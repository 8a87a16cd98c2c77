"""Deeds are chained: whatever is changed, taken away or put in between shows."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from runtime.access.deeds import Deed, Entry, Flaw, Head, chained, flaw_in

TEXT = st.text(st.characters(codec=None), max_size=30)


def chain(*deeds: Deed) -> list[Entry]:
    entries, head = list[Entry](), Head()
    for deed in deeds:
        entries.append(chained(deed, head))
        head = Head(entries[-1].seq, entries[-1].hash)
    return entries


def deed(what: str = "login", who: str = "anna", at: float = 7.25) -> Deed:
    return Deed(at=at, what=what, outcome="done", who=who)


def test_a_chain_that_nobody_touched_is_followed_to_its_head() -> None:
    entries = chain(deed(), deed("start_run"), deed("logout"))

    assert flaw_in(entries, Head()) == (Head(3, entries[-1].hash), None)


def test_it_may_be_followed_piece_by_piece() -> None:
    entries = chain(deed(), deed("start_run"), deed("logout"))

    halfway, _ = flaw_in(entries[:2], Head())

    assert flaw_in(entries[2:], halfway)[0] == Head(3, entries[-1].hash)


def test_every_field_is_held_by_the_chain() -> None:
    for name in Deed.__struct_fields__:
        entries = chain(deed(), deed("start_run"))
        other = 8.0 if name == "at" else "other"
        entries[0] = msgspec.structs.replace(entries[0], **{name: other})

        assert flaw_in(entries, Head())[1] == Flaw(1, "It was changed, or what came before it was.")


def test_what_is_taken_away_shows() -> None:
    first, _, third = chain(deed(), deed("start_run"), deed("logout"))

    assert flaw_in([first, third], Head())[1] == Flaw(2, "It was taken away.")


def test_what_is_put_in_the_place_of_another_shows() -> None:
    mine, theirs = chain(deed(), deed("logout")), chain(deed(who="eve"), deed("logout"))

    _, flaw = flaw_in([theirs[0], mine[1]], Head())

    assert flaw is not None
    assert flaw.seq == 2


@given(TEXT, TEXT, st.floats(0, 1e11))
def test_whatever_is_noted_is_what_a_database_gives_back(what: str, who: str, at: float) -> None:
    (entry,) = chain(deed(what, who, at))

    assert "\0" not in entry.what + entry.who
    assert entry.who.encode().decode() == entry.who
    assert flaw_in([entry], Head())[1] is None


def test_what_is_too_long_is_cut() -> None:
    (entry,) = chain(deed("x" * 10_000))

    assert len(entry.what) == 500
