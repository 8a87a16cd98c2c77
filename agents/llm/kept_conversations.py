"""Conversations kept between runs: a file each, one line a turn, only ever appended to."""

import asyncio
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from agents.llm.conversation import messages_in
from agents.llm.shapes import Message
from graph.errors import BadInput

MOST_KEPT = 200
"""Turns that are left when a file is cleared of old ones."""
LARGEST = 4 * 1024 * 1024
"""Bytes from which on a file is cleared of old turns."""


class Turn(msgspec.Struct, frozen=True):
    """What was said and answered, as plain data. `key` is that of the task that asked."""

    key: str
    messages: list[dict[str, Any]]


class KeptConversation:
    """One conversation in a folder, by its name among those of one flow's folder."""

    def __init__(self, folder: Path, home: str, name: str) -> None:
        digest = hashlib.sha256(f"{home}\0{name}".encode()).hexdigest()[:32]
        self._path = folder / "conversations" / f"{digest}.jsonl"

    async def recall(self, key: str, turns: int) -> tuple[Message, ...]:
        """What was said in the last turns, those of the task itself left out.

        A task that was interrupted behind its answer finds the conversation as it first did.
        """
        kept = await asyncio.to_thread(self._read)
        past = [turn for turn in kept if turn.key != key][-turns:] if turns > 0 else []
        return tuple(message for turn in past for message in _messages(turn))

    async def add(self, key: str, messages: list[dict[str, Any]]) -> None:
        """Keep a turn, as plain data. Given twice for one task, the later stands for both."""
        await asyncio.to_thread(self._append, Turn(key, messages))

    def _read(self) -> list[Turn]:
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        kept = dict[str, Turn]()
        for line in lines:
            with suppress(msgspec.DecodeError):  # cut short when the machine went down
                turn = msgspec.json.decode(line, type=Turn)
                kept.pop(turn.key, None)
                kept[turn.key] = turn
        return list(kept.values())

    def _append(self, turn: Turn) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = b"\n" + msgspec.json.encode(turn)
        place = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(place, line)
            os.fsync(place)
            size = os.fstat(place).st_size
        finally:
            os.close(place)
        if size > LARGEST:
            self._clear()

    def _clear(self) -> None:
        """Keep the last turns only."""
        lines = (msgspec.json.encode(turn) for turn in self._read()[-MOST_KEPT:])
        draft = self._path.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(b"\n".join(lines))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _messages(turn: Turn) -> tuple[Message, ...]:
    try:
        return messages_in(turn.messages)
    except BadInput:  # written by a later Heddle
        return ()
