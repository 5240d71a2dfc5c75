"""Which of all that could be done next: by chance, but rather what means something on the screen on show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.tui.monkey.inputs import Clicked, Input, Key, Pasted, Resized, Wheeled
from textual.widget import Widget

from entitree.tui.screens import impact_lines, plan_lines
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen

if TYPE_CHECKING:
    from random import Random

    from entitree.tui.app import EntitreeApp

LEAVING = frozenset({"ctrl+q", "ctrl+c", "q"})
KEYS = (
    *"abcdefghijklmnoprstuvwxyz0123456789:/?*~-!.,;'\"[]{}()<>=+_@#$%^&|\\ äßé漢🦊ABEGHMNRSTUYX",
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "enter", "escape", "tab"),
    *("shift+tab", "backspace", "delete", "ctrl+f", "ctrl+l", "ctrl+s", "ctrl+a", "ctrl+u", "ctrl+k"),
    *("ctrl+w", "ctrl+left", "ctrl+right", "shift+up", "shift+down", "shift+end", "f1", "f2", "f3", "f5"),
    *("ctrl+d", "ctrl+e", "ctrl+x", "ctrl+v", "ctrl+z", "ctrl+r", "alt+x", "ctrl+j", "ctrl+@", "insert"),
)
WORDS = (
    *("bigcola", "air", "bigcola-us", "default", "prod", "marketing", "shop 1", "!test", "orphan", "unused"),
    *("assoc:>5", "has:strategy", "/[a-z]+/", "/(e|e)*x$/", "app:prod", "type:number", "channel:sms", '"'),
    *("id:", "colour:red", "{id} {alias}", "delete 1", "apply", "[@click=app.quit]x[/]", "[/]", "../x", "."),
    *("http://127.0.0.1:9", "quit", "theme", "mirror", "jobs", "new", "a" * 60, "x\u202ey", "\u200d", "é́"),
)
SIZES = ((80, 24), (60, 20), (120, 40), (200, 60), (40, 10), (20, 5), (1, 1), (76, 24), (75, 24), (80, 24))
LISTS = (
    "id,alias\n" + "".join(f"shop-{at},Shop {at}\n" for at in range(200)),
    "one\ntwo\r\nthree\n\n\n",
    "\x1b[31mred\x07\x00\n[@click=app.quit]x[/]\tb\n",
    "bigcola-us\nbigcola-fr\n",
    "x" * 5000,
    "\n" * 300,
)


@dataclass
class Chance:
    """Inputs for the app as it is when it is asked. The same `random` and app give the same."""

    random: Random
    begun: list[Input] = field(default_factory=list)
    """What is left of something that takes several keys."""

    def next(self, app: EntitreeApp) -> Input:
        if not self.begun:
            self.begun = list(self._some(app))
        return self.begun.pop(0)

    def _some(self, app: EntitreeApp) -> list[Input]:
        at = self.random.random()
        if at < 0.42:
            return [self._bound(app)]
        if at < 0.66:
            return [self._key(app, self.random.choice(KEYS))]
        if at < 0.72:
            return [Key(each) for each in self.random.choice(WORDS)]
        if at < 0.78:
            return self._asked_for(app)
        if at < 0.83:
            return [Key(self.random.choice(("enter", "tab", "down"))) for _ in range(3)]
        if at < 0.93:
            return [self._click(app)]
        if at < 0.95:
            return [Wheeled(*self._cell(app), up=self.random.random() < 0.5)]
        if at < 0.97:
            return [Pasted(self.random.choice(LISTS))]
        if at < 0.985:
            return [Key("escape")]
        if at < 0.998:
            return [Resized(*self.random.choice(SIZES))]
        return [Key("ctrl+q")]

    def _key(self, app: EntitreeApp, name: str) -> Key:
        return Key("escape" if name in LEAVING and isinstance(app.screen, MainScreen) else name)

    def _bound(self, app: EntitreeApp) -> Key:
        """A key that means something here."""
        keys = sorted(set(app.screen.active_bindings) - LEAVING)
        return Key(self.random.choice(keys or KEYS))

    def _asked_for(self, app: EntitreeApp) -> list[Input]:
        """What has to be typed to have what is shown carried out."""
        screen, words = app.screen, ""
        if isinstance(screen, ImpactScreen):
            words = impact_lines.confirmation(screen._ids)
        elif isinstance(screen, PlanScreen):
            if not screen._removes:
                return [Key("tab"), Key("enter")]
            words = plan_lines.confirmation(screen.plan)
        else:
            return [Key(each) for each in ("space", "space", "d")]
        return [*map(Key, words), Key("enter")]

    def _click(self, app: EntitreeApp) -> Clicked:
        shown = [
            each.region for each in app.screen.walk_children(Widget) if each.region and each.is_on_screen
        ]
        button = 3 if self.random.random() < 0.05 else 1
        if shown and self.random.random() < 0.7:
            region = self.random.choice(shown)
            x = region.x + self.random.randrange(region.width)
            return Clicked(x, region.y + self.random.randrange(region.height), button)
        return Clicked(*self._cell(app), button)

    def _cell(self, app: EntitreeApp) -> tuple[int, int]:
        width, height = app.size
        return self.random.randrange(width + 2), self.random.randrange(height + 2)
