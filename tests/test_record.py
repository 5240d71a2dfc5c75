"""Values that never change, told apart from those of `dataclass` by nothing but what they cost."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest
from hypothesis import given, strategies as st

from entitree.record import record


@record
class Ours:
    """A value."""

    id: str
    number: int | None = None
    """With words of its own."""
    names: tuple[str, ...] = ()

    @property
    def both(self) -> str:
        return f"{self.id} {self.number}"


@record
class Other:
    id: str
    number: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Theirs:
    id: str
    number: int | None = None
    names: tuple[str, ...] = ()


_values = st.tuples(st.sampled_from("ab"), st.none() | st.integers(-1, 1), st.lists(st.just("x")).map(tuple))


@given(_values, _values)
def test_values_are_compared_hashed_and_shown_as_the_standard_librarys(
    one: tuple[str, int | None, tuple[str, ...]], two: tuple[str, int | None, tuple[str, ...]]
) -> None:
    assert (Ours(*one) == Ours(*two)) is (Theirs(*one) == Theirs(*two))
    assert len({Ours(*one), Ours(*two)}) == len({Theirs(*one), Theirs(*two)})
    assert repr(Ours(*one)) == repr(Theirs(*one)).replace("Theirs", "Ours")
    assert replace(Ours(*one), id=two[0]) == Ours(two[0], *one[1:])


def test_values_of_different_classes_are_never_equal() -> None:
    values: list[object] = [Ours("a"), Other("a"), ("a", None, ())]
    assert len(set(values)) == 3


def test_defaults_and_names_are_those_of_the_class() -> None:
    assert Ours("a") == Ours(id="a", number=None, names=())
    assert [each.name for each in fields(Ours)] == ["id", "number", "names"]
    assert Ours("a", 1).both == "a 1"
    match Ours("a", 1):
        case Ours(id_, 1):
            assert id_ == "a"
        case _:
            pytest.fail("no match")


def test_what_is_missing_or_too_much_is_refused() -> None:
    with pytest.raises(TypeError, match="id"):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="more"):
        Ours("a", more=1)  # type: ignore[call-arg]


def test_nothing_can_be_changed_or_added() -> None:
    value = Ours("a")
    with pytest.raises(FrozenInstanceError, match="number"):
        value.number = 1  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="id"):
        del value.id
    with pytest.raises(FrozenInstanceError):
        value.more = 1  # type: ignore[attr-defined]
    assert not hasattr(value, "__dict__")


def test_values_can_be_copied() -> None:
    value = Ours("a", 1, ("x",))
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own


def test_the_first_value_of_a_class_is_made_as_all_later_ones() -> None:
    @record
    class New:
        id: str

    assert New("a") == New(id="a")
    assert str(inspect.signature(New)) == "(id)"


@record
class Secret:
    name: str
    word: str = field(default="", repr=False)
    source: str = field(default="", repr=False, compare=False)
    more: dict[str, str] = field(default_factory=dict, compare=False)


def test_what_is_secret_is_not_shown() -> None:
    value = Secret("a", "hush", "a file")
    assert repr(value) == "Secret(name='a', more={})"
    assert "hush" not in repr(replace(value, name="b"))


def test_what_does_not_count_makes_no_difference() -> None:
    assert Secret("a", source="x") == Secret("a", source="y")
    assert len({Secret("a", source="x", more={"a": "b"}), Secret("a", source="y")}) == 1
    assert Secret("a", "x") != Secret("a", "y")


def test_each_value_gets_a_default_of_its_own() -> None:
    one, two = Secret("a"), Secret("a")
    assert one.more == {}
    assert one.more is not two.more
    assert replace(one, more={"a": "b"}).more == {"a": "b"}
