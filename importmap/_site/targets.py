"""The targets of imports: a file, or by a name files, a URL, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from importmap._manifest.document import Entry, Module
    from importmap._manifest.package import Package

    #: The table that decides. Browsers ask the scope of a package, then `imports`, in which stand
    #: public entries, the site's own entries, and shared modules. A relative import needs no table.
    #: An isolated package is barred from names that it does not require. Nothing has the rest.
    Rule: TypeAlias = Literal["relative", "scope", "public", "site", "shared", "barred", "nothing"]


class Target:
    """One place to which imports lead. There is one object for each, so targets compare by identity.

    :param rule: the table that decides.
    :param key: the key that maps the name: the name itself, or a prefix of it.
    :param name: the specifier; ``""`` for a relative import.
    :param package: whose file or folder it is; None where it is no package's.
    :param path: the public path that is asked for, of a file or of a folder; None for a URL, and
        for what the site blocks.
    :param url: the URL, where the entry or the site gives one.
    :param files: the files that are loaded: all of a folder, and equal copies in their place.
    :param entry: the public entry of a package that the name stands for, whatever the site makes of it.
    """

    __slots__ = ("entry", "files", "key", "name", "package", "path", "rule", "url")

    def __init__(
        self,
        rule: Rule,
        key: str = "",
        name: str = "",
        package: Package | None = None,
        path: str | None = None,
        *,
        url: str | None = None,
        files: Sequence[File] = (),
        entry: Entry | None = None,
    ) -> None:
        self.rule = rule
        self.key = key
        self.name = name
        self.package = package
        self.path = path
        self.url = url
        self.files = files
        self.entry = entry

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that a map needs for it.

        A file below a prefix has a name of its own: a prefix cannot lead to hashed URLs.
        """
        return (self.key,) if self.path is None or self.name == self.key else (self.key, self.name)

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder of public paths."""
        return self.path is not None and self.path.endswith("/")

    @property
    def leads_nowhere(self) -> bool:
        """Tell whether no package provides the name, or the importing package may not have it."""
        return self.rule in ("nothing", "barred")

    @property
    def is_blocked(self) -> bool:
        """Tell whether the site blocks the name."""
        return self.path is self.url is None and not self.leads_nowhere


class File(Target):
    """One file of a site. It is itself where relative imports of it lead.

    There is one object for each public path, so files compare by identity.

    :param package: the package that it counts as; others may ship it, too.
    :param path: its public path.
    :param module: all that the manifest of the package says of it.
    """

    __slots__ = ("module",)

    path: str
    package: Package
    # The same for all files. Instances need no room for these, and no time to get them.
    rule: Rule = "relative"
    key = name = ""
    url: str | None = None
    entry: Entry | None = None

    def __init__(self, package: Package, path: str, module: Module) -> None:
        self.package = package
        self.path = path
        self.module = module
        self.files = (self,)

    def __repr__(self) -> str:
        return f"<File {self.path!r} of {self.package.distribution}>"
