"""Why somebody isn't let in, or can't be managed as asked.

AccessError(HeddleError)
├── BadLogin        no such user, a wrong password, or one that is shut out: never said which
├── BadToken        a refresh token that is none, or none any more
├── LockedOut       too many wrong passwords; `wait` says for how long
├── TooBusy         more passwords are being checked than the machine can
├── NotThere        no user, key or tenant of that name
├── Taken           the name is somebody's already
└── Unfit           what was given can't be a name, a password, or a role here
"""

from graph.errors import HeddleError


class AccessError(HeddleError):
    """Somebody isn't let in, or can't be managed as asked."""


class BadLogin(AccessError):
    """That is nobody's name and password."""

    def __init__(self) -> None:
        super().__init__(
            "The name or the password is wrong.", cure="Who forgot theirs asks an admin."
        )


class BadToken(AccessError):
    """The refresh token is none, or none any more."""

    def __init__(self) -> None:
        super().__init__("The session is over.", cure="Log in again.")


class LockedOut(AccessError):
    """Too many wrong passwords were given; `wait` is how many seconds nobody is let in for."""

    def __init__(self, wait: float) -> None:
        seconds = max(1, round(wait))
        super().__init__(
            "Too many wrong passwords were given.", cure=f"Try again in {seconds} seconds."
        )
        self.wait = seconds


class TooBusy(AccessError):
    """More passwords are being checked than the machine can check in time."""

    wait = 1


class NotThere(AccessError):
    """There is no user, key or tenant of that name."""


class Taken(AccessError):
    """There is one of that name already."""


class Unfit(AccessError):
    """What was given can't be a name, a password, or a role here."""
