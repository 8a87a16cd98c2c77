"""What happens to agents as it is told in the window, and the way from there to their dock."""

from typing import Any

from app.docks.agents import Agents
from app.inspecting import bring_up
from app.notices import Offer
from app.presenters.agents import Newsroom
from app.studio import Studio


def install(studio: Studio) -> None:
    """Tell of breakers that open and close, and bind what shows the agents."""
    dock: Agents = studio.window.findChild(Agents)
    room = Newsroom()

    def show(agent: str = "") -> None:
        bring_up(dock)
        if agent:
            dock.show_agent(agent)

    def tell(happening: Any) -> None:
        if (news := room.news(happening)) is not None:
            offer = Offer("Show agents", lambda: show(news.agent))
            offers = (offer,) if news.tone == "warning" else ()
            if offers:
                studio.dock_speaks.emit("agents")
            # What is down stays told of until it is well again, or somebody has read it.
            stays = bool(offers)
            studio.notices.tell(news.text, news.tone, *offers, key=news.key, stays=stays)

    studio.actions.bind("go.agents", show)
    studio.bridge.agents_happened.connect(tell)
    studio.bridge.state_changed.connect(lambda *_: room.forget())
