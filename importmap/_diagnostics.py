"""Diagnostics: one finding each, with a stable code. Every code is explained in docs/diagnostics.md."""

from __future__ import annotations

from ._value import Value

#: Every code and what it is about, in one line. Codes are never given a new meaning.
#: IM0xx: a declaration or a build. IM1xx: discovery. IM2xx: what a site composes.
#: IM3xx: import maps as browsers read them. IM4xx: web frameworks.
CODES = {
    "IM001": "a value has the wrong type",
    "IM002": "a key is unknown",
    "IM003": "a key or table is missing",
    "IM004": "a name or path is against the grammar",
    "IM005": "two keys are the same specifier",
    "IM006": "keys that exclude each other",
    "IM007": "the entry point is missing or wrong",
    "IM008": "the namespace is another spelling of the project's name",
    "IM009": "a version or a version range cannot be read",
    "IM010": "the wheel does not ship a declared file",
    "IM011": "a pattern matches no file",
    "IM012": "two static roots hold the same public path",
    "IM013": "private or third-party names need a folder of their own",
    "IM014": "a source map is named but not shipped",
    "IM015": "the wheel ships a file that the sdist lacks",
    "IM016": "the manifest would not be where it is looked for",
    "IM017": "the project cannot be read",
    "IM018": "an import leads to a file that is not shipped",
    "IM019": "an import is not the whole name of a file",
    "IM020": "an import is no entry of its package",
    "IM021": "a bare import is not declared",
    "IM022": "an import that browsers do not load",
    "IM023": "what reads JavaScript is not installed",
    "IM050": "servers send .mjs files with the wrong type",
    "IM051": "a prefix entry cannot be cache-busted",
    "IM052": "an editable install cannot serve a file from outside the project",
    "IM053": "an asset is not shipped",
    "IM054": "a module cannot be parsed",
    "IM055": "an import is no string literal",
    "IM056": "a module is CommonJS",
    "IM057": "a module is imported by its URL",
    "IM058": "a required package is no dependency",
    "IM101": "a distribution has no manifest",
    "IM102": "a distribution's metadata cannot be read",
    "IM103": "an entry_points.txt cannot be read",
    "IM104": "a manifest is refused",
    "IM105": "one folder holds two versions of a distribution",
    "IM106": "an entry point cannot be used",
    "IM107": "the object that an entry point names cannot be used",
    "IM108": "another distribution installs files into our package",
    "IM109": "an editable manifest is not believed",
    "IM110": "an editable manifest is out of date",
    "IM111": "an editable project cannot be read again",
    "IM201": "two distributions claim one name",
    "IM202": "two distributions ship different files under one path or URL",
    "IM203": "a name of the site's own belongs to a distribution",
    "IM204": "the configuration names an unknown distribution or specifier",
    "IM205": "a file cannot be served",
    "IM206": "the site overrides an entry",
    "IM207": "a required module is missing or has another version",
    "IM208": "a third-party module is taken from another package",
    "IM209": "a prefix entry has no common URL",
    "IM210": "a static URL cannot be used",
    "IM211": "two maps disagree",
    "IM212": "a module is missing",
    "IM213": "a context is unknown",
    "IM214": "the application's own table stands for its installed copy",
    "IM215": "a module is imported from a package that is not enabled",
    "IM216": "an import leads to nothing",
    "IM217": "a file is served otherwise than it was shipped",
    "IM218": "an installed file is missing",
    "IM219": "an installed file is not the one that was shipped",
    "IM220": "an installed file lies outside its distribution",
    "IM221": "two collected files cannot be told apart",
    "IM222": "files cannot be collected into a folder",
    "IM223": "a collected folder cannot be read",
    "IM224": "an installed package is not enabled",
    "IM225": "a third-party module is shared",
    "IM226": "a shared copy would be smaller",
    "IM227": "the site has a name of its own",
    "IM230": "a relative import leads to where its file is not",
    "IM231": "a lock cannot be read",
    "IM232": "a lock has another version than is installed",
    "IM233": "a lock holds what a callable has answered",
    "IM234": "a name cannot be exported",
    "IM236": "a page has another map than the site",
    "IM237": "the label of a page cannot be read",
    "IM240": "a package imports what it has not required",
    "IM241": "a package is kept from names only",
    "IM301": "a text is not an import map",
    "IM302": "a top-level key is unknown",
    "IM303": "a key is empty",
    "IM304": "an address is not a string",
    "IM305": "an address is not a URL",
    "IM306": "the address of a prefix lacks the slash at its end",
    "IM307": "a scope is not a URL",
    "IM308": "an integrity entry is ignored",
    "IM309": "two keys are one",
    "IM310": "a base is not a URL",
    "IM311": "a bare specifier is not in the map",
    "IM312": "a specifier is blocked",
    "IM313": "a specifier cannot be joined to its prefix's address",
    "IM314": "a specifier leads above its prefix's address",
    "IM315": "an import breaks out of an isolated scope",
    "IM316": "the page's map has the entry already",
    "IM317": "the page has resolved what an entry would change",
    "IM318": "a scope covers a module that is loaded",
    "IM319": "dependencies are ignored",
    "IM320": "an isolated scope maps a URL",
    "IM401": "a framework's setting is refused",
    "IM402": "a response prints a second map",
    "IM403": "a map or a module cannot be printed",
    "IM404": "a map of django-js-asset is not used whole",
    "IM405": "the admin's base template prints no map",
    "IM406": "a map cannot be put into a response",
    "IM407": "the static files have not been collected",
    "IM408": "the files of a package are not found",
    "IM409": "a response has two nonces",
    "IM410": "JavaScript is served with a wrong type",
    "IM411": "modules are not checked by their digests",
    "IM412": "the content security policy blocks the map",
}


