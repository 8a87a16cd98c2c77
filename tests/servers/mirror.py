"""A server that says back what it is told, in many forms: what a secret must not survive."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote


def forms(secret: str) -> set[str]:
    """A secret as it may come up: plain, in JSON, in an address, as base64."""
    return {
        secret, json.dumps(secret)[1:-1], quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.b64encode(f"me:{secret}".encode()).decode().rstrip("="),
    }  # fmt: skip


@contextmanager
def mirror() -> Iterator[str]:
    """The address of such a server: `/echo` succeeds, anything else is refused."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    serving.join()


class Mirror(BaseHTTPRequestHandler):
    """Says back what it was told, in many forms."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length).decode()
        key = self.headers.get("X-Key") or self.headers.get("Authorization", "")
        answer = json.dumps({
            "sent": sent, "key": key, "inside": f"the key is {key}, isn't it",
            "address": quote(key, safe=""), "packed": base64.b64encode(key.encode()).decode(),
        }).encode()  # fmt: skip
        self.send_response(200 if self.path == "/echo" else 403, f"No {key}")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Said", key)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass
