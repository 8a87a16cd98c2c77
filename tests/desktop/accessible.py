"""What a screen reader is told, over the real AT-SPI bus: names, roles, states, actions."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from jeepney import DBusAddress, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.desktop.waiting import until

ACCESSIBLE = "org.a11y.atspi.Accessible"
ACTION = "org.a11y.atspi.Action"
COMPONENT = "org.a11y.atspi.Component"
TEXT = "org.a11y.atspi.Text"
EDITABLE = "org.a11y.atspi.EditableText"

STATES = {"active": 1, "checked": 4, "enabled": 8, "expanded": 10, "focused": 12,
          "selected": 23, "showing": 25, "visible": 30}  # fmt: skip
"""Bits of the state, as AT-SPI numbers them."""

MOST = 4000
"""Objects of a window beyond which walking it counts as lost."""


class Gone(Exception):
    """The object isn't there any more."""


class Bus:
    """A connection to the accessibility bus of a machine."""

    def __init__(self, session_address: str) -> None:
        session = open_dbus_connection(session_address)
        broker = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        answer = session.send_and_get_reply(new_method_call(broker, "GetAddress"), timeout=20)
        self._connection: DBusConnection = open_dbus_connection(answer.body[0])
        session.close()

    def close(self) -> None:
        self._connection.close()

    def call(self, place: DBusAddress, method: str, signature: str = "", *words: Any) -> Any:
        """Ask an object. Raises Gone."""
        return self._answer(new_method_call(place, method, signature or None, words))

    def value(self, place: DBusAddress, name: str) -> Any:
        """A property of an object. Raises Gone."""
        return self._answer(Properties(place).get(name))[0][1]

    def _answer(self, question: Any) -> Any:
        answer = self._connection.send_and_get_reply(question, timeout=10)
        if answer.header.message_type is MessageType.error:
            raise Gone(str(answer.body))
        return answer.body

    def application(self, pid: int) -> "Thing | None":
        """The program with that process id, once it has announced itself."""
        registry = "org.a11y.atspi.Registry"
        for thing in Thing(self, registry, "/org/a11y/atspi/accessible/root").children:
            who = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus",
                              "org.freedesktop.DBus")  # fmt: skip
            asked = self.call(who, "GetConnectionUnixProcessID", "s", thing.owner)
            if asked[0] == pid:
                return thing
        return None


class Thing:
    """One object that a screen reader sees."""

    def __init__(self, bus: Bus, owner: str, path: str) -> None:
        self._bus, self.owner, self.path = bus, owner, path

    def __repr__(self) -> str:
        return f"<{self.role} {self.name!r}>"

    def _at(self, interface: str) -> DBusAddress:
        return DBusAddress(self.path, self.owner, interface)

    @property
    def name(self) -> str:
        return str(self._bus.value(self._at(ACCESSIBLE), "Name"))

    @property
    def description(self) -> str:
        return str(self._bus.value(self._at(ACCESSIBLE), "Description"))

    @property
    def role(self) -> str:
        return str(self._bus.call(self._at(ACCESSIBLE), "GetRoleName")[0])

    @property
    def children(self) -> "list[Thing]":
        found = self._bus.call(self._at(ACCESSIBLE), "GetChildren")[0]
        return [Thing(self._bus, owner, path) for owner, path in found]

    def names(self) -> "Iterator[str]":
        """What its children are called, as far as they are still there when they are asked."""
        for child in self.children:
            with contextlib.suppress(Gone):
                yield child.name

    def is_(self, state: str) -> bool:
        """Whether it is `showing`, `checked`, `focused`, …"""
        low, high = self._bus.call(self._at(ACCESSIBLE), "GetState")[0]
        return bool((low | high << 32) >> STATES[state] & 1)

    @property
    def actions(self) -> list[str]:
        """What can be done with it."""
        count = self._bus.value(self._at(ACTION), "NActions")
        names = (self._bus.call(self._at(ACTION), "GetName", "i", i)[0] for i in range(count))
        return [str(name) for name in names]

    def do(self, action: str = "") -> None:
        """Do the action of that name, or the first."""
        number = self.actions.index(action) if action else 0
        assert self._bus.call(self._at(ACTION), "DoAction", "i", number)[0]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height on the screen."""
        x, y, width, height = self._bus.call(self._at(COMPONENT), "GetExtents", "u", 0)[0]
        return x, y, width, height

    @property
    def text(self) -> str:
        """What stands in a field."""
        return str(self._bus.call(self._at(TEXT), "GetText", "ii", 0, -1)[0])

    def write(self, text: str) -> None:
        """Put a text into a field in place of what is there."""
        self._bus.call(self._at(EDITABLE), "SetTextContents", "s", text)

    def focus(self) -> None:
        """Give it the keyboard."""
        self._bus.call(self._at(COMPONENT), "GrabFocus")

    def walk(self) -> "Iterator[Thing]":
        """It and everything below it that is there now."""
        waiting = [self]
        for count, thing in enumerate(waiting):
            assert count < MOST, "The tree of accessible objects doesn't end."
            yield thing
            try:
                waiting.extend(thing.children)
            except Gone:
                continue

    def find(self, role: str, name: str | Callable[[str], bool]) -> "Thing | None":
        """The first object of that role and name that shows."""
        right = name if callable(name) else name.__eq__
        for thing in self.walk():
            try:
                if thing.role == role and right(thing.name) and thing.is_("showing"):
                    return thing
            except Gone:
                continue
        return None

    def wait_for(self, role: str, name: str | Callable[[str], bool]) -> "Thing":
        """The object, as soon as it shows."""
        return until(lambda: self.find(role, name), f"a {role} named {name!r}")
