"""The app of the auth service."""

from litestar import Litestar

from runtime.services.auth.audit import AUDIT
from runtime.services.auth.keys import KEYS
from runtime.services.auth.sessions import SESSIONS
from runtime.services.auth.tenants import TENANTS
from runtime.services.auth.users import USERS
from runtime.services.house import House, app_of

PREFIX = "/api/v1/auth"


def auth(house: House) -> Litestar:
    """Everything below /api/v1/auth; nothing but its health where nobody is let in by name."""
    tables = [SESSIONS, USERS, KEYS, AUDIT, TENANTS] if house.access else []
    return app_of(house, "auth", "Auth", tables, prefix=PREFIX, access=house.access)
