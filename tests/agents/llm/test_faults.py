"""What goes wrong with models, and what comes of it: nothing lost, little paid for twice."""

import asyncio
import contextlib
from typing import Any

import pytest

from agents.errors import BreakerOpen, Refused, Throttled, Unavailable, Unreachable
from agents.llm import estimate
from agents.llm.errors import BudgetExceeded, Endless, NoAnswer
from agents.llm.shapes import Restarted
from graph.connections import Connection
from graph.context import Allowance
from tests.agents.llm.conftest import KEY, Asking
from tests.servers.models import Called, Models, Said, chunks_of

EACH = pytest.mark.parametrize("model", ["claude/m", "gpt/m", "gpt/r"])

WHOLE = Said("One two three", thought="Hm", calls=(Called("search", {"q": "tea"}),))


def cuts(protocol: Any) -> list[int]:
    return list(range(chunks_of(WHOLE, protocol)))


@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize(
    ("model", "cut"),
    [("claude/m", n) for n in cuts("anthropic")] + [("gpt/m", n) for n in cuts("openai")],
)
async def test_an_answer_cut_anywhere_is_had_whole(
    asking: Asking, model: str, cut: int, clean: bool
) -> None:
    import msgspec

    broken = msgspec.structs.replace(WHOLE, cut=cut, clean=clean)
    asking.models.then(broken, WHOLE)

    reply = await asking.ask(model)

    assert reply.message.text == asking.heard_last == "One two three"
    assert reply.message.calls[0].arguments == {"q": "tea"}
    again = len(asking.models.asked) == 2
    # Once it was said why it ends, nothing is missing: it isn't asked, and paid for, again.
    assert again == (cut < len(cuts("openai" if model == "gpt/m" else "anthropic")) - 1)
    assert asking.last["attempts"] == (2 if again else 1)
    assert any(isinstance(piece, Restarted) for piece in asking.heard) == bool(
        again and asking.last.get("lost")
    )


@EACH
async def test_what_a_cut_answer_took_is_counted_too(asking: Asking, model: str) -> None:
    asking.models.then(Said("One two three four", cut=5), Said("Whole", put_in=10, given=2))

    reply = await asking.ask(model)

    lost, whole = asking.spent
    assert whole[0] == reply.usage.total == 12
    assert lost[0] >= estimate.of_text("Hello")
    assert asking.last["usage"]["put_in"] > 10


@EACH
async def test_a_storm_of_throttling_costs_few_calls(asking: Asking, model: str) -> None:
    asking.models.always = Said(status=429)
    with pytest.raises(Throttled):
        await asking.ask(model)
    assert len(asking.models.asked) == 3

    asking.models.always = Said(status=429, retry_after=3600)  # longer than anybody waits
    with pytest.raises(Throttled) as raised:
        await asking.ask(model)
    with pytest.raises(Throttled):
        await asking.ask(model)  # it isn't even asked

    assert raised.value.wait == 3600
    assert len(asking.models.asked) == 4


@EACH
async def test_a_key_that_is_revoked_is_refused_at_once_and_no_other_model_is_asked(
    asking: Asking, model: str
) -> None:
    await asking.ask(model)
    asking.models.key = "another"

    with pytest.raises(Refused) as raised:
        await asking.ask(model, "local/m")

    assert KEY not in str(raised.value)
    assert len(asking.models.asked) == 2


@EACH
async def test_cancelling_really_ends_the_stream(asking: Asking, model: str) -> None:
    asking.models.then(Said("One two three four", hang=4))
    task = asyncio.create_task(asking.ask(model))
    await asking.models.until(lambda: bool(asking.heard))

    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    await asking.models.until(lambda: asking.models.asked[0].left)
    assert asking.spent  # what was generated until then
    assert "error" in asking.last


@EACH
async def test_an_answer_without_end_is_stopped(asking: Asking, model: str) -> None:
    asking.models.always = Said("and so on " * 100, endless=True)

    with pytest.raises(Endless):
        await asking.ask(model, most_tokens=50)

    await asking.models.until(lambda: asking.models.asked[0].left)
    assert len(asking.models.asked) == 1


@EACH
async def test_tools_without_end_are_not_wanted_at_once(asking: Asking, model: str) -> None:
    asking.models.always = Said(calls=(Called("search"),) * 200)

    with pytest.raises(Endless, match="128 tools"):
        await asking.ask(model, most_tokens=50)


@EACH
async def test_counts_that_can_not_be_leave_a_budget_as_it_is(asking: Asking, model: str) -> None:
    asking.models.always = Said("One", put_in=-5_000, given=-(10**9))

    await asking.ask(model)

    assert all(tokens >= 0 and cost >= 0 for tokens, cost, _ in asking.spent)


