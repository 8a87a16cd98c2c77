"""WebSockets to which an application may write frames that are made already."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "heddle.frames"
"""The extension's name in an ASGI scope."""


class FramesProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, which offers itself as an extension.

    What is said to thousands is made into a frame once; ASGI would have it made for each.
    """

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = self
        await super().run_asgi()

    def keepalive_timeout(self) -> None:
        """Whoever gives no sign of life won't read what waits either: it is given up.

        uvicorn would close only once that was read, and the application hear of it only then.
        """
        super().keepalive_timeout()
        self.abort()

    def write(self, frames: bytes) -> int:
        """Write frames, unless the connection ends; gives the bytes that wait to be read."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return 0
        self.transport.write(frames)
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Close at once, whatever still waits."""
        self.transport.abort()
