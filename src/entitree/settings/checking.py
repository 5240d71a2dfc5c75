"""All that is wrong with the files of settings and the environment, said at once.

Whatever opens a profile stops at the first thing that is wrong. What themes and commands are called the app
tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.errors import SettingsError
from entitree.settings import environment
from entitree.settings.files import parsed, read_text
from entitree.settings.lines import lines_of
from entitree.settings.profile import SANDBOX_PROFILE, Profile, Secrets, check_name, parse_limits
from entitree.settings.tables import Fault, faults_of_config, faults_of_secret
from entitree.settings.written import are_keys, taken_keys

if TYPE_CHECKING:
    from pathlib import Path

    from entitree.settings.lines import Place
    from entitree.settings.paths import Paths
    from entitree.settings.profile import Address

Signing: TypeAlias = Callable[[Profile], object]
"""Raises SettingsError where a profile cannot sign in with what it has, repeating nothing of it."""

_LINE = re.compile(r"\(at line (\d+), ")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_RULES = (
    environment.READ_ONLY,
    environment.PROTECTED,
    environment.LIMITS,
    environment.SIGN_IN,
    environment.REFRESH,
    environment.LEAN,
)
_WAYS = (
    ("api_key", ("api_key",), (environment.API_KEY,)),
    ("user", ("user", "password"), (environment.USER, environment.PASSWORD)),
    ("client_id", ("client_id", "client_secret"), (environment.CLIENT_ID, environment.CLIENT_SECRET)),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Holds nothing of a secret, and no key of secrets.toml that is not known: it may be one."""

    file: Path | None
    """None for a variable."""
    key: str
    """Dotted, as in the file; empty for the file as a whole. Or the name of the variable."""
    line: int | None
    what: str
    hint: str
    nearest: str = ""
    """What was probably meant."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the app knows by name."""

    themes: Sequence[str]
    unmet: Callable[[Mapping[str, tuple[str, ...]]], Iterable[tuple[str, str]]]
    """Of the keys wished for commands, by their names: the name and a sentence for each that cannot be."""


def find_problems(
    paths: Paths,
    environ: Mapping[str, str],
    address: Address,
    signing: Signing,
    names: Names | None = None,
) -> list[Problem]:
    """In the order of files and lines; variables come last. Themes and keys are checked against `names`."""
    config, saved = _File(paths.config_file), _File(paths.profiles_file)
    secrets = _File(paths.secrets_file, secret=True)
    profiles = {**saved.profiles, **config.profiles}
    for file in (config, saved):
        _check_profiles(file, profiles, address)
        if names is not None:
            _check_themes(file, names)
    if names is not None:
        _check_keys(config, names)
    _check_secrets(secrets, profiles, address, signing)
    found = [each for file in (config, saved, secrets) for each in file.in_order()]
    return [*found, *_wrong_variables(environ, address, signing)]


@dataclass
class _File:
    """A file that is read as far as it can be, and what was found wrong with it."""

    file: Path
    secret: bool = False
    tables: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            text = read_text(self.file, secret=self.secret)
            self.tables = parsed(self.file, text, secret=self.secret)
            self.lines = lines_of(text)
        except RecursionError:
            # The keys are known all the same.
            pass
        except SettingsError as error:
            line = _LINE.search(error.what)
            what = error.what.removeprefix(f"{self.file} ")
            number = int(line[1]) if line else None
            self.problems.append(Problem(self.file, "", number, _sentence(what), error.hint))

    @property
    def profiles(self) -> dict[str, Any]:
        found = self.tables.get("profile")
        return found if isinstance(found, dict) else {}

    def in_order(self) -> list[Problem]:
        return sorted(self.problems, key=lambda each: each.line or 0)

    def add(self, place: Place, what: str, hint: str, *, nearest: str = "", shown: bool = True) -> None:
        """Without `shown` the place is told by its line alone."""
        line = next(
            (self.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self.lines), None
        )
        key = _dotted(place) if shown else ""
        self.problems.append(Problem(self.file, key, line, what, hint, nearest))

    @contextmanager
    def at(self, place: Place) -> Iterator[None]:
        """A SettingsError inside is a problem of that place."""
        try:
            yield
        except SettingsError as error:
            self.add(place, _sentence(error.what), error.hint)


def _check_profiles(file: _File, profiles: Mapping[str, object], address: Address) -> None:
    faults = faults_of_config(file.tables)
    for fault in faults:
        file.add(fault.place, _sentence(f"{fault.what}."), fault.hint, nearest=_nearest(fault))
    wrong = {fault.place for fault in faults}
    default = file.tables.get("default")
    if isinstance(default, str) and default not in {*profiles, SANDBOX_PROFILE.name}:
        known = [*profiles, SANDBOX_PROFILE.name]
        file.add(
            ("default",),
            f"There is no profile {default!r}.",
            f"Known: {', '.join(known)}.",
            nearest=_like(default, known),
        )
    for name, table in file.profiles.items():
        place = ("profile", name)
        with file.at(place):
            check_name(name)
        if not isinstance(table, dict):
            continue
        if isinstance(base_url := table.get("base_url"), str):
            with file.at((*place, "base_url")):
                address(base_url)
        if "limits" in table and (*place, "limits") not in wrong:
            with file.at((*place, "limits")):
                parse_limits(str(table["limits"]))


