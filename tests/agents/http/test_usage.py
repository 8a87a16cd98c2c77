"""What a model's answer says it used up is counted."""

from typing import Any

import pytest

from agents.http.blocks import request
from tests.agents.conftest import Surroundings
from tests.agents.http.server import WebServer, json_answer


@pytest.mark.parametrize(
    ("answer", "spent"),
    [
        ({"model": "m", "usage": {"prompt_tokens": 10, "completion_tokens": 5,
                                  "total_tokens": 15}}, [(15, 0.0, "m")]),
        ({"model": "c", "usage": {"input_tokens": 7, "output_tokens": 3}}, [(10, 0.0, "c")]),
        ({"usage": {"total_tokens": 4, "cost": 0.002}}, [(4, 0.002, "")]),
        ({"usage": "much"}, []),
        ({"usage": {"total_tokens": "many"}}, []),
        (["usage"], []),
    ],
)  # fmt: skip
async def test_usage_is_counted(
    context: Surroundings, web: WebServer, answer: Any, spent: list[Any]
) -> None:
    web.on["/v1/chat"] = json_answer(answer)

    await request(web.url("/v1/chat"), context, body={"messages": []})

    assert context.spent == spent
