"""Secrets in the keyring of the system: Keychain, Credential Locker, Secret Service, KWallet."""

from typing import TYPE_CHECKING

from runtime.secrets.keep import KeyringFailed, Place

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_CURE = "Unlock it, or keep secrets in an encrypted file instead: `heddle secrets move --to vault`."


class SystemKeyring:
    """Texts under one service name; `service` tells the homes of one machine apart."""

    place: Place = "keyring"

    def __init__(self, service: str) -> None:
        self._service = service

    def get(self, name: str) -> str | None:
        """The text of that name, None when there is none."""
        try:
            return _backend().get_password(self._service, name)
        except Exception as error:  # a backend is anybody's, and raises what it likes
            raise KeyringFailed(f"The keyring doesn't answer: {error}", cure=_CURE) from error

    def put(self, name: str, value: str) -> None:
        """Keep a text, instead of what was kept under that name."""
        try:
            _backend().set_password(self._service, name, value)
        except Exception as error:  # see get
            raise KeyringFailed(f"The keyring takes nothing: {error}", cure=_CURE) from error

    def remove(self, name: str) -> None:
        """Forget a text; nothing happens when there is none."""
        if self.get(name) is None:
            return
        try:
            _backend().delete_password(self._service, name)
        except Exception as error:  # see get
            raise KeyringFailed(f"The keyring gives nothing up: {error}", cure=_CURE) from error


def unusable() -> str:
    """Why there is no keyring to keep secrets in, "" when there is one."""
    try:
        backend = _backend()
        # Those below 1 keep nothing, or keep it in plain sight.
        if backend.priority < 1:
            return "there is no keyring here"
        backend.get_password("Heddle", "is anybody there")
    except Exception as error:  # noqa: BLE001 - a backend is anybody's, and raises what it likes
        return f"the keyring doesn't answer: {error}"
    return ""


def _backend() -> "KeyringBackend":
    # Looks for backends, some of which speak D-Bus: only when a secret is wanted.
    import keyring  # noqa: PLC0415 - see above

    return keyring.get_keyring()