def _check_themes(file: _File, names: Names) -> None:
    tables = [((), file.tables), *((("profile", name), table) for name, table in file.profiles.items())]
    for place, table in tables:
        theme = table.get("theme") if isinstance(table, dict) else None
        if isinstance(theme, str) and theme not in names.themes:
            what, hint = f"There is no theme {theme!r}.", f"Known: {', '.join(names.themes)}."
            file.add((*place, "theme"), what, hint, nearest=_like(theme, names.themes))


def _check_keys(file: _File, names: Names) -> None:
    table = file.tables.get("keys")
    keys = table if isinstance(table, dict) else {}
    wanted = {name: taken_keys(said) for name, said in keys.items() if are_keys({name: said})}
    for name, sentence in names.unmet(wanted):
        file.add(("keys", name), sentence, "")


def _check_secrets(file: _File, profiles: Mapping[str, object], address: Address, signing: Signing) -> None:
    for name, table in file.tables.items():
        place, known = (name,), name in profiles
        faults = faults_of_secret(table)
        for fault in faults:
            # A name may be a key that was pasted in the wrong place.
            where = (name, *fault.place)
            what = "a key stands there that is not known" if fault.known else fault.what
            shown = known and not fault.known
            file.add(where, _sentence(f"{what}."), fault.hint, nearest=_nearest(fault), shown=shown)
        if not known:
            what, hint = "There is no such profile.", "Define it, or delete this table."
            file.add(place, what, hint, nearest=_like(name, profiles), shown=False)
        if not faults:
            _check_secret(file, name, profiles.get(name), address, signing, shown=known)


def _check_secret(
    file: _File, name: str, profile: object, address: Address, signing: Signing, *, shown: bool
) -> None:
    table = file.tables[name]
    home = None
    try:
        home = address(table["base_url"])
    except SettingsError as error:
        file.add((name, "base_url"), _sentence(error.what), error.hint, shown=shown)
    written = profile.get("base_url") if isinstance(profile, dict) else None
    if home is not None and isinstance(written, str):
        try:
            there = address(written)
        except SettingsError:
            there = home
        if there != home:
            what = "It belongs to another address than the profile has, so it is not used."
            file.add((name, "base_url"), what, "Give the key for the new address to connect.")
    for first, keys, _ in _WAYS:
        given = {key: value for key in keys if (value := table.get(key)) is not None}
        try:
            signing(Profile(SANDBOX_PROFILE.name, secrets=Secrets(**given)))
        except SettingsError as error:
            file.add((name, first), _sentence(error.what), error.hint, shown=shown)
    if not Secrets(**{key: table.get(key) for _, keys, _ in _WAYS for key in keys}):
        file.add((name,), "It holds no whole way to sign in.", "Give the key to connect.", shown=shown)


def _wrong_variables(environ: Mapping[str, str], address: Address, signing: Signing) -> Iterator[Problem]:
    for name in environ:
        if name.startswith("ENTITREE_") and name not in environment.KNOWN:
            what, hint = "There is no such variable.", f"Known: {', '.join(environment.KNOWN)}."
            yield Problem(None, name, None, what, hint, _like(name, environment.KNOWN))
    for name in _RULES:
        alone = {name: environ.get(name, "")}
        yield from _of_variable(name, partial(environment.ruled, SANDBOX_PROFILE, alone))
    yield from _of_variable(environment.DRIVER, partial(environment.driver_of, environ))
    # Wrong in itself, or without a key.
    yield from _of_variable(environment.BASE_URL, partial(environment.profile_of, environ, address))
    for _, keys, variables in _WAYS:
        given = {
            key: value for key, name in zip(keys, variables, strict=True) if (value := environ.get(name))
        }
        profile = Profile(SANDBOX_PROFILE.name, secrets=Secrets(**given))
        yield from _of_variable(", ".join(variables), partial(signing, profile))


def _of_variable(name: str, reading: Callable[[], object]) -> Iterator[Problem]:
    try:
        reading()
    except SettingsError as error:
        what = error.what.removeprefix(f"{name}: ").removeprefix(f"{name} ")
        yield Problem(None, name, None, _sentence(what), error.hint)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _nearest(fault: Fault) -> str:
    return _like(str(fault.place[-1]), fault.known) if fault.known else ""


def _like(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word, list(known), 1)), "")


def _dotted(place: Place) -> str:
    """As it would be written: `profile."a b".protected[2]`."""
    dotted = ""
    for part in place:
        if isinstance(part, int):
            dotted += f"[{part + 1}]"
        else:
            dotted += f".{part}" if _BARE.fullmatch(part) else f'."{part}"'
    return dotted.removeprefix(".")
