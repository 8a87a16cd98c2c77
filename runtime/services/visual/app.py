"""The app of the visual builder."""

from litestar import Litestar

from runtime.services.house import House, app_of
from runtime.services.visual.drawings import Drawings
from runtime.services.visual.flows import FLOWS
from runtime.services.visual.shared import DRAWINGS

PREFIX = "/api/v1/visual"


def visual(house: House) -> Litestar:
    """Blocks, flows and drawings below /api/v1/visual."""
    kept = Drawings(house.settings.folder, house.settings.database_url)
    house.at_end.callback(kept.close)
    return app_of(
        house, "visual", "Visual builder", [FLOWS, DRAWINGS], prefix=PREFIX, drawings=kept
    )
