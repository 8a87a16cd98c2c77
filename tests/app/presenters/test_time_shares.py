"""Where the time of a run went, in rows and in a line."""

from app.presenters.time_shares import HELD, agents_of, in_a_line, share_rows
from runtime.projections.critical_path import Share, Went

WENT = Went(
    10.0, 2.0,
    [Share("fetch", 3, 9.0, 6.0, 1.5), Share("parse", 3, 0.5, 2.0, 0.0),
     Share("log", 1, 0.25, 0.0, 0.0)],
)  # fmt: skip


def test_each_block_says_how_long_the_run_waited_for_it() -> None:
    rows = share_rows(WENT, str.capitalize)

    assert [row.texts for row in rows] == [
        ("Fetch", "6.0 s · 60%", "9.0 s", "3", "1.5 s", ""),
        ("Parse", "2.0 s · 20%", "500 ms", "3", "", ""),
        ("Log", "", "250 ms", "1", "", ""),
    ]
    assert [row.part for row in rows] == [0.6, 0.2, 0.0]


def test_the_whole_fits_in_a_line() -> None:
    assert (
        in_a_line(WENT) == "10.0 s in all · 2.0 s between blocks · 1.5 s lost to retries and waits"
    )


def test_time_that_somebody_held_a_block_has_a_word_and_a_column_of_its_own() -> None:
    held = Went(4.0, 0.0, [Share("a", 1, 4.0, 4.0, 0.0, 3.0), Share("b", 1, 0.0, 0.0, 0.0)])

    assert in_a_line(held) == "4.0 s in all · 3.0 s held"
    assert [row.texts[HELD] for row in share_rows(held, str)] == ["3.0 s", ""]


def test_agents_have_what_their_blocks_have_together() -> None:
    went = agents_of(WENT, lambda block: "http" if block == "fetch" else "pure")

    assert list(went.shares) == [
        Share("http", 3, 9.0, 6.0, 1.5),
        Share("pure", 4, 0.75, 2.0, 0.0),
    ]
