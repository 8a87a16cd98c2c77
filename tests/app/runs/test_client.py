from pathlib import Path

from app.runs.client import Client


def test_the_second_studio_of_a_person_has_a_name_of_its_own(tmp_path: Path) -> None:
    first = Client(tmp_path)
    second = Client(tmp_path)

    assert second.name == f"{first.name} (studio 2)"


def test_a_studio_that_comes_back_has_the_name_it_had(tmp_path: Path) -> None:
    names = [Client(tmp_path).name for _ in range(2)]

    assert names[0] == names[1]


def test_where_nothing_can_be_written_it_has_a_name_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert " on " in Client(tmp_path / "file").name
