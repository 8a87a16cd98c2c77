"""HTTP requests read by llhttp, whose heads are bounded."""

import sys
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD = 64 * 1024
"""Bytes that a request may have between two pieces of its body: its head, or what ends it."""


class HeadsProtocol(HttpToolsProtocol):
    """uvicorn's own, which keeps what is no body for as long as it comes.

    Of a request that offers to go on in another protocol, as Java's do with HTTP/2, it drops the
    body. Such an offer needs no answer: but for WebSocket, the request is read as if without it.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._head = 0
        self._data = b""
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request whose head grows too long is refused, and closed."""
        while data:
            self._head += len(data)
            self._data, self._rest = data, b""
            super().data_received(data)
            data = self._rest
        self._data = self._rest = b""
        if self._head > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request has at most {MOST_HEAD:,} bytes.")

    def on_headers_complete(self) -> None:
        """What offers another protocol is read once more, without that."""
        if not self._offers_another():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body ends what came before it."""
        self._head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What comes next is another request."""
        self._head = 0
        if not self._offers_another():
            super().on_message_complete()

    def _offers_another(self) -> bool:
        return (
            self.parser.should_upgrade()
            and any(name == b"upgrade" for name, _ in self.headers)
            and not self._should_upgrade()
        )

    def _unsupported_upgrade_warning(self) -> None:
        """llhttp stopped behind a head that offers another protocol, and says where."""
        stopped = sys.exc_info()[1]
        assert stopped is not None, "called where it is handled"
        begins = b"%b %b HTTP/%b\r\n" % (
            self.parser.get_method(), self.url, self.parser.get_http_version().encode(),
        )  # fmt: skip
        kept = [b"%b: %b\r\n" % both for both in self.headers if both[0] != b"upgrade"]
        self._rest = b"".join([begins, *kept, b"\r\n", self._data[stopped.args[0] :]])
