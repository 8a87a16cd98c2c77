from app.presenters.tables import Table, as_text, one_line


def test_rows_that_are_records_have_their_fields_as_columns() -> None:
    table = Table([{"a": 1}, {"b": "x", "a": 2}])

    assert table.columns == ["a", "b"]
    assert (table.value(0, 1), table.value(1, 1)) == (None, "x")


def test_sorting_puts_numbers_first_and_nothing_last_and_can_be_taken_back() -> None:
    table = Table([{"v": "b"}, {}, {"v": 10}, {"v": "A"}, {"v": 9}])

    table.sort(0)
    assert [table.value(row, 0) for row in range(5)] == [9, 10, "A", "b", None]
    assert table.number(0) == 5
    table.sort(0, descending=True)
    assert [table.value(row, 0) for row in range(5)] == ["b", "A", 10, 9, None]
    table.sort(-1)
    assert [table.number(row) for row in range(5)] == [1, 2, 3, 4, 5]


def test_it_is_copied_as_spreadsheets_take_it() -> None:
    table = Table([{"a": 1, "b": "x, y"}, {"a": [1], "b": "two\nlines"}])

    assert table.text(range(2), [0, 1], separator=",") == 'a,b\n1,"x, y"\n[1],"two\nlines"\n'
    assert table.text([0], [1]) == "b\nx, y\n"


def test_lists_and_single_values_make_tables_too() -> None:
    assert Table([[1, 2], [3]]).columns == ["1", "2"]
    assert Table([[1, 2], [3]]).value(1, 1) is None
    assert Table({"a": 1}).value(0, 1) == 1
    assert Table(["x", 2]).columns == ["Value"]


def test_values_are_short_on_one_line_and_whole_as_text() -> None:
    assert one_line("two\nlines") == "two lines"
    assert one_line(list(range(500))) == "500 items"
    assert one_line(True) == "yes"
    assert as_text({"a": 1}) == '{\n  "a": 1\n}'
    assert as_text(b"Az\x00").endswith("Az·")
