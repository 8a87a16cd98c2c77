"""What the command palette finds."""

from app.presenters.palette import Entry, Palette

ENTRIES = [
    Entry("new", "New flow"),
    Entry("save", "Save", also="File"),
    Entry("save_as", "Save as…", also="File"),
    Entry("dark", "Dark theme", also="View"),
    Entry("block", "Save table", quiet=True),
]


def _ids(query: str, *used: str) -> list[str]:
    return [found.entry.id for found in Palette(ENTRIES, used).found(query)]


def test_without_words_all_is_offered_but_what_waits_for_words() -> None:
    assert _ids("") == ["new", "save", "save_as", "dark"]


def test_what_was_taken_lately_comes_first() -> None:
    assert _ids("", "dark", "save")[:3] == ["dark", "save", "new"]
    assert _ids("s", "save_as")[0] == "save_as"


def test_the_shorter_of_equal_titles_comes_first_and_blocks_after_actions() -> None:
    assert _ids("save") == ["save", "save_as", "block"]


def test_every_word_must_be_found_in_the_title_or_beside_it() -> None:
    assert _ids("file as") == ["save_as"]
    assert _ids("file theme") == []


def test_initials_and_slips_are_understood() -> None:
    assert _ids("nf") == ["new"]
    assert _ids("drak") == ["dark"]


def test_the_parts_that_were_found_are_told_without_overlap() -> None:
    found = Palette(ENTRIES).found("save sav")[0]

    assert found.spans == ((0, 4),)


def test_nothing_is_found_for_what_is_not_there() -> None:
    assert _ids("xyzzy") == []
