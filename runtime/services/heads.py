"""HTTP requests read by llhttp, whose heads are bounded."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes that a request may have between two pieces of its body: its head, or what ends it."""


class HeadsProtocol(HttpToolsProtocol):
    """uvicorn's own, which keeps what is no body for as long as it comes."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head = 0

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request whose head grows too long is refused, and closed."""
        self._head += len(data)
        super().data_received(data)
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {MOST_HEAD:,} bytes.")

    def on_body(self, body: bytes) -> None:
        """A piece of a body ends what came before it."""
        self._head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What comes next is another request."""
        self._head = 0
        super().on_message_complete()