@EACH
async def test_a_service_that_falls_silent_is_given_up(asking: Asking, model: str) -> None:
    name = model.partition("/")[0]
    known = asking.connected[name]
    asking.connected[name] = Connection(name, known.kind, {**known.fields, "patience": "0.1"})
    asking.models.always = Said("One two", hang=2)

    with pytest.raises(Unreachable, match="no sign of life"):
        await asking.ask(model)

    assert len(asking.models.asked) == 3


@EACH
async def test_what_is_no_json_is_asked_for_again(asking: Asking, model: str) -> None:
    asking.models.then(Said("One two", spoilt=3), Said("Whole"))
    assert (await asking.ask(model)).message.text == "Whole"

    asking.models.always = Said(body="<html>We are having a rest.</html>")
    with pytest.raises((Unavailable, Unreachable)):
        await asking.ask(model)


@EACH
async def test_the_next_model_stands_in_and_that_is_told(asking: Asking, model: str) -> None:
    asking.models.says = lambda asked: Said("Here") if asked.model == "other" else Said(status=503)

    reply = await asking.ask(model, "local/other")

    assert reply.message.text == "Here"
    failed, stood_in = (detail for _, detail in asking.traced)
    assert failed["error"]
    assert stood_in["fell_back_from"] == [model]


async def test_a_model_known_to_be_down_is_not_asked(asking: Asking) -> None:
    asking.models.says = lambda asked: Said("Here") if asked.model == "other" else Said(status=503)
    for _ in range(2):
        await asking.ask("gpt/m", "local/other")
    before = len(asking.models.asked)

    await asking.ask("gpt/m", "local/other")

    assert [asked.model for asked in asking.models.asked[before:]] == ["other"]
    with pytest.raises(BreakerOpen):
        await asking.ask("gpt/m")


async def test_when_all_fail_each_is_quoted(asking: Asking) -> None:
    asking.models.says = lambda asked: Said(status=500, message=f"{asked.model} is ill")

    with pytest.raises(NoAnswer) as raised:
        await asking.ask("claude/a", "gpt/b")

    assert "claude/a: " in str(raised.value)
    assert "a is ill" in str(raised.value)
    assert "b is ill" in str(raised.value)
    assert raised.value.retryable


async def test_the_price_of_the_longest_answer_must_fit_what_is_left(asking: Asking) -> None:
    asking.left = Allowance(cost=0.01)

    with pytest.raises(BudgetExceeded, match=r"\$0\.0400 .*4,000 given back.* \$0\.0100 left"):
        await asking.ask("claude/claude-sonnet-5-5", most_tokens=4000)
    with pytest.raises(BudgetExceeded, match="isn't known"):
        await asking.ask("gpt/who-knows")
    assert asking.models.asked == []

    await asking.ask("claude/claude-sonnet-5-5", most_tokens=500)
    await asking.ask("local/llama3")  # on this machine: nothing that anybody counts

    (_, cost, model), (_, nothing, _) = asking.spent
    assert (model, nothing) == ("claude/claude-sonnet-5-5", 0.0)
    assert cost == pytest.approx((9 * 2 + 12 * 10) / 1e6)


async def test_an_answer_that_was_kept_is_not_paid_for_again(
    asking: Asking, models: Models
) -> None:
    models.then(Said("One", cut=2), "One", Said("Two", ends="length"), "Three")

    first = await asking.ask("gpt/m", keep=True)
    again = await asking.ask("gpt/m", keep=True)
    await asking.ask("gpt/m", said="Long", keep=True)
    longer = await asking.ask("gpt/m", said="Long", keep=True)

    assert first == again
    assert longer.message.text == "Three"  # one that was cut off isn't kept
    assert len(models.asked) == 4
    cached = [detail["cached"] for _, detail in asking.traced]
    assert cached == [False, True, False, False]
    assert len(asking.spent) == 3 + bool(asking.traced[0][1].get("lost"))
    (place,) = asking.means.folder.iterdir()
    assert place.stat().st_mode & 0o077 == 0
    assert KEY.encode() not in place.read_bytes()


async def test_a_damaged_file_of_kept_answers_costs_an_answer_no_more(asking: Asking) -> None:
    asking.means.folder.mkdir(parents=True)
    (asking.means.folder / "answers.db").write_bytes(b"no database" * 500)

    assert (await asking.ask("gpt/m", keep=True)).message.text == "You said: Hello"


async def test_that_an_answer_was_interrupted_before_is_shown(asking: Asking) -> None:
    asking.interrupted = True

    await asking.ask("gpt/m")

    assert asking.last["again"]
