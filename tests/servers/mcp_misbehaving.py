"""A program that is a bad MCP server, each time in another way: `… mcp_misbehaving.py WAY`."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

TOOL = {"name": "ask", "inputSchema": {"type": "object"}}
TYPED = {**TOOL, "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}},
                                  "required": ["n"]}}  # fmt: skip
GREETING = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "bad", "version": "1"},
}


def say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def answer(id: Any, result: Any) -> None:
    say({"jsonrpc": "2.0", "id": id, "result": result})


def notify(**params: Any) -> None:
    say({"jsonrpc": "2.0", "method": "notifications/message", "params": params})


def misbehave(way: str, id: Any) -> None:
    """Answer a call as well as this one can."""
    if way == "hang":
        return
    if way == "flood":
        while True:
            notify(level="info", data="again")
    if way == "babble":
        while True:
            print("Loading… please wait", flush=True)
    if way == "giant":
        sys.stdout.write('{"x": "' + "x" * (17 * 1024 * 1024))
        sys.stdout.flush()
        time.sleep(60)
    if way == "die":
        print("out of thread", file=sys.stderr, flush=True)
        sys.exit(1)
    if way == "lie":
        answer(id, {"content": [], "structuredContent": {"n": "many"}})
    if way == "nonsense":
        answer(id, {"content": "no list"})


def offered(way: str) -> Iterator[Any]:
    """The tools it offers."""
    yield TYPED if way == "lie" else TOOL
    if way == "sprawl":
        for name in ("", "x" * 1000, *(f"t{number}" for number in range(60))):
            yield {"name": name, "inputSchema": {"type": "object", "title": "t" * 60_000}}


def main(way: str) -> None:
    if way == "mute":
        time.sleep(3600)
    if way == "stubborn":
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        message = json.loads(line)
        match message.get("method"):
            case "initialize":
                answer(message["id"], GREETING)
            case "tools/list":
                answer(message["id"], {"tools": list(offered(way))})
            case "tools/call":
                misbehave(way, message["id"])
            case "notifications/cancelled":
                print("cancelled", file=sys.stderr, flush=True)
            case _ if "id" in message:
                error = {"code": -32601, "message": "unknown"}
                say({"jsonrpc": "2.0", "id": message["id"], "error": error})
    while way == "stubborn":
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1])
