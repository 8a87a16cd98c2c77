from app.presenters.comparing import MOST_CHANGES, Line, compared


def test_the_same_is_no_difference() -> None:
    assert compared([1, {"a": 2}], [1, {"a": 2}]) == []


def test_texts_are_compared_by_lines() -> None:
    found = compared("one\ntwo\nthree", "one\n2\nthree")

    assert Line("-", "two") in found
    assert Line("+", "2") in found
    assert Line(" ", "one") in found


def test_other_values_are_compared_place_by_place() -> None:
    before = {"rows": [{"n": 1}, {"n": 2}], "gone": True}
    after = {"rows": [{"n": 1}, {"n": 3}, {"n": 4}], "new": "x"}

    assert compared(before, after) == [
        Line("~", "rows[1].n: 2 → 3"),
        Line("+", 'rows[2]: {"n":4}'),
        Line("-", "gone: yes"),
        Line("+", "new: x"),
    ]


def test_no_end_of_differences_is_cut_short() -> None:
    found = compared(list(range(5000)), list(range(1, 5001)))

    assert len(found) == MOST_CHANGES + 1
    assert found[-1].text == "… and more"
