"""A canvas to act on."""

from tests.app.editor.hands import bench, canvas, hand, refusals, studio

__all__ = ["bench", "canvas", "hand", "refusals", "studio"]
