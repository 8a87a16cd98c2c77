"""Settings: each from its variable, given ones first, and everything wrong with them at once."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from runtime.settings import BadSetting, Settings, default_home, settings_from, variable_of

GOOD: dict[str, tuple[str, Any]] = {
    "home": ("/srv/heddle", "/srv/heddle"),
    "database_url": ("postgresql://db/runs", "postgresql://db/runs"),
    "redis_url": ("redis://cache:6379", "redis://cache:6379"),
    "pusher_app_id": ("7", "7"),
    "pusher_key": ("key", "key"),
    "pusher_secret": ("hush", "hush"),
    "pusher_cluster": ("eu", "eu"),
    "pusher_encryption_master_key_base64": ("a2V5", "a2V5"),
    "skip_integration_agents": ("true", True),
    "durability": ("full", "full"),
    "packs": ("/srv/packs", "/srv/packs"),
    "secrets_in": ("vault", "vault"),
    "model": ("local/llama3.2", "local/llama3.2"),
    "parallel": ("12", 12),
    "time_limit": ("2.5", 2.5),
    "code_seconds": ("0.5", 0.5),
    "code_megabytes": ("64", 64.0),
    "process_megabytes": ("512", 512.0),
    "keep_days": ("0", 0.0),
    "keep_megabytes": ("1e3", 1000.0),
}


def test_every_setting_is_tried_here() -> None:
    assert [field.name for field in msgspec.structs.fields(Settings)] == list(GOOD)


def test_every_setting_explains_itself() -> None:
    for field in msgspec.structs.fields(Settings):
        assert msgspec.json.schema(field.type)["description"].endswith(".")


@pytest.mark.parametrize(("name", "text", "value"), [(name, *good) for name, good in GOOD.items()])
def test_a_setting_is_read_from_its_variable(name: str, text: str, value: Any) -> None:
    assert getattr(settings_from({variable_of(name): text}), name) == value


def test_a_setting_has_a_variable_of_its_own_and_servers_the_usual_ones() -> None:
    assert variable_of("time_limit") == "HEDDLE_TIME_LIMIT"
    assert variable_of("database_url") == "DATABASE_URL"
    assert variable_of("redis_url") == "REDIS_URL"
    assert variable_of("pusher_app_id") == "PUSHER_APP_ID"
    assert variable_of("skip_integration_agents") == "SKIP_INTEGRATION_AGENTS"


def test_without_variables_there_are_defaults() -> None:
    assert settings_from({}) == Settings()
    assert settings_from({"HEDDLE_PARALLEL": "", "HEDDLE_UNKNOWN": "1"}) == Settings()


def test_what_is_given_goes_before_the_variable() -> None:
    variables = {"HEDDLE_PARALLEL": "3", "HEDDLE_DURABILITY": "full"}

    made = settings_from(variables, parallel=4, durability=None)

    assert (made.parallel, made.durability) == (4, "full")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("parallel", "0", "HEDDLE_PARALLEL can't be '0': it is a whole number of at least 1 and"),
        ("parallel", "many", "HEDDLE_PARALLEL can't be 'many': it is a whole number"),
        ("parallel", "9" * 30, "and at most 100,000."),
        ("time_limit", "0", "HEDDLE_TIME_LIMIT can't be '0': it is a number above 0"),
        ("time_limit", "inf", "and at most 31,536,000"),
        ("time_limit", "nan", "can't be 'nan'"),
        ("keep_days", "-1", "HEDDLE_KEEP_DAYS can't be '-1': it is a number of at least 0 and"),
        ("keep_megabytes", "inf", "HEDDLE_KEEP_MEGABYTES can't be 'inf'"),
        ("durability", "Full", "HEDDLE_DURABILITY can't be 'Full': it is one of full, normal."),
        ("code_megabytes", "1", "it is a number of at least 16 and at most 1,000,000."),
    ],
)
def test_a_bad_value_is_named_with_its_variable_and_what_would_be_good(
    name: str, value: str, said: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        settings_from({variable_of(name): value})

    assert said in caught.value.message
    assert caught.value.cure == "`heddle doctor` lists all settings."


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(BadSetting) as caught:
        settings_from({"HEDDLE_PARALLEL": "x", "HEDDLE_KEEP_DAYS": "y"}, colour="red")

    for part in ("HEDDLE_PARALLEL", "HEDDLE_KEEP_DAYS", "'colour'"):
        assert part in caught.value.message


def test_what_is_kept_goes_into_the_home_unless_it_has_a_place_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home = Settings(home=str(tmp_path))
    elsewhere = Settings(home=str(tmp_path), packs="~/packs", database_url="memory:")
    monkeypatch.setenv("HOME", "/home/ada")

    assert at_home.packs_folder == tmp_path / "packs"
    assert at_home.journal_place == f"sqlite:///{tmp_path}/heddle.db"
    assert elsewhere.packs_folder == Path("/home/ada/packs")
    assert elsewhere.journal_place == "memory:"


def test_the_home_is_where_the_system_keeps_such_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_home() == tmp_path / ".local/share/heddle"

    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_home() == Path("/data/heddle")
