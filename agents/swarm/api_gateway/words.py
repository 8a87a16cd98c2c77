"""What is said of endpoints to people."""

import time

from agents.swarm.api_gateway.shapes import Endpoint


def deprecated_words(endpoint: Endpoint) -> str:
    """What is said to whoever calls an endpoint that should be called no more, "" for others."""
    told = endpoint.deprecation
    if told is None:
        return ""
    until = (
        f" It is answered until {time.strftime('%Y-%m-%d', time.gmtime(told.sunset))}."
        if told.sunset is not None
        else ""
    )
    instead = f" Call {told.successor} instead." if told.successor else ""
    return (
        f"{endpoint.method} {endpoint.address} is deprecated.{until}{instead} {told.note}".strip()
    )
