"""A small world for engine tests: blocks that count, a clock that waits to be told."""

from tests.runtime.engine.world import Studio, studio

__all__ = ["Studio", "studio"]
