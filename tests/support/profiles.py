"""How much a run tries: three profiles of Hypothesis, which hold for tests that draw by themselves, too.

`fast` and `ci` try the same examples each time. `long` tries others in each run, and many more.
"""

from __future__ import annotations

import os
from collections import Counter
from random import SystemRandom

from hypothesis import HealthCheck, settings

#: How many examples a property has in each profile.
EXAMPLES = {"fast": 25, "ci": 200, "long": 5_000}


def register_profiles() -> None:
    """Make the profiles known; `pytest --hypothesis-profile=NAME` chooses another one than `ci`."""
    for name, examples in EXAMPLES.items():
        settings.register_profile(
            name,
            max_examples=examples,
            derandomize=name != "long",
            # However slow the machine is, a property fails only where it does not hold.
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
    settings.load_profile("ci")


def number_of_examples() -> int:
    """Return how many examples a property has in this run."""
    profile = settings.default
    assert profile is not None
    return profile.max_examples


def scaled(number: int) -> int:
    """Return how many of something this run takes.

    :param number: how many are enough for CI.
    :returns: the same share of them as the profile has of CI's examples; at least one.
    """
    return max(1, number * number_of_examples() // EXAMPLES["ci"])


def fuzzing_seconds() -> float:
    """Return for how long all readers together are fuzzed at least: for an hour in a long run.

    `FUZZING_SECONDS` in the environment says another number.
    """
    return float(os.environ.get("FUZZING_SECONDS") or (3600 if is_long() else 0))


def is_long() -> bool:
    """Return whether this run tries whatever it can."""
    return number_of_examples() >= EXAMPLES["long"]


def seed_of_run(fixed: int) -> int:
    """Return a seed: always the same one, but another in each long run."""
    profile = settings.default
    assert profile is not None
    return fixed if profile.derandomize else SystemRandom().randrange(2**32)


def sees_everything() -> bool:
    """Return whether this run draws enough examples to have seen each kind of them."""
    return number_of_examples() >= EXAMPLES["ci"]


def check_seen(seen: Counter[str], *kinds: str, least: int = 1) -> None:
    """Print what examples have covered, and fail if they lack some kind.

    :param kinds: those that have to be there.
    :param least: how often each has to be there in CI.
    """
    # Seen with `pytest -rP` or `-s`.
    print(", ".join(f"{kind}: {number}" for kind, number in sorted(seen.items())))  # noqa: T201  # a report
    if sees_everything():
        assert {kind: seen[kind] for kind in kinds if seen[kind] < scaled(least)} == {}
