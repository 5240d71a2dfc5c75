"""Who asks: the secrets of an account, kept out of every repr, message and trace."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from enum import Enum, StrEnum

from entitree.errors import SettingsError


class SignIn(StrEnum):
    """How a user with password asks (platform.md 0.2)."""

    BASIC = "basic"
    """Name and password go with every request."""
    SESSION = "session"
    """They go once, for a token that is good for an hour."""


class Form(Enum):
    """How a request says who asks; the value is what it is called when it is refused."""

    NOBODY = ""
    KEY = "API key"
    BASIC = "user name or password"
    SESSION = "session of the user"
    CLIENT = "token of the OAuth2 client"

    @property
    def signs_in(self) -> bool:
        """Whether a token has to be fetched first."""
        return self in (Form.SESSION, Form.CLIENT)


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """An API key, a user with password, an OAuth2 client with its secret, or several of them.

    Keys are managed by users and clients only (platform.md 0.2, 6). Blanks around key and client are dropped,
    as pasting brings them.

    Raises:
        SettingsError: something an HTTP header cannot carry; the message never shows it.
    """

    api_key: str | None = None
    user: str | None = None
    password: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    sign_in: SignIn = SignIn.BASIC
    """How the user asks; of no concern to key and client."""

    def __post_init__(self) -> None:
        if self.api_key is not None:
            # A key with a line break appears whole in the HTTP library's own error message.
            key = self.api_key.strip()
            if not key:
                raise SettingsError("The API key is empty.", hint="Copy it from the portal again.")
            if not fits_header(key):
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
        for name, what in (("client_id", "id"), ("client_secret", "secret")):
            if (value := getattr(self, name)) is not None:
                if not (value := value.strip()) or not value.isprintable():
                    raise SettingsError(
                        f"The {what} of the OAuth2 client is empty or holds a control character."
                    )
                object.__setattr__(self, name, value)
        if (self.client_id is None) != (self.client_secret is None):
            raise SettingsError("Id and secret of the OAuth2 client come together, or not at all.")
        if self.sign_in not in tuple(SignIn):
            raise SettingsError(f"A user signs in by {' or '.join(SignIn)}, and by nothing else.")
        # A plain text, as settings have it, is as good.
        object.__setattr__(self, "sign_in", SignIn(self.sign_in))

    def form(self, *, key: bool = True) -> Form:
        """How to ask with it: the key where there is one and it may be used, else the user, else the client.

        `Form.NOBODY` where none of them is there.
        """
        if key and self.api_key is not None:
            return Form.KEY
        if self.user is not None:
            return Form.SESSION if self.sign_in is SignIn.SESSION else Form.BASIC
        return Form.NOBODY if self.client_id is None else Form.CLIENT

    def authorization(self, *, key: bool = True) -> str | None:
        """The value of the Authorization header, where it takes no signing in first; None where it does.

        Raises:
            SettingsError: there is nothing to ask with.
        """
        match self.form(key=key):
            case Form.KEY:
                return f"App {self.api_key}"
            case Form.BASIC:
                return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
            case Form.NOBODY:
                raise SettingsError(
                    "There is no API key to ask with.", hint="Set one with :connect or ENTITREE_API_KEY."
                )
            case _:
                return None

    def __repr__(self) -> str:
        parts = (("key", self.api_key), ("user", self.user), ("client", self.client_id))
        held = [name for name, value in parts if value is not None]
        return f"<Credential: {' and '.join(held) or 'none'}>"


def fits_header(secret: str) -> bool:
    """Whether a header can carry it as it is, in one word."""
    return bool(secret) and all("!" <= char <= "~" for char in secret)
