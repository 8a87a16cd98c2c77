"""Who is at other processes: whatever they tell, it is what a list of everything would say."""

from hypothesis import given
from hypothesis import strategies as st

from agents.swarm.realtime_update.elsewhere import Change, Elsewhere, There
from agents.swarm.realtime_update.shapes import Member

CHANNELS = st.sampled_from(["presence-a", "presence-b", "presence-c"])
MEMBERS = st.dictionaries(st.sampled_from(["ada", "grace", "joan"]), st.none(), max_size=3)
THERE = MEMBERS.map(lambda members: There(len(members), members))
TOLD = st.dictionaries(CHANNELS, THERE)
WORDS = st.lists(
    st.tuples(st.sampled_from(["some", "all", "gone"]), st.sampled_from(["one", "two"]), TOLD)
)

Naive = dict[tuple[str, str], There]


def seen(naive: Naive, channel: str) -> tuple[int, set[str]]:
    there = [one for (_, name), one in naive.items() if name == channel]
    return sum(one.count for one in there), {user for one in there for user in one.members}


def apply(elsewhere: Elsewhere, naive: Naive, word: str, who: str, told: dict[str, There]) -> list[
    Change
]:  # fmt: skip
    if word != "some":
        for key in [key for key in naive if key[0] == who]:
            del naive[key]
    if word == "gone":
        return elsewhere.forget(who)
    naive.update({(who, channel): there for channel, there in told.items()})
    return elsewhere.take(who, told) if word == "some" else elsewhere.take_all(who, told)


@given(WORDS)
def test_members_come_and_go_once_however_many_processes_they_are_at(
    words: list[tuple[str, str, dict[str, There]]],
) -> None:
    elsewhere, naive = Elsewhere(), Naive()

    for word, who, told in words:
        before = {channel: seen(naive, channel) for channel in ("presence-a", "presence-b")}
        changes = apply(elsewhere, naive, word, who, told)

        for channel, (count, users) in before.items():
            now, there = seen(naive, channel)
            assert elsewhere.count(channel) == now
            assert elsewhere.members(channel) == {user: Member(user) for user in there}
            assert (channel in elsewhere.channels("presence-")) == (now > 0)
            found = [one for one in changes if one.channel == channel]
            came = {member.user_id for one in found for member in one.came}
            went = {member.user_id for one in found for member in one.went}
            assert (came, went) == (there - users, users - there)
            assert all((one.before, one.after) == (count, now) for one in found)
