"""`entitree plan`: what a change would do, step by step, as a file that `entitree apply` carries out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from entitree.cli import plan_asking as asking
from entitree.cli.common import add_kind, add_profile, with_account
from entitree.cli.plan_files import add_out, check_out

if TYPE_CHECKING:
    import argparse

    from entitree.cli.common import Verbs

_FROM = (
    "a list to read the {what} from: CSV, tab-separated, a JSON array, JSON lines, or one a line; "
    "- reads standard input"
)


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "plan",
        help="plan a change, for entitree apply",
        description="Looks up what a change is about, and makes a plan of it: every request that would be "
        "sent, in order, with what is there before and after. It sends nothing but reads. The plan is "
        "printed as JSON, or written to a file with --out; what it does, costs, loses and could not "
        "check is said on standard error. Exit code 2 where something that is asked for cannot be done: "
        "then there is no plan.",
        allow_abbrev=False,
    )
    add_profile(parser)
    whats = parser.add_subparsers(title="changes", metavar="CHANGE", dest="what", required=True)
    _add_items(whats)
    _add_ties(whats)
    _add_configurations(whats)
    _add_whole(whats)
    for command in whats.choices.values():
        add_out(command)
        add_profile(command)
    parser.set_defaults(run=_run)


def _add_items(whats: Verbs[argparse.ArgumentParser]) -> None:
    create = _command(whats, "create", "make applications or entities")
    add_kind(create)
    create.add_argument("ids", nargs="*", metavar="ID")
    create.add_argument("--alias", metavar="TEXT", help="of the one that is made")
    create.add_argument("--from", dest="list", metavar="FILE|-", help=_FROM.format(what="ids and aliases"))
    alias = _command(
        whats,
        "alias",
        "change aliases",
        "Gives one alias with --alias, each its own with a list of ids and aliases, or follows rules, one "
        "after another in the order template, replace, case. With a rule or --no-alias a list is of ids.",
    )
    add_kind(alias)
    alias.add_argument("ids", nargs="*", metavar="ID")
    alias.add_argument("--from", dest="list", metavar="FILE|-", help=_FROM.format(what="ids and aliases"))
    alias.add_argument("--alias", metavar="TEXT", help="the new alias")
    alias.add_argument("--no-alias", action="store_true", help="take the alias away")
    alias.add_argument("--template", metavar="TEXT", help="an alias made of {id} and {alias}")
    alias.add_argument(
        "--replace",
        nargs=2,
        action="append",
        metavar=("RE", "WITH"),
        help=r"replace what fits a regular expression; \1 is its first group; may be given several times",
    )
    alias.add_argument("--ignore-case", action="store_true", help="of --replace: any case fits")
    alias.add_argument("--case", choices=asking.CASES, help="write it in another case")
    delete = _command(
        whats,
        "delete",
        "delete applications or entities with all that is tied to them",
        "Reads from the platform what goes with them first. An id is deleted only if all of it is still as "
        "it was read; with --detach or --move-to only if everything tied to it was freed before.",
    )
    add_kind(delete)
    delete.add_argument("ids", nargs="*", metavar="ID")
    delete.add_argument("--from", dest="list", metavar="FILE|-", help=_FROM.format(what="ids"))
    first = delete.add_mutually_exclusive_group()
    first.add_argument("--detach", action="store_true", help="untie everything step by step before")
    first.add_argument("--move-to", metavar="ID", help="tie everything to this one before")


def _add_ties(whats: Verbs[argparse.ArgumentParser]) -> None:
    for what, says in (
        ("associate", "tie resources to an application, alone or with an entity"),
        ("dissociate", "untie resources"),
    ):
        command = _command(whats, what, says)
        command.add_argument(
            "resources", nargs="*", metavar="RESOURCE", help="of numbers the key, else the name"
        )
        command.add_argument("--type", metavar="TYPE", help="what they are: NUMBER, ALPHA, DOMAIN, …")
        command.add_argument("--channel", metavar="CHANNEL", help="SMS, EMAIL, …")
        command.add_argument("--application", metavar="ID")
        command.add_argument("--entity", metavar="ID")
        command.add_argument(
            "--from", dest="list", metavar="FILE|-", help=_FROM.format(what="associations, all five parts,")
        )


def _add_configurations(whats: Verbs[argparse.ArgumentParser]) -> None:
    number = _command(whats, "link-number", "give numbers another own link")
    number.add_argument("numbers", nargs="+", metavar="NUMBER", help="the number itself, or its key")
    number.add_argument("--application", metavar="ID", required=True, help="“default”: none in particular")
    number.add_argument("--entity", metavar="ID")
    link = _command(whats, "link-key", "bind API keys to some applications and entities, and to nothing else")
    link.add_argument("keys", nargs="+", metavar="KEY", help="the id of an API key")
    link.add_argument(
        "--link",
        nargs="+",
        action="append",
        required=True,
        metavar=("APPLICATION", "ENTITY"),
        help="an application, alone or with an entity; may be given several times",
    )
    link.add_argument(
        "--action", choices=("FILL", "FORCE"), help="what becomes of requests that say nothing, or else"
    )
    for what, says in (
        ("enable-key", "let API keys be used again"),
        ("disable-key", "let API keys be used no longer"),
    ):
        _command(whats, what, says).add_argument(
            "keys", nargs="+", metavar="KEY", help="the id of an API key"
        )
    edits = _command(
        whats,
        "edits",
        "carry out a file of edits of every kind",
        'A JSON array, or a JSON object a line. Each has "edit", the name of a change as here, and its '
        "parts: "
        + "; ".join(f"{name}: {', '.join(parts)}" for name, parts in asking.PARTS.items())
        + ". What has a ? may be left out.",
    )
    edits.add_argument("--from", dest="list", metavar="FILE|-", required=True, help="the file")


def _add_whole(whats: Verbs[argparse.ArgumentParser]) -> None:
    move = _command(whats, "move", "tie everything that is tied to one application or entity to another")
    add_kind(move)
    move.add_argument("ids", nargs=1, metavar="FROM")
    move.add_argument("to", metavar="TO")
    undo = _command(whats, "undo", "put back what a job has changed")
    undo.add_argument("job", type=int, metavar="JOB", help="its number, as entitree jobs shows it")


def _command(
    whats: Verbs[argparse.ArgumentParser], name: str, says: str, more: str = ""
) -> argparse.ArgumentParser:
    description = f"{says[:1].upper()}{says[1:]}. {more}".replace("%", "%%").rstrip()
    return whats.add_parser(name, help=says, description=description, allow_abbrev=False)


def _run(options: argparse.Namespace) -> int:
    from entitree.cli.plan_making import make

    check_out(options)
    # Before anybody is asked: what is wrong with it is said at once.
    asked = asking.read(options)
    return with_account(options, partial(make, options, asked))
