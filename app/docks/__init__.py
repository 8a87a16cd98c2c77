"""Panels around the canvas: each module here has a `DOCK`, and is found by itself."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple

from PySide6.QtWidgets import QWidget

from app.studio import Studio

Area = Literal["left", "right", "bottom"]


class Dock(NamedTuple):
    """One panel: `build` makes its widget when the window is put together.

    `order` sorts the docks of an area, which share it as tabs. Those not `shown` at first come up
    when somebody asks for them, or by themselves when they have something to say
    (`Studio.dock_speaks`).
    """

    id: str
    title: str
    icon: str
    area: Area
    build: Callable[[Studio], QWidget]
    order: int = 50
    keys: str = ""
    shown: bool = True


@cache
def docks() -> tuple[Dock, ...]:
    """Every dock, in the order in which they stand."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in sorted(names))
    found = (getattr(module, "DOCK", None) for module in modules)
    return tuple(sorted((d for d in found if isinstance(d, Dock)), key=lambda d: d.order))
