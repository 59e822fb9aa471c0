"""The command `importmap`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say how to install it."""
    try:
        import click
        import rich
    except ImportError:
        sys.exit('The command line needs its extra: python -m pip install "hatch-importmap[cli]"')
    del click, rich
    from ._cli import cli

    cli(prog_name="importmap")


if __name__ == "__main__":
    main()
