"""Every address of every service, with something in the place of each parameter."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module

from litestar import Litestar
from litestar.routes import HTTPRoute

from runtime.services.house import House
from runtime.services.offered import SERVICES

NOTHING = "nothing-of-that-name"


def apps(house: House) -> Iterator[Litestar]:
    """The app of each way into each service."""
    for service in SERVICES:
        for way in service.ways:
            module, _, name = way.place.partition(":")
            app = getattr(import_module(module), name)(house)
            if isinstance(app, Litestar):
                yield app


def addresses(house: House, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """Methods and paths, first those that change nothing.

    What `places` says nothing of is the name of nothing.
    """

    def place(found: re.Match[str]) -> str:
        return places.get(found[1], NOTHING)

    walked = {
        (str(method), re.sub(r"\{(\w+)(?::\w+)?\}", place, route.path))
        for app in apps(house)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }
    return sorted(walked, key=lambda one: (one[0] != "GET", one[1], one[0]))
