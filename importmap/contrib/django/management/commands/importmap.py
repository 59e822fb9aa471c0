"""``manage.py importmap``: the command line, with the site's configuration."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from importmap import __distribution__
from importmap.contrib.django._settings import configuration

_NAME = "importmap"


class Command(BaseCommand):
    """Click reads the arguments; Django's own options may stand anywhere among them."""

    help = "Import maps of the JavaScript modules that installed packages ship."
    # `importmap check` is there to say what they would say.
    requires_system_checks: tuple[str, ...] = ()
    _called_from_command_line: bool

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that takes Django's options and leaves all others to click."""
        own = super().create_parser(prog_name, subcommand, add_help=False, **kwargs)
        return _Parser(prog=own.prog, parents=[own], add_help=False, allow_abbrev=False)

    def get_version(self) -> str:
        """Return the version of hatch-importmap."""
        return version(__distribution__)

    def print_help(self, prog_name: str, subcommand: str) -> None:
        """Print the help of the command line."""
        try:
            _run(["--help"])
        except CommandError as error:
            sys.exit(str(error))

    def handle(self, *args: str, **options: Any) -> None:
        """Run a command, and print to the streams that the caller gives."""
        is_colored = {"no_color": False, "force_color": True}
        color = next((is_colored[name] for name in is_colored if options[name]), None)
        out, err = options.get("stdout") or sys.stdout, options.get("stderr") or sys.stderr
        try:
            with redirect_stdout(out), redirect_stderr(err):
                _run(args, color=color)
        except SystemExit as done:
            if self._called_from_command_line:
                raise
            if done.code:
                message = f"{' '.join([_NAME, *args])} ended with status {done.code}."
                raise CommandError(message, returncode=int(done.code)) from None


class _Parser(CommandParser):
    """Takes Django's options; whatever else there is, in its order, is `args`."""

    def parse_args(  # type: ignore[override]  # the overloads are argparse's
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> Namespace:
        options, others = self.parse_known_args(args, namespace)
        options.args = others
        return options


def _run(args: Sequence[str], **extra: Any) -> None:
    """Run the command line, which ends the process.

    :raises CommandError: if it is not installed, or the settings are refused.
    """
    try:
        from importmap._cli.app import cli
    except ImportError:
        message = 'The command line needs its extra: python -m pip install "hatch-importmap[cli]"'
        raise CommandError(message) from None
    configured, problems = configuration()
    if problems:
        raise CommandError("\n".join(map(str, problems)))
    cli.main(list(args), prog_name=f"manage.py {_NAME}", obj=configured, **extra)
