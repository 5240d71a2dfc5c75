"""Who asks: the secret of a request, kept out of every repr, message and trace."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from entitree.errors import SettingsError


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """An API key, or a user with password, or both (keys are managed by users only: platform.md 0.2, 6).

    Surrounding blanks are dropped, as pasting brings them.

    Raises:
        SettingsError: something an HTTP header cannot carry; the message never shows it.
    """

    api_key: str | None = None
    user: str | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        if self.api_key is not None:
            # A key with a line break appears whole in the HTTP library's own error message.
            key = self.api_key.strip()
            if not key:
                raise SettingsError("The API key is empty.", hint="Copy it from the portal again.")
            if not all("!" <= char <= "~" for char in key):
                raise SettingsError(
                    "The API key holds blanks or characters that no key has.",
                    hint="Copy the key alone from the portal, without the word App.",
                )
            object.__setattr__(self, "api_key", key)
        if self.user is not None and (not self.user or ":" in self.user or not self.user.isprintable()):
            raise SettingsError("The user name is empty or holds a colon or a control character.")
        if self.password is not None and not self.password.isprintable():
            raise SettingsError("The password holds a control character or half a character.")
        if (self.user is None) != (self.password is None):
            raise SettingsError("User name and password come together, or not at all.")

    def authorization(self) -> str:
        """The value of the Authorization header; the key where there is one (platform.md 0.2).

        Raises:
            SettingsError: there is neither key nor user.
        """
        if self.api_key is not None:
            return f"App {self.api_key}"
        if self.user is not None and self.password is not None:
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        raise SettingsError(
            "There is no API key to ask with.", hint="Set one with :connect or ENTITREE_API_KEY."
        )

    def __repr__(self) -> str:
        held = [name for name, value in (("key", self.api_key), ("user", self.user)) if value is not None]
        return f"<Credential: {' and '.join(held) or 'none'}>"
