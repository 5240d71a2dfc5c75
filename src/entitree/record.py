"""Plain values, as `dataclass(frozen=True, slots=True)` makes them, but quick to define.

The standard library writes and compiles six methods for each class when it is imported, and makes it twice.
For what the first frame needs, that alone was a tenth of a start.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, field, make_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Makes of a class with annotated fields one of values that never change, equal where their fields are.

    Of `field()` it knows `default`, `default_factory`, `repr` and `compare`. There is no `__post_init__`, and
    no fields are inherited: for those there is `dataclass`. What is in `dataclasses`, as `replace`, takes
    these values as its own.
    """
    names = tuple(cls.__annotations__)
    space = {name: each for name, each in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    told = {name: space.pop(name, MISSING) for name in names}
    special = {name: each for name, each in told.items() if isinstance(each, Field)}
    values = attrgetter(*(name for name in names if name not in special or special[name].compare))
    space |= {
        "__slots__": names,
        "__match_args__": names,
        "__qualname__": cls.__qualname__,
        "__dataclass_fields__": _Fields(cls.__annotations__, told),
        "__init__": _init_once_needed(told),
        "__setattr__": _set_attribute,
        "__delattr__": _delete_attribute,
        "__getstate__": _get_state,
        "__setstate__": _set_state,
        "__eq__": _equality(values),
        "__hash__": _hashing(values),
        "__repr__": _showing([name for name in names if name not in special or special[name].repr]),
    }
    return cast("type[T]", type(cls.__name__, cls.__bases__, space))


def _init_once_needed(told: Mapping[str, object]) -> Callable[..., None]:
    # Of most classes no value is made before the first frame.
    def init(self: object, *args: object, **kwargs: object) -> None:
        made = _init(told)
        # From now on the class has it.
        type.__setattr__(type(self), "__init__", made)
        made(self, *args, **kwargs)

    return init


def _init(told: Mapping[str, object]) -> Callable[..., None]:
    defaults: dict[str, object] = {}
    makers: dict[str, object] = {}
    for name, each in told.items():
        default, maker = (each.default, each.default_factory) if isinstance(each, Field) else (each, MISSING)
        if maker is not MISSING:
            makers[name] = maker
        if default is not MISSING or name in makers:
            defaults[name] = default
    taken = ", ".join(f"{name}=_defaults[{name!r}]" if name in defaults else name for name in told)
    made = {name: f"_makers[{name!r}]() if {name} is _missing else {name}" for name in makers}
    body = "; ".join(f"_set(self, {name!r}, {made.get(name, name)})" for name in told)
    space: dict[str, Any] = {
        "_set": object.__setattr__,
        "_defaults": defaults,
        "_makers": makers,
        "_missing": MISSING,
    }
    exec(f"def __init__(self, {taken}): {body}", space)  # noqa: S102 - the names are those of our own classes
    init: Callable[..., None] = space["__init__"]
    return init


def _equality(values: Callable[[object], object]) -> Callable[[object, object], bool]:
    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equal


def _hashing(values: Callable[[object], object]) -> Callable[[object], int]:
    return lambda self: hash(values(self))


def _names(self: object) -> tuple[str, ...]:
    names: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]
    return names


def _showing(names: Sequence[str]) -> Callable[[object], str]:
    def show(self: object) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({fields})"

    return show


def _set_attribute(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_attribute(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: object) -> list[object]:
    return [getattr(self, name) for name in _names(self)]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(_names(self), state, strict=True):
        object.__setattr__(self, name, value)


class _Fields:
    """What `dataclasses` knows a class by, made when it asks."""

    def __init__(self, types: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        self._types = types
        self._told = told
        self._made: dict[str, Field[Any]] | None = None

    def __get__(self, _: object, owner: type) -> dict[str, Field[Any]]:
        if self._made is None:
            like: Any = make_dataclass(owner.__name__, map(self._described, self._types))
            self._made = like.__dataclass_fields__
        return self._made

    def _described(self, name: str) -> tuple[str, Any, Any]:
        told = self._told[name]
        return name, self._types[name], told if isinstance(told, Field) else field(default=told)
