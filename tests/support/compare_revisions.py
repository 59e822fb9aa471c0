"""Compare all that two revisions of importmap say of generated sites.

Run it after a change that must not be seen from outside::

    python tests/support/compare_revisions.py REVISION --seed 1

It says which sites differ, the smallest first, and writes them to a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402  # the paths come first
from hypothesis import strategies as st  # noqa: E402  # the paths come first

from support.generated_packages import (  # noqa: E402  # the paths come first
    NAMED,
    ODD_STATICS,
    STATICS,
    asked,
    packages,
    sites,
)
from support.serving import Serves, Twins  # noqa: E402  # the paths come first


def cases(number: int, start: int, *, is_decided: bool) -> list[dict[str, Any]]:
    """Return sites as JSON documents, always the same for one seed.

    :param is_decided: whether most sites override something.
    """
    found: list[dict[str, Any]] = []

    @seed(start)
    @settings(
        database=None,
        max_examples=number,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(
        packages(),
        sites([*STATICS, *ODD_STATICS], overrides=is_decided),
        asked,
        st.lists(st.sampled_from(NAMED), max_size=3, unique=True),
        st.lists(st.sampled_from(NAMED), max_size=2, unique=True),
    )
    def collect(
        drawn: list[Any], site: dict[str, Any], wanted: list[str], names: list[str], modules: list[str]
    ) -> None:
        static = site.pop("static")
        if isinstance(static, Serves):
            reads = isinstance(static, Twins)
            static = {"template": static.template, "urls": dict(static.urls), "reads": reads}
        found.append(
            {
                "packages": [package.manifest for package in drawn],
                "static": static,
                "settings": site,
                "contexts": wanted,
                "names": names,
                "modules": modules,
            }
        )

    collect()
    return found


def answers(tree: Path, documents: list[str]) -> list[dict[str, Any]]:
    """Return all that the revision in a folder says of some sites."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("said_of_sites.py"))],
        input="\n".join(documents),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tree), str(TESTS)])},
        cwd=tree,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("revision", help="the revision of Git to compare with")
    parser.add_argument("--sites", type=int, default=1000, help="how many sites (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="other sites for each number (default: 1)")
    parser.add_argument("--overrides", action="store_true", help="let most sites override something")
    parser.add_argument("--into", type=Path, help="a folder for the sites that differ")
    options = parser.parse_args()
    documents = sorted(
        (json.dumps(case) for case in cases(options.sites, options.seed, is_decided=options.overrides)),
        key=len,
    )
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "old.tar")
        command = ["git", "archive", f"--output={archive}", options.revision, "importmap", "hatch_importmap"]
        subprocess.run(command, check=True, cwd=TESTS.parent)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        old = answers(Path(folder), documents)
    new = answers(TESTS.parent, documents)
    differ: Counter[str] = Counter()
    for number, (document, one, other) in enumerate(zip(documents, old, new, strict=True)):
        kinds = [kind for kind in one if one[kind] != other[kind]]
        differ.update(kinds)
        if kinds and options.into is not None:
            options.into.mkdir(exist_ok=True)
            case = {"site": json.loads(document), "old": one, "new": other, "differ": kinds}
            text = json.dumps(case, indent=1, sort_keys=True)
            options.into.joinpath(f"{number:05}.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(documents)} sites; these answers differ: {dict(differ) or 'none'}\n")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
