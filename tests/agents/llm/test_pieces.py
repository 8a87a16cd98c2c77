"""Long texts are cut where a reader would pause, and nothing of them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm import estimate
from agents.llm.pieces import MOST_PIECES, in_pieces
from graph.errors import BadInput


@given(st.text(max_size=400), st.integers(1, 50))
def test_the_pieces_are_the_text_and_none_is_too_long(text: str, tokens: int) -> None:
    pieces = in_pieces(text, tokens)

    assert "".join(pieces) == text
    assert all(estimate.of_text(piece) <= tokens or len(piece) == 1 for piece in pieces)


def test_it_is_cut_between_paragraphs_rather_than_in_them() -> None:
    first, second = "One sentence here. " * 4, "Another one there. " * 4

    assert in_pieces(f"{first}\n\n{second}", 30) == [f"{first}\n\n", second]


def test_a_text_of_too_many_pieces_is_refused() -> None:
    with pytest.raises(BadInput, match="pieces"):
        in_pieces("word " * MOST_PIECES * 2, 1)
