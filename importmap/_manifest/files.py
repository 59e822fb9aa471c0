"""The files of a manifest: which there are, which folders hold some, and where imports lead."""

from __future__ import annotations

from collections import defaultdict

from importmap._base import grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


class Files:
    """Know the files of one manifest, and say where entries and imports lead.

    :param paths: the keys of its `modules`. A key can be any text.
    """

    __slots__ = ("_sorted", "good", "paths", "refused")

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = paths
        #: The keys that are no public paths.
        self.refused = grammar.no_paths(paths)
        #: All others.
        self.good = {*paths} - self.refused if self.refused else paths
        self._sorted: list[str] = []

    def are_below(self, folder: str) -> bool:
        """Tell whether a file lies below a folder.

        :param folder: its path, which ends in a slash.
        """
        # Few manifests have prefixes, and it takes as long to import as a manifest to check.
        from bisect import bisect_left

        self._sorted = self._sorted or sorted(self.paths)
        place = bisect_left(self._sorted, folder)
        return place < len(self._sorted) and self._sorted[place].startswith(folder)

    def wrong_edges(self, kind: str, edges: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
        """Yield the edges that lead nowhere: the file, the edge, and the reason.

        The files of a folder import each other, so each edge is judged once for the folder.

        :param kind: the member of the files that has these edges.
        :param edges: file -> edges.
        """
        folders: defaultdict[str, set[str]] = defaultdict(set)
        for path, some in edges.items():
            folders[_folder(path)].update(some)
        judge = _wrong_assets if kind == "assets" else self._wrong_imports
        wrong = {folder: reasons for folder, some in folders.items() if (reasons := judge(folder, some))}
        for path, some in edges.items() if wrong else ():
            reasons = wrong.get(_folder(path), {})
            yield from ((path, edge, reasons[edge]) for edge in some if edge in reasons)

    def _wrong_imports(self, folder: str, edges: set[str]) -> dict[str, str]:
        """Return the wrong ones, each with the reason."""
        good = self.good
        # No file lies above the top.
        above = folder[: folder.rfind("/", 0, -1) + 1] if folder else "/"
        # Most edges lead into their folder, or into the one above. The end of a public path is a path, too,
        # so what leads to one like this is relative.
        usual = [
            edge
            for edge in edges
            if (edge[:2] == "./" and folder + edge[2:] in good)
            or (edge[:3] == "../" and above + edge[3:] in good)
        ]
        return {edge: why for edge in edges.difference(usual) if (why := self._wrong_import(folder, edge))}

    def _wrong_import(self, folder: str, edge: str) -> str:
        if not edge.startswith("."):
            return "" if grammar.is_mappable(edge) else "is neither relative nor a bare specifier"
        is_file = grammar.is_relative(edge) and grammar.join(folder, edge) in self.paths
        return "" if is_file else "leads to no file of this manifest"


def _wrong_assets(folder: str, edges: set[str]) -> dict[str, str]:
    return {
        edge: "is not a relative path inside the package"
        for edge in edges
        if not grammar.is_relative(edge) or grammar.join(folder, edge) is None
    }


def _folder(path: str) -> str:
    """Return the folder of a file, with the slash at its end."""
    return path[: path.rfind("/") + 1]