class Diagnostic(Value):
    """One finding about a declaration, a distribution or a map.

    :param code: stable identifier, a key of `CODES`, such as ``"IM101"``.
    :param severity: ``"error"``, ``"warning"`` or ``"info"``.
    :param message: what is wrong, one sentence or more, plain text.
    :param distribution: the distribution that it is about, or ``""``.
    :param place: dotted TOML path, ``file:line:column`` or file, or ``""``.
    :param hint: what to do about it, with the lines to paste where there are any, or ``""``.
    """

    __slots__ = ("code", "distribution", "hint", "message", "place", "severity")

    code: str
    severity: str
    message: str
    distribution: str
    place: str
    hint: str

    def __init__(
        self,
        code: str,
        severity: str,
        message: str,
        *,
        distribution: str = "",
        place: str = "",
        hint: str = "",
    ) -> None:
        self._set(
            code=code,
            severity=severity,
            message=message,
            distribution=distribution,
            place=place,
            hint=hint,
        )

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.distribution, self.place) if part)
        text = f"{where}: {self.message}" if where else self.message
        if not self.hint:
            return text
        return text + "\n" + "\n".join(f"    {line}" if line else "" for line in self.hint.split("\n"))

    def replace(self, **fields: str) -> Diagnostic:
        """The same finding with other fields: who finds a thing need not know whose it is."""
        return Diagnostic(**{**{name: getattr(self, name) for name in self.__slots__}, **fields})

    def to_dict(self) -> dict[str, str]:
        """The diagnostic as a JSON-ready dictionary; empty fields are left out."""
        names = ("code", "severity", "distribution", "place", "message", "hint")
        return {name: value for name in names if (value := getattr(self, name))}


#: With how many names a wrong one is compared at most; those are taken that begin and end like it.
_COMPARED = 300


def shown(text: str) -> str:
    """A text from outside, quoted for a message: escaped where it cannot be printed, cut where it is long."""
    return repr(text if len(text) <= 100 else text[:99] + "…")


def closest(word: str, known: list[str]) -> str:
    """The member of `known` that `word` was probably meant to be, or ``""``."""
    # Only wrong input pays for difflib, and not too much among thousands of names.
    from difflib import get_close_matches
    from heapq import nlargest

    # Nor for what nobody has typed.
    if len(word) > 100:
        return ""
    known = [name for name in known if len(name) <= 100]
    if len(known) > _COMPARED:
        known = nlargest(
            _COMPARED, known, key=lambda name: _in_common(name, word) + _in_common(name[::-1], word[::-1])
        )
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


def _in_common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    differing = (position for position, (a, b) in enumerate(zip(one, other)) if a != b)  # noqa: B905  # as far as both go
    return next(differing, min(len(one), len(other)))


def did_you_mean(word: str, known: list[str]) -> str:
    """A question to end a message with, or ``""`` where nothing is near."""
    near = closest(word, known)
    return f" Did you mean {near!r}?" if near else ""
