"""Who is on which channel: whatever happens, it is what a list of everything would say."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.realtime_update.hub import Hub, Joined, Left
from agents.swarm.realtime_update.shapes import Member

LINES = st.integers(0, 5)
CHANNELS = st.sampled_from(["news", "presence-a", "presence-b"])
USERS = st.sampled_from(["ada", "grace"])
MOVES = st.lists(st.tuples(st.sampled_from(["join", "leave", "gone"]), LINES, CHANNELS, USERS))

Naive = dict[tuple[int, str], Member | None]


def users_on(naive: Mapping[tuple[int, str], Member | None], channel: str) -> set[str]:
    return {m.user_id for (_, c), m in naive.items() if c == channel and m is not None}


def lines_on(naive: Naive, channel: str) -> set[int]:
    return {line for line, c in naive if c == channel}


@given(MOVES)
def test_the_hub_says_what_a_list_of_everything_says(
    moves: list[tuple[str, int, str, str]],
) -> None:
    hub, naive = Hub[int](), Naive()

    for move, line, channel, user in moves:
        before = {c: (lines_on(naive, c), users_on(naive, c)) for _, c in naive}
        lines, users = before.get(channel, (set(), set()))
        if move == "join":
            member = Member(user) if channel.startswith("presence-") else None
            joined = hub.join(line, channel, member)
            if line in lines:
                assert joined is None
            else:
                naive[line, channel] = member
                assert joined == Joined(not lines, member if user not in users else None)
        else:
            gone = {channel} if move == "leave" else {c for other, c in naive if other == line}
            left = [hub.leave(line, channel)] if move == "leave" else list(hub.leave_all(line))
            naive = {k: m for k, m in naive.items() if not (k[0] == line and k[1] in gone)}
            for one in filter(None, left):
                assert one.last is (not lines_on(naive, one.channel))
                lost = before[one.channel][1] - users_on(naive, one.channel)
                assert {one.gone.user_id if one.gone else None} - {None} == lost

        occupied = {c for _, c in naive}
        assert set(hub.channels()) == occupied
        for one_channel in occupied:
            assert set(hub.audience(one_channel)) == lines_on(naive, one_channel)
            assert set(hub.members(one_channel)) == users_on(naive, one_channel)
            assert hub.count(one_channel) == len(lines_on(naive, one_channel))


def test_a_member_with_two_connections_comes_once_and_goes_with_the_last() -> None:
    hub = Hub[str]()

    came = [hub.join(line, "presence-a", Member("ada")) for line in ("one", "two")]
    went = [hub.leave(line, "presence-a") for line in ("one", "two")]

    assert came == [Joined(True, Member("ada")), Joined(False, None)]
    assert went == [Left("presence-a", False, None), Left("presence-a", True, Member("ada"))]


def test_a_connection_that_is_gone_is_on_no_channel() -> None:
    hub = Hub[str]()
    for channel in ("a", "b"):
        hub.join("one", channel)

    left = hub.leave_all("one")

    assert [one.channel for one in left] == ["a", "b"]
    assert hub.channels_of("one") == ()
    assert not list(hub.channels())
