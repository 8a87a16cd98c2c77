"""Which models a field offers: of what is connected first, and what it says where none is named."""

import pytest

from agents.llm.catalogue import Catalogue, Known, Price
from app.presenters.model_choices import SCRIPTED, ModelChoice, model_choices, to_ask
from app.theme import RESOURCES
from runtime.connections.contents import Served, Shown

KNOWN = (
    Known(model="sonnet", provider="anthropic", context=200_000, price=Price(put_in=3, out=15)),
    Known(model="large", provider="openai", can=("chat", "embed")),
)
HERE = Shown(
    name="local", kind="openai_compatible", fields={"base_url": "http://127.0.0.1:11434/v1"}
)


def references(choices: list[ModelChoice]) -> list[str]:
    return [choice.reference for choice in choices]


def test_where_nothing_is_connected_all_that_are_known_are_offered_and_said_not_to_be() -> None:
    choices = model_choices(KNOWN)

    assert choices == [
        (
            "anthropic/sonnet",
            "Anthropic · 200\u202fk tokens · $3.00 in, $15.00 out · not connected",
        ),
        ("openai/large", "OpenAI · not connected"),
        (SCRIPTED, "scripted: no model is asked"),
    ]


def test_models_of_a_connection_go_by_its_own_name_and_come_first() -> None:
    ours = Shown(name="work", kind="anthropic", fields={"model": "opus"})

    choices = model_choices(KNOWN, [Shown(name="web", kind="http"), ours])

    assert references(choices) == ["work/opus", "work/sonnet", "openai/large", SCRIPTED]
    assert "not connected" not in choices[1].note


def test_a_server_of_ones_own_has_what_it_says_it_has() -> None:
    served = {"local": Served(("llama3.2", "qwen3:8b"))}

    choices = model_choices((), [HERE], served)

    assert choices[:2] == [
        ("local/llama3.2", "127.0.0.1:11434"),
        ("local/qwen3:8b", "127.0.0.1:11434"),
    ]


@pytest.mark.parametrize(
    ("served", "said"),
    [
        ({}, "Asking “local” which models it has…"),
        ({"local": Served(trouble="local: nobody answers at 127.0.0.1:11434.")},
         "“local” names no models: nobody answers at 127.0.0.1:11434."),
        ({"local": Served()}, "“local” answers, but it serves no models."),
    ],
)  # fmt: skip
def test_a_server_that_names_none_is_told_of_and_is_no_choice(
    served: dict[str, Served], said: str
) -> None:
    assert model_choices((), [HERE], served)[0] == ModelChoice("", said)


def test_a_usual_model_is_there_though_the_server_is_silent() -> None:
    ours = Shown(name="local", kind="openai_compatible", fields={"model": "mine"})

    choices = model_choices((), [ours], {"local": Served(trouble="Nobody answered in 8 s.")})

    assert references(choices) == ["local/mine", "", SCRIPTED]


def test_what_nobody_agreed_to_waits_and_is_not_asked() -> None:
    waiting = Shown(name="far", kind="openai_compatible", agreed=False)

    assert "waits for your word" in model_choices((), [waiting])[0].note
    assert to_ask([waiting, HERE, Shown(name="c", kind="anthropic")]) == ["local"]


def test_only_models_that_can_do_it_are_offered() -> None:
    assert references(model_choices(KNOWN, abilities=("embed",))) == ["openai/large", SCRIPTED]


def test_the_models_that_come_along_are_offered() -> None:
    assert len(model_choices(Catalogue.at(RESOURCES / "models.json"))) > 10
