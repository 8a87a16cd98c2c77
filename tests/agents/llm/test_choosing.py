"""Which model is asked: the one named, the usual one, or the one that a policy chooses."""

import msgspec
import pytest

from agents.llm.catalogue import BadCatalogue, Catalogue, Price
from agents.llm.errors import NoModel
from agents.llm.shapes import Image, Message, Text, Usage
from graph.connections import Connection
from runtime.compose import RESOURCES
from tests.agents.llm.conftest import KEY, Asking, asks
from tests.servers.models import Models, Said


async def asked_for(asking: Asking, reference: str) -> str:
    await asking.ask(reference)
    return f"{asking.last['connection']}/{asking.last['model']}"


async def test_a_model_is_named_by_its_connection_or_alone(asking: Asking) -> None:
    assert await asked_for(asking, "local/hf.co/some/model:Q4") == "local/hf.co/some/model:Q4"
    assert await asked_for(asking, "claude-opus-5-5") == "claude/claude-opus-5-5"
    assert await asked_for(asking, "claude") == "claude/claude-sonnet-5-5"
    assert await asked_for(asking, "local") == "local/scripted-large"  # the first it serves
    assert await asked_for(asking, "") == "claude/claude-sonnet-5-5"
    assert asking.last["reason"] == "the first connection there is"


async def test_the_default_is_a_setting(asking: Asking) -> None:
    asking.means = msgspec.structs.replace(asking.means, model="local/llama3")

    assert await asked_for(asking, "") == "local/llama3"


@pytest.mark.parametrize("reference", ["nowhere/m", "who-knows-this", "auto:by_magic"])
async def test_what_is_not_there_is_said_with_what_is(asking: Asking, reference: str) -> None:
    with pytest.raises(NoModel) as raised:
        await asking.ask(reference)

    assert raised.value.cure
    assert asking.models.asked == []


async def test_the_cheapest_that_is_able_is_chosen_and_why_is_told(asking: Asking) -> None:
    asking.connected["local"] = Connection(
        "local", "openai_compatible", {"base_url": asking.models.url, "model": "llama3"}
    )

    assert await asked_for(asking, "auto:cheapest") == "local/llama3"
    assert asking.last["reason"].startswith("cheapest: It costs least")
    del asking.connected["local"], asking.connected["gpt"]
    assert await asked_for(asking, "auto:cheapest") == "claude/claude-haiku-5-5"


async def test_a_picture_is_for_models_that_see(asking: Asking) -> None:
    (asking.means.folder.parent.parent / "models.json").write_text(
        '{"models": [{"model": "blind", "provider": "openai", "can": ["chat"],'
        ' "price": {"in": 0.0001}}]}'
    )
    shown = (Message("user", (Text("What is it?"), Image(data=b"PNG"))),)

    await asking.ask("auto:cheapest")
    assert asking.last["model"] == "blind"
    await asking.ask("auto:cheapest", messages=shown)
    assert asking.last["model"] != "blind"


async def test_turns_go_round_and_a_failure_goes_to_the_next(asking: Asking) -> None:
    names = {await asked_for(asking, "auto:round_robin") for _ in range(3)}
    assert len(names) == 3

    asking.models.then(*[Said(status=500)] * 3)
    await asking.ask("auto:round_robin")
    assert asking.last["fell_back_from"]


def test_prices_are_by_the_kind_of_token_and_by_how_many() -> None:
    known = Catalogue.at(RESOURCES / "models.json").find("claude-haiku-5-5", "anthropic")
    assert known is not None
    assert known.price is not None
    assert known.as_of

    short = known.price.of(Usage(put_in=100_000, cached=50_000, given=1_000))
    long = known.price.of(Usage(put_in=200_000, given=1_000))

    assert short == pytest.approx((50_000 * 0.1 + 50_000 * 0.01 + 1_000 * 0.5) / 1e6)
    assert long == pytest.approx((200_000 * 0.5 + 1_000 * 2.5) / 1e6)
    assert Price(put_in=2).of(Usage(put_in=1_000_000)) == 2


def test_every_model_of_the_list_has_a_dated_price() -> None:
    known = list(Catalogue.at(RESOURCES / "models.json"))

    assert len(known) > 10
    for one in known:
        assert one.price is not None, one.model
        assert len(one.as_of) == 10, one.model


async def test_a_list_of_ones_own_goes_first_and_says_where_it_is_wrong(
    asking: Asking, models: Models
) -> None:
    place = asking.means.folder.parent.parent / "models.json"
    place.write_text(
        '{"models": [{"model": "claude-opus-5-5", "provider": "anthropic", "price": {"in": 1}}]}'
    )

    await asking.ask("claude/claude-opus-5-5-20261001")

    assert asking.spent[0][1] == pytest.approx(9 / 1e6)
    place.write_text("{")
    with pytest.raises(BadCatalogue, match=r"models\.json"):
        Catalogue.at(place)


async def test_a_connection_whose_key_changed_is_spoken_to_anew(asking: Asking) -> None:
    await asking.ask("gpt/m")
    asking.connected["gpt"] = Connection(
        "gpt", "openai", {"key": "another", "base_url": asking.models.url}
    )
    await asking.ask("gpt/m", messages=asks("Again"))

    assert [one.key for one in asking.models.asked] == [KEY, "another"]
