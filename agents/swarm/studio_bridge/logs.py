"""What Studio said last: so many messages, the newest of which push out the oldest."""

import time
from collections import OrderedDict, deque
from collections.abc import Sequence

import msgspec

from agents.swarm.studio_bridge.shapes import Level, LogLine, Logs

KEPT = 5_000
"""Messages."""
LONGEST = 4_000
"""Characters of a message."""
_RUNS = 64

LEVELS: tuple[Level, ...] = ("output", "info", "warning", "error")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as Studio gives it: `number` counts the messages of one run of the plugin."""

    number: int
    level: Level
    text: str
    at: float
    source: str = ""


class Ring:
    """Messages of all projects. What a plugin sends again, unheard, is kept once."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lines = deque[LogLine](maxlen=kept)
        self._last = 0
        self._heard = OrderedDict[str, int]()

    def add(self, project: str, run: str, messages: Sequence[Message]) -> None:
        """Keep the messages of a run of a plugin that are new."""
        heard = self._heard.pop(run, 0)
        for message in messages:
            if message.number > heard:
                heard = message.number
                self._keep(project, message)
        self._heard[run] = heard
        while len(self._heard) > _RUNS:
            self._heard.popitem(last=False)

    def note(self, text: str) -> None:
        """Keep what the bridge itself has to say, unless it said just that last."""
        if not self._lines or self._lines[-1].text != text:
            told = Message(number=0, level="error", text=text, at=time.time(), source="Heddle")
            self._keep("", told)

    def lines(self, *, after: int, level: Level, contains: str, project: str, most: int) -> Logs:
        """The newest messages after one, at least as grave as `level`, the oldest first."""
        wanted = LEVELS[LEVELS.index(level) :]
        found = list[LogLine]()
        for line in reversed(self._lines):
            if line.number <= after or len(found) == most:
                break
            if (
                line.level in wanted
                and (not project or line.project in ("", project))
                and contains.casefold() in f"{line.source} {line.text}".casefold()
            ):
                found.append(line)
        dropped = self._last - len(self._lines)
        return Logs(lines=found[::-1], last=self._last, dropped=dropped)

    def _keep(self, project: str, message: Message) -> None:
        self._last += 1
        text = message.text
        self._lines.append(
            LogLine(
                number=self._last,
                level=message.level,
                text=text if len(text) <= LONGEST else f"{text[:LONGEST]}…",
                at=message.at,
                source=message.source[:LONGEST],
                project=project,
            )
        )
