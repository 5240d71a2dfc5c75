"""The keys that the user's settings give to commands and bindings, by name; and what is wrong with them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from entitree.record import record
from entitree.tui.commands.key_names import NAMES, is_typed, named, signs
from entitree.tui.widgets.bound import UNBOUND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Keys = tuple[str, ...]
    Ground = Mapping[str, Keys]
    """What can be pressed at one place: names, with the keys that each has by itself."""

_HELD = {
    "tab": "goes to the next part of the screen",
    "shift+tab": "goes to the part of the screen before",
    "ctrl+c": "copies what is selected",
}
"""What Textual does itself, everywhere."""


@record
class Keymap:
    """`changed`: the keys of what has others than its own, by name; with no keys it is in the palette only.
    `problems`: the name and a sentence for each wish that could not be met.
    """

    changed: Mapping[str, Keys]
    problems: tuple[tuple[str, str], ...]

    def for_textual(self) -> dict[str, str]:
        """As `App.set_keymap` wants it."""
        return {name: ",".join(keys) or UNBOUND for name, keys in self.changed.items()}


def resolve(wanted: Mapping[str, Keys], grounds: Sequence[Ground], typed: frozenset[str]) -> Keymap:
    """Gives each name the keys `wanted` for it, as written, as far as nothing else has them in any of the
    `grounds` it is pressed in. Of two that want the same key the first has it. What shares a key by itself
    may share another. `typed` are those pressed while a field takes letters.
    """
    return _Resolving(grounds, typed).resolve(wanted)


class _Resolving:
    def __init__(self, grounds: Sequence[Ground], typed: frozenset[str]) -> None:
        self._grounds = grounds
        self._typed = typed
        self._own: dict[str, Keys] = {}
        for ground in grounds:
            for name, keys in ground.items():
                self._own[name] = tuple(dict.fromkeys((*self._own.get(name, ()), *keys)))
        self._given: dict[str, Keys] = {}
        self._problems: list[tuple[str, str]] = []

    def resolve(self, wanted: Mapping[str, Keys]) -> Keymap:
        known = {name: self._named(name, texts) for name, texts in wanted.items() if self._knows(name)}
        # Those that move elsewhere leave their own keys to the others.
        self._given = {name: () for name, keys in known.items() if keys is not None}
        changed = {}
        for name, keys in known.items():
            if keys is not None:
                self._given[name] = given = self._free(name, keys)
                if given != self._own[name]:
                    changed[name] = given
        return Keymap(changed, tuple(self._problems))

    def _knows(self, name: str) -> bool:
        if name in self._own:
            return True
        near = get_close_matches(name, self._own, n=1, cutoff=0.5)
        more = f" Did you mean {near[0]}?" if near else " : lists the names."
        self._problems.append((name, f"Nothing is called {name!r}.{more}"))
        return False

    def _named(self, name: str, texts: Iterable[str]) -> Keys | None:
        """What Textual calls them; None where none of those that are written is a key for it."""
        keys: list[str] = []
        written = False
        for text in texts:
            written = True
            found = named(text)
            if not found:
                near = get_close_matches(text.casefold(), NAMES, n=1, cutoff=0.6)
                more = f" Did you mean {near[0]}?" if near else " One sign, or a name such as f5 or ctrl+n."
                self._problems.append((name, f"{name}: no key is called {text!r}.{more}"))
            elif name in self._typed and is_typed(found[0]):
                why = f"{name} is pressed while you type: {text!r} would be typed."
                self._problems.append((name, why))
            else:
                keys += found
        return tuple(dict.fromkeys(keys)) if keys or not written else None

    def _free(self, name: str, keys: Keys) -> Keys:
        """Those of `keys` that nothing else has; its own where that leaves none of them."""
        free = []
        clashes: dict[str, str] = {}
        for key in keys:
            holder = self._holder(name, key)
            if holder:
                clashes.setdefault(holder, signs((key,))[0])
            else:
                free.append(key)
        if keys and not free:
            free = [key for key in self._own[name] if not self._holder(name, key)]
        if clashes:
            taken = " and ".join(f"{sign} {holder}" for holder, sign in clashes.items())
            left = " ".join(signs(tuple(free)))
            self._problems.append((name, f"{name}: {taken}. It has {left or 'no key'}."))
        return tuple(free)

    def _holder(self, name: str, key: str) -> str:
        """What the key does already where `name` is pressed."""
        if key in _HELD:
            return _HELD[key]
        for ground in self._grounds:
            for other, own in ground.items() if name in ground else ():
                shared = set(own) & set(ground[name])
                if other != name and not shared and key in self._given.get(other, own):
                    return f"is the key of {other}"
        return ""
