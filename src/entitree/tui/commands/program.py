"""Commands of the program itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.tui.commands.command import Command, Group

if TYPE_CHECKING:
    from entitree.tui.commands.command import CommandScreen
    from entitree.tui.place import Place
    from entitree.tui.screens.main import MainScreen


class Help(Command["CommandScreen[Any]"]):
    name = "help"
    keys = ("question_mark",)
    shown_key = "?"
    label = "Help"
    sentence = "Show what every key does here."
    group = Group.PROGRAM
    for_jobs = True
    rank = 100

    @classmethod
    def run(cls, screen: CommandScreen[Any]) -> None:
        from entitree.tui.screens.help import HelpScreen

        screen.app.push_screen(HelpScreen(screen))


class Palette(Command["CommandScreen[Any]"]):
    name = "palette"
    keys = ("colon",)
    shown_key = ":"
    label = "Go"
    sentence = "Find a command by name; on the main screen, go to any id."
    group = Group.FIND
    for_jobs = True
    rank = 60

    @classmethod
    def run(cls, screen: CommandScreen[Any]) -> None:
        from entitree.tui.screens.palette import Palette as PaletteScreen

        def chosen(choice: str | Place | None) -> None:
            if isinstance(choice, str):
                name, _, theme = choice.partition(" ")
                if theme:
                    from entitree.tui.modals.theme import choose_theme

                    choose_theme(screen.app, theme)
                else:
                    screen.action_command(name)
            elif choice is not None:
                screen.go_to(choice)

        screen.app.push_screen(PaletteScreen(screen), chosen)


class Refresh(Command["MainScreen"]):
    name = "refresh"
    keys = ("r",)
    label = "Refresh"
    sentence = "Read what is shown from the platform again."
    group = Group.FIND
    rank = 75

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.refresh_shown()


class RefreshAll(Command["MainScreen"]):
    name = "refresh-all"
    keys = ("R", "upper_r")
    label = "Refresh all"
    sentence = "Read the whole account from the platform again."
    group = Group.FIND
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.refresh_all()


class StopReading(Command["MainScreen"]):
    name = "stop-reading"
    keys = ()
    label = "Stop reading"
    sentence = "Stop reading from the platform; read again soon, it goes on there."
    group = Group.FIND
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return None if screen.progress else "Nothing is being read just now."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.stop_reading()


class Mirror(Command["MainScreen"]):
    name = "mirror"
    keys = ("M", "upper_m")
    label = "Mirror"
    sentence = "See what was read of the account, when and how well, what is not allowed, and read it again."
    group = Group.FIND
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.screens.mirror import MirrorScreen

        screen.app.push_screen(MirrorScreen(screen))


class ChooseProfile(Command["MainScreen"]):
    name = "profile"
    keys = ("P", "upper_p")
    label = "Profile"
    sentence = "Switch to another account: every profile there is, and the sandbox."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.profiles import ProfileChooser

        screen.app.push_screen(ProfileChooser(screen.app.accounts, screen.account), screen.app.switch_to)


class Log(Command["MainScreen"]):
    name = "log"
    keys = ("L", "upper_l")
    label = "Log"
    sentence = "See every request that was sent, by whom, and what came back; Enter shows it as curl."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.screens.log import LogScreen

        screen.app.push_screen(LogScreen(screen.account))


class Connect(Command["MainScreen"]):
    name = "connect"
    keys = ()
    label = "Connect"
    sentence = "Connect an account: base URL and key, checked with one request and saved."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.connect import ConnectDialog

        account = screen.account
        # One that could not be connected may be what is meant.
        asked = None if account.connected or account.profile.base_url is None else account.profile
        screen.app.push_screen(ConnectDialog(screen.app.accounts, asked), screen.app.switch_to)


class Theme(Command["MainScreen"]):
    name = "theme"
    keys = ("T", "upper_t")
    label = "Theme"
    sentence = "Choose another theme: each is shown as soon as the cursor is on it."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return "NO_COLOR is set: there is no colour to choose." if screen.app.theme_switch.no_colour else None

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui.modals.theme import choose_theme

        choose_theme(screen.app)


class Lean(Command["MainScreen"]):
    name = "lean"
    keys = ()
    label = "Lean"
    sentence = "Few bytes for slow lines: a mark as cursor, tree at t, no scrollbar, 16 colours; or no more."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        from entitree.tui import lean

        lean.change(screen.app)


class Screenshot(Command["CommandScreen[Any]"]):
    name = "screenshot"
    keys = ()
    shown_key = "F12"
    label = "Screenshot"
    sentence = "Save what is on the screen as a picture (SVG)."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: CommandScreen[Any]) -> None:
        from entitree.tui.commands.copying import take_screenshot

        # Drawn first without the palette, and without what was said before.
        screen.call_after_refresh(take_screenshot, screen.app)


class Repaint(Command["MainScreen"]):
    name = "repaint"
    keys = ("ctrl+l",)
    label = "Repaint"
    sentence = "Draw the whole screen again."
    group = Group.PROGRAM
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.app.repaint()


class Quit(Command["MainScreen"]):
    name = "quit"
    keys = ("q",)
    label = "Quit"
    sentence = "Leave. The sandbox of the demo is thrown away; a kept one stays."
    group = Group.PROGRAM
    for_jobs = True
    rank = 110

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.app.leave()
