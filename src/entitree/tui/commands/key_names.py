"""Keys as people write them, as Textual calls them, and as they are shown."""

from __future__ import annotations

from textual.keys import (
    REPLACED_KEYS,
    _character_to_key,  # the only one that knows what Textual calls a sign
    key_to_character,
)

_NAMED = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "insert": "Ins",
    "delete": "Del",
    "backspace": "Backspace",
    "tab": "Tab",
    "enter": "Enter",
    "escape": "Esc",
    "space": "space",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}
_ALSO = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "page_down": "pagedown",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
    " ": "space",
}
_MODIFIERS = ("alt", "ctrl", "shift")
"""In the order in which Textual puts them."""
_CAPITAL = "upper_"

NAMES = (*_NAMED, *(f"{each}+…" for each in _MODIFIERS))
"""What may be written for a key that is not one sign."""


def named(text: str) -> tuple[str, ...]:
    """What Textual calls the key written as `text`: a sign, a name, `ctrl+x`. Some keys it calls two ways;
    of what is no key there is nothing.
    """
    if len(text) == 1:
        return _signed(text)
    *modifiers, key = text.strip().replace("++", "+plus").split("+")
    before = [each.strip().casefold() for each in modifiers]
    if any(each not in _MODIFIERS for each in before):
        return ()
    word = key.strip().casefold().replace("-", "_").replace(" ", "_")
    word = _ALSO.get(word, word)
    if len(key.strip()) == 1:
        # Beside ctrl or alt a terminal knows no capital letters.
        found = _signed(key.strip().lower()) if before else _signed(key.strip())
    else:
        found = (word,) if word in _NAMED or _character(word) else ()
    chosen = "".join(f"{each}+" for each in _MODIFIERS if each in before)
    return tuple(f"{chosen}{each}" for each in found)


def _signed(sign: str) -> tuple[str, ...]:
    if sign in _ALSO:
        return (_ALSO[sign],)
    if not sign.isprintable():
        return ()
    if sign.isascii() and sign.isupper():
        return (sign, f"{_CAPITAL}{sign.lower()}")
    return (_character_to_key(sign),)


def sign(key: str) -> str:
    """How what Textual calls `key` is shown."""
    *modifiers, last = key.split("+")
    if last.startswith(_CAPITAL):
        shown = last.removeprefix(_CAPITAL).upper()
    else:
        shown = _NAMED.get(last) or _character(last) or last
    if modifiers and len(shown) == 1:
        shown = shown.upper()
    return "+".join([*(each.capitalize() for each in modifiers), shown])


def signs(keys: tuple[str, ...]) -> tuple[str, ...]:
    """`sign` of each, once."""
    return tuple(dict.fromkeys(sign(key) for key in keys))


def is_typed(key: str) -> bool:
    """Whether a text field takes the key for a letter."""
    return key == "space" or ("+" not in key and key not in _NAMED)


def _character(key: str) -> str:
    """The sign that the key types; empty where it types none."""
    found = key_to_character(REPLACED_KEYS.get(key, key)) or ""
    return found if found.isprintable() else ""
