"""The command `importmap`."""

from __future__ import annotations

import sys

from ._base.diagnostics import ImportMapError
from ._discovery.own_package import check_own_package


def main() -> None:
    """Run the command line, or say what keeps it from running."""
    try:
        check_own_package()
        from ._cli.app import cli
    except ImportMapError as error:
        sys.exit(str(error))
    except ImportError:
        sys.exit('The command line needs its extra: python -m pip install "hatch-importmap[cli]"')

    cli(prog_name="importmap")


if __name__ == "__main__":
    main()
