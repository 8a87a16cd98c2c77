"""What was said is given again from any offset on, and what is missing is never called complete."""

from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.realtime_update.history import History
from agents.swarm.realtime_update.shapes import Event

SAID = st.lists(st.sampled_from("abc"), max_size=40)


def event(offset: int, channel: str, data: str = "x") -> Event:
    return Event(channel=channel, name="said", data=data, offset=offset)


@given(SAID, st.integers(1, 6), st.integers(1, 12), st.integers(0, 45), st.integers(0, 5))
def test_what_is_called_complete_is_all_there_was(
    said: list[str], per_channel: int, in_all: int, since: int, begins: int
) -> None:
    history = History(begins, per_channel=per_channel, in_all=in_all)
    everything = [event(begins + 1 + n, channel) for n, channel in enumerate(said)]
    for one in everything:
        history.add(one)

    for channel in "abc":
        events, complete = history.since(channel, since, 100)
        wanted = [one for one in everything if one.channel == channel and one.offset > since]
        assert events == wanted[len(wanted) - len(events) :]
        if complete:
            assert events == wanted
            assert since >= begins


@given(SAID, st.integers(1, 6), st.integers(1, 12))
def test_history_stays_within_its_bounds(said: list[str], per_channel: int, in_all: int) -> None:
    history = History(per_channel=per_channel, in_all=in_all, most_bytes=1_000)

    for n, channel in enumerate(said):
        history.add(event(n + 1, channel, "x" * 50))
        kept = {c: history.since(c, 0, 100)[0] for c in "abc"}
        assert all(len(events) <= per_channel for events in kept.values())
        assert sum(len(events) for events in kept.values()) <= min(in_all, 4)
        assert history.last(channel) is None or history.last(channel) == event(
            n + 1, channel, "x" * 50
        )


def test_an_offset_of_another_history_recovers_nothing_for_sure() -> None:
    history = History()
    history.add(event(1, "a"))

    assert history.since("a", 1_000, 10) == ([], False)


def test_a_client_that_missed_nothing_recovers_completely() -> None:
    history = History()
    for offset in (1, 2, 3):
        history.add(event(offset, "a"))

    assert history.since("a", 3, 10) == ([], True)
    assert history.since("a", 1, 10) == ([event(2, "a"), event(3, "a")], True)
