"""The first line: whose account this is, what kind it is, and what goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.reactive import reactive

from entitree.record import record
from entitree.tui.widgets.cells import cut, width_of
from entitree.tui.widgets.one_line import OneLine, Piece, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.settings.profile import ColourWord

BadgeKind = Literal["sandbox", "prod", "readonly"]
GROUNDS = {
    **{kind: f"badge-{kind}" for kind in ("sandbox", "prod", "readonly")},
    **{colour: f"profile-{colour}" for colour in ("red", "orange", "yellow", "green", "blue", "violet")},
}
"""The theme's colour under a badge, by its kind, and under the name of a profile, by its colour word."""
_DOT = " · "


def badge_styles(block: str) -> str:
    """The styles of all of `GROUNDS`, for a widget whose component classes begin with `block`."""
    style = "color: $badge-text; text-style: $badge-style;"
    return "".join(
        f"& > .{block}--{word} {{ background: ${role}; {style} }}" for word, role in GROUNDS.items()
    )


@record
class Badge:
    """What kind of account: a word, and a colour that says the same."""

    word: str
    kind: BadgeKind


@record
class Segment:
    """A piece of news on the right. `weight`: the lightest goes first when room is short."""

    text: str
    weight: int = 0
    problem: bool = False


class StatusLine(OneLine):
    """`entitree · profile  WORD` on the left, news on the right. The name is cut last, the badges never."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-line--name",
        "status-line--profile",
        "status-line--news",
        "status-line--problem",
        *(f"status-line--{word}" for word in GROUNDS),
    }
    DEFAULT_CSS = """
    StatusLine {
        background: $panel;
        color: $foreground;
        & > .status-line--name { color: $dim; text-style: $dim-style; }
        & > .status-line--profile { color: $foreground; text-style: bold; }
        & > .status-line--news { color: $dim; text-style: $dim-style; }
        & > .status-line--problem { color: $problem; text-style: bold; }
        BADGES
    }
    """.replace("BADGES", badge_styles("status-line"))

    profile: reactive[str] = reactive("")
    colour: reactive[ColourWord | None] = reactive["ColourWord | None"](None)
    """The ground of the profile's name, which tells accounts apart at a glance; words say what kind it is."""
    badges: reactive[tuple[Badge, ...]] = reactive(())
    news: reactive[tuple[Segment, ...]] = reactive(())

    def show_news(self, news: Sequence[Segment]) -> None:
        """Shows `news`, left to right, without empty texts. Nothing is repainted where it is the same."""
        self.news = tuple(each for each in news if each.text)

    def pieces(self, width: int) -> list[Piece]:
        badges: list[Piece] = []
        for badge in self.badges:
            badges += [Piece(" "), Piece(f" {badge.word} ", f"status-line--{badge.kind}")]
        name = " entitree · "
        room = width - width_of(name) - sum(piece.width for piece in badges) - 2
        profile = cut(self.profile, max(room - (1 if self.colour else 0), 8))
        shown = (
            [Piece(profile, "status-line--profile")]
            if self.colour is None
            else [Piece(f" {profile} ", f"status-line--{self.colour}")]
        )
        left = [
            Piece(name if self.colour is None else name[:-1], "status-line--name"),
            *shown,
            *([Piece(" ")] if badges and self.colour is None else []),
            *badges,
        ]
        right = self._fitting(width - sum(piece.width for piece in left) - 2)
        return spread(left, right, width)

    def _fitting(self, room: int) -> list[Piece]:
        kept = list(self.news)
        while kept and sum(width_of(each.text) for each in kept) + len(_DOT) * (len(kept) - 1) + 1 > room:
            # Of equally light ones the rightmost goes.
            kept.remove(min(reversed(kept), key=lambda each: each.weight))
        pieces: list[Piece] = []
        for each in kept:
            if pieces:
                pieces.append(Piece(_DOT, "status-line--news"))
            pieces.append(Piece(each.text, "status-line--problem" if each.problem else "status-line--news"))
        return [*pieces, Piece(" ")] if pieces else []
