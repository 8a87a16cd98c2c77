"""Data as a module that the real Luau reads."""

import pytest

from graph.errors import BadInput
from runtime.services.integration.luau import module_of


def test_data_becomes_a_table_that_reads_like_one_written_by_hand() -> None:
    data = {"user_id": "123", "end": 1, "tags": ["a", 2.5, True], "gone": None, "more": {}}

    assert module_of(data) == (
        "--!strict\nreturn {\n"
        '\tuser_id = "123",\n'
        '\t["end"] = 1,\n'
        '\ttags = {\n\t\t"a",\n\t\t2.5,\n\t\ttrue,\n\t},\n'
        "\tmore = {},\n"
        "}\n"
    )


def test_no_text_can_leave_its_quotes() -> None:
    made = module_of({"a": '"] = nil} os.exit() --\n\\', "b\x00": "é\u2028"})

    assert '"\\"] = nil} os.exit() --\\n\\\\"' in made
    assert '["b\\u{0}"] = "é\\u{2028}"' in made


def test_data_without_end_is_refused() -> None:
    deep: object = 1
    for _ in range(60):
        deep = [deep]

    with pytest.raises(BadInput, match="within each other"):
        module_of({"deep": deep})
