"""A flow as a picture (SVG): frames, blocks by their titles, links from port to port."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from graph.catalog import Catalog
from graph.edits import Position
from graph.flow import Block, Flow, Frame, Link
from graph.layout import arranged, bounds

WIDTH, HEIGHT, MARGIN = 200.0, 64.0, 40.0
REACH = 60.0
"""How far a link goes straight on from its port, in canvas units."""

STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1c2430}"
    ".kind{font-size:11px;fill:#5b6675}"
    ".block{fill:#fff;stroke:#9aa5b4}"
    ".link{fill:none;stroke:#6b7c93;stroke-width:2}"
    ".frame{fill:#eef2f7;stroke:#c3ccd8}"
)


def picture_of(flow: Flow, catalog: Catalog) -> str:
    """The flow drawn where its blocks stand, laid out if some stand nowhere."""
    placed = dict(flow.view.positions)
    if any(id not in placed for id in flow.blocks):
        placed = arranged(flow, dict.fromkeys(flow.blocks, (WIDTH, HEIGHT)))
    parts = [
        *(_frame(frame) for frame in flow.view.frames.values()),
        *(part for link in flow.links.values() for part in _link(link, placed)),
        *(_block(block, placed[id], catalog) for id, block in sorted(flow.blocks.items())),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_view(flow, placed)}" '
        f'role="img" aria-label={quoteattr(flow.name or "Flow")}>'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>"
    )


def _view(flow: Flow, placed: dict[str, Position]) -> str:
    sizes = dict.fromkeys(flow.blocks, (WIDTH, HEIGHT))
    whole = bounds({id: placed[id] for id in flow.blocks}, sizes)
    left, top, right, bottom = whole or (0.0, 0.0, WIDTH, HEIGHT)
    for frame in flow.view.frames.values():
        left, top = min(left, frame.x), min(top, frame.y)
        right = max(right, frame.x + frame.width)
        bottom = max(bottom, frame.y + frame.height)
    corner = f"{left - MARGIN:g} {top - MARGIN:g}"
    return f"{corner} {right - left + 2 * MARGIN:g} {bottom - top + 2 * MARGIN:g}"


def _frame(frame: Frame) -> str:
    return (
        f'<rect class="frame" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}" '
        f'height="{frame.height:g}" rx="8"/>'
        f'<text x="{frame.x + 12:g}" y="{frame.y + 22:g}">{escape(frame.title)}</text>'
    )


def _block(block: Block, place: Position, catalog: Catalog) -> str:
    x, y = place
    spec = catalog.get(block.kind)
    title = block.title or (spec.title if spec else block.kind)
    return (
        f'<g><rect class="block" x="{x:g}" y="{y:g}" width="{WIDTH:g}" height="{HEIGHT:g}" '
        f'rx="8"/><text x="{x + 12:g}" y="{y + 28:g}">{escape(_cut(title))}</text>'
        f'<text class="kind" x="{x + 12:g}" y="{y + 48:g}">{escape(_cut(block.id, 30))}</text></g>'
    )


def _link(link: Link, placed: dict[str, Position]) -> Iterator[str]:
    if link.source.block not in placed or link.target.block not in placed:
        return
    (x1, y1), (x2, y2) = placed[link.source.block], placed[link.target.block]
    x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT / 2, y2 + HEIGHT / 2
    yield (
        f'<path class="link" d="M{x1:g} {y1:g}C{x1 + REACH:g} {y1:g} {x2 - REACH:g} {y2:g} '
        f'{x2:g} {y2:g}"><title>{escape(str(link))}</title></path>'
    )


def _cut(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
