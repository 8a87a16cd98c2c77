"""Figures: what was measured, beside what, and which bound it was meant to keep."""

from typing import Any

import msgspec


class Unavailable(Exception):
    """This figure cannot be measured here; the message says what is missing."""


class Target(msgspec.Struct, frozen=True):
    """A bound that a figure is compared with. It is reported and never asserted: machines differ.

    A `value` of "ratio" bounds ours divided by the reference, "ours" what we measured ourselves.
    """

    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None
    value: str = "ratio"
    wording: str = ""

    def met(self, measured: "Measured") -> bool:
        """Whether a measurement keeps the bound."""
        got = measured.ratio if self.value == "ratio" else measured.ours
        return (self.at_most is None or got <= self.at_most) and (
            self.at_least is None or got >= self.at_least
        )

    def __str__(self) -> str:
        if self.wording:
            return self.wording
        sign, bound = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        aim = f", aim {short(self.aim)}" if self.aim is not None else ""
        return f"{self.value} {sign} {short(bound)}{aim}"


class Measured(msgspec.Struct, frozen=True):
    """Ours and the reference in `unit`, measured side by side, and ours as a multiple of it.

    The ratio is the median of the ratios of neighbouring laps, so it need not be exactly the
    ratio of the two medians. `notes` are more fields for the figure's line.
    """

    ours: float
    reference: float
    ratio: float
    unit: str
    notes: dict[str, Any] = {}


class Figure(msgspec.Struct, frozen=True):
    """One benchmark's outcome: measured, or why it could not be."""

    name: str
    measured: Measured | None
    target: Target | None = None
    missing: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is kept; None without a target or a measurement."""
        return self.target.met(self.measured) if self.target and self.measured else None

    def line(self) -> dict[str, Any]:
        """The figure as one JSON object: name, ours, reference, ratio and unit, then the rest."""
        got = self.measured
        fields: dict[str, Any] = {
            "name": self.name,
            "ours": got and rounded(got.ours),
            "reference": got and rounded(got.reference),
            "ratio": got and rounded(got.ratio),
            "unit": got and got.unit,
        }
        if self.target:
            fields |= {"target": str(self.target), "met": self.met}
        return fields | (got.notes if got else {"missing": self.missing})


def rounded(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")


def short(value: float | None) -> str:
    """A number for people: three significant digits, thousands set apart."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
