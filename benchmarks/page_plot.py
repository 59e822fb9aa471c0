"""The plot of page loads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from environment import Timing
from matplotlib.figure import Figure

COLOURS = ("#b8b8b8", "#1f77b4", "#e0a030", "#4a4a4a")


def plot(file: Path, groups: Mapping[str, Mapping[str, Timing]], subtitle: str) -> None:
    """Write an SVG with a group of bars for each tree and protocol; the same numbers give the same bytes.

    :param groups: label of a group -> how the page was loaded -> the timing.
    """
    # Texts stay texts, and identifiers do not change from run to run.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "importmap", "font.family": "sans-serif"}):
        figure = Figure(figsize=(8, 1 + 1.1 * len(groups)), layout="constrained")
        axes = figure.subplots()
        ways = list(next(iter(groups.values())))
        height = 0.8 / len(ways)
        for number, (way, colour) in enumerate(zip(ways, COLOURS, strict=True)):
            places = [group + (number - (len(ways) - 1) / 2) * height for group in range(len(groups))]
            best = [timings[way].best for timings in groups.values()]
            bars = axes.barh(places, best, height * 0.9, label=way, color=colour)
            axes.bar_label(bars, labels=[f"{value:.0f}" for value in best], padding=3, fontsize=8)
        axes.set_yticks(range(len(groups)), list(groups))
        axes.invert_yaxis()
        axes.margins(x=0.08)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlabel("ms from the start of the navigation until the entry has run, best of the runs")
        axes.set_title(subtitle, fontsize=10, loc="left")
        axes.legend(frameon=False, fontsize=9)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    # Matplotlib ends some lines with a space.
    file.write_text("".join(f"{line.rstrip()}\n" for line in file.read_text().splitlines()))
