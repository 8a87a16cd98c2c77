"""Measured values as a person reads them: `1.2 k/s`, `340 ms`, `98 %`, `1.5 GB`."""

import math

_THOUSANDS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTES = ((2.0**30, "GB"), (2.0**20, "MB"), (2.0**10, "kB"))

SHORT = {
    "count": "", "per second": "/s", "seconds": "", "share": "", "tokens": "", "US dollars": "",
    "bytes": "",
}  # fmt: skip
"""What stands behind a number of a unit."""


def amount(value: float | None, unit: str) -> str:
    """A value with its unit; a dash where nothing tells."""
    if value is None or math.isnan(value):
        return "–"
    match unit:
        case "seconds":
            return _time(value)
        case "share":
            return f"{_digits(value * 100)} %"
        case "bytes":
            return _scaled(value, _BYTES, " ") or f"{value:.0f} B"
        case "US dollars":
            return f"${value:,.2f}" if value >= 1 or not value else f"${value:.3g}"
    return (_scaled(value, _THOUSANDS, "\u202f") or _digits(value)) + SHORT.get(unit, "")


def counted(number: int, thing: str) -> str:
    """`1 step`, `3,000 steps`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _time(seconds: float) -> str:
    size = abs(seconds)
    if not size:
        return "0 s"
    if size < 1e-3:
        return f"{_digits(seconds * 1e6)} µs"
    if size < 1:
        return f"{_digits(seconds * 1e3)} ms"
    if size < 100:
        return f"{_digits(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _scaled(value: float, sizes: tuple[tuple[float, str], ...], between: str) -> str:
    for size, name in sizes:
        if abs(value) >= size * 0.9995:
            return f"{_digits(value / size)}{between}{name}"
    return ""


def _digits(value: float) -> str:
    """Three digits that count, and no more after the point than there is to tell."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 or not value else f"{value:.1g}"
