"""How the hub refuses, as its OpenAPI document says it."""

from collections.abc import Mapping

from litestar.openapi import ResponseSpec

from runtime.wire import PROBLEM, Refusal


def _refused(said: str) -> ResponseSpec:
    return ResponseSpec(Refusal, generate_examples=False, description=said, media_type=PROBLEM)


LARGEST = 8 * 2**20
"""Bytes that a request may have."""

PROBLEMS: Mapping[int, ResponseSpec] = {
    400: _refused("The request is not as it should be; `detail` says where."),
    401: _refused("The token is missing, wrong or expired."),
    403: _refused("Whoever asks hasn't the role that this takes."),
    404: _refused("There is nothing of that name."),
    409: _refused("It can't be done as things are; `detail` says why."),
    413: _refused("The body is larger than what is taken."),
    422: _refused("What the request says can't be done; `detail` says why, `cure` what helps."),
    503: _refused("An agent, or what it needs, can't be reached just now."),
}
"""What any request may be answered."""
