"""Run a command twice in one process, so that the second run finds all modules loaded.

    python tests/support/run_again.py WARM... -- RUN...

Each is a command of the command line, or `wheel FOLDER`: a build of the project in the current folder, as
frontends begin it. Before the second run the process prints a line, and asks for `MARK`, which is no file.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from pathlib import Path

MARK = "/the-run-begins-here"


def run(command: list[str]) -> None:
    if command[0] == "wheel":
        from hatchling.build import build_wheel

        Path(command[1]).mkdir(exist_ok=True)
        build_wheel(command[1])
        return
    from importmap.__main__ import main

    sys.argv = ["importmap", *command]
    main()


def run_again(arguments: list[str]) -> None:
    middle = arguments.index("--")
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        run(arguments[:middle])
    # What the first run has left behind is no longer looked for while the second one runs.
    gc.collect()
    print("ready", flush=True)  # noqa: T201  # for who waits for it
    with contextlib.suppress(FileNotFoundError):
        Path(MARK).stat()
    run(arguments[middle + 1 :])


if __name__ == "__main__":
    run_again(sys.argv[1:])
