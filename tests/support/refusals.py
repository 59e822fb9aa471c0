"""What a build refuses: projects, and all that their authors read."""
# ruff: noqa: E501 - a message is one line, however long

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from support.projects import FILES, MODULE, PYPROJECT

HEAD, _, _ = PYPROJECT.partition("[tool.importmap.imports]")
NO_ENTRY_POINT = PYPROJECT.replace('[project.entry-points.importmap]\nprose = "prose"\n', "")
STATIC = "prose/static"


@dataclass(frozen=True)
class Refusal:
    """A project that no wheel is built of.

    :param message: all that the author reads; ``PROJECT`` stands for the folder.
    """

    pyproject: str
    message: str
    files: dict[str, str] = field(default_factory=lambda: FILES)

    def text(self, project: Path) -> str:
        """The message about the project in a folder."""
        return self.message.strip("\n").replace("PROJECT", str(project))


def entry_points(lines: str) -> str:
    return PYPROJECT.replace('prose = "prose"\n', lines + "\n")


REFUSALS = {
    "the table": Refusal(
        HEAD
        + """
[tool.importmap]
contexts = ["no good"]
static = ["../static"]
contxts = []
strict = "yes"

[tool.importmap.imports]
editor = "prose/../editor.js"
"./editor" = "prose/editor.js"
hidden = "prose/%2e%2e/other/editor.js"
"https://x.example/a.js" = "prose/editor.js"
cdn = { url = "http://x.example/a.js" }
"*" = "prose/editor.js"
"é" = 7

[tool.importmap.vendored]
lit = { path = "prose/lit.js", version = "^3" }
"prose/x" = { path = "prose/editor.js", version = "1" }

[tool.importmap.requires]
lit = "^3"
""",
        r"""
importmap: 15 problems
- tool.importmap.contxts: unknown key. Did you mean 'contexts'?
- tool.importmap.contexts: 'no good' is refused: a context is letters, digits, '.', '_' and '-', and begins with a letter or digit.
- tool.importmap.imports.editor: 'prose/../editor.js' is refused: a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.imports."./editor": is the same specifier as the key 'editor': 'prose/editor'.
- tool.importmap.imports.hidden: 'prose/%2e%2e/other/editor.js' is refused: a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.imports."https://x.example/a.js": is refused: a key is '.', a path below the namespace, a pattern with one '*', a prefix that ends in '/', or a private name such as '#dom'; a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.imports.cdn.url: 'http://x.example/a.js' is not an absolute https URL.
- tool.importmap.imports.cdn.integrity: is missing: a url needs the digest of what it loads.
    integrity = "sha384-…"
- tool.importmap.imports."*": 'prose/editor.js' is refused: a pattern and its path both have one '*', other keys and paths none.
- tool.importmap.imports."\xe9": must be a public path, a table or false, not an integer.
- tool.importmap.vendored.lit.version: '^3' is not a version as Python packages have them (PEP 440).
    For example "3.2.1", or "4.0.0.dev1" for "4.0.0-next.1".
- tool.importmap.vendored."prose/x": lies in this package's own namespace 'prose'; it belongs in [tool.importmap.imports].
- tool.importmap.static: '../static' is refused: a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.requires.lit: '^3' is not a range of versions as Python packages have them (PEP 440).
    For example ">=3.2,<4", or "*" for any version.
- tool.importmap.strict: must be a boolean, not a string.
""",
    ),
    "the code": Refusal(
        PYPROJECT,
        r"""
importmap: 7 problems
- prose/static/prose/dom.js:1:8: imports 'lit', which is neither this package's own nor in 'vendored', 'requires' or 'ignore'. Also at prose/static/prose/editor.js:2:8.
- prose/static/prose/dom.js:2:8: imports '@lit/context/x.js', which is neither this package's own nor in 'vendored', 'requires' or 'ignore'.
    [tool.importmap.requires]
    lit = "*"
    "@lit/context" = "*"
- prose/static/prose/editor.js:3:8: imports 'prose/dom', which is no entry of this package.
    [tool.importmap.imports]
    dom = "prose/dom.js"
- prose/static/prose/editor.js:4:8: imports './dom': browsers look for a file of that very name. Write './dom.js'.
- prose/static/prose/editor.js:5:8: imports './dom.js?v=1': a query makes it another module than the file alone. Write './dom.js'.
- prose/static/prose/editor.js:6:8: imports 'node:fs': browsers load nothing from 'node:'.
- prose/static/prose/editor.js:7:8: imports './made.js': the wheel does not ship 'prose/made.js': prose/static/prose/made.js is there, but ignored.
    [tool.hatch.build]
    artifacts = ["prose/static/prose/made.js"]
""",
        {
            **FILES,
            f"{STATIC}/prose/editor.js": "\n".join(
                f'import "{name}"'
                for name in ("./dom.js", "lit", "prose/dom", "./dom", "./dom.js?v=1", "node:fs", "./made.js")
            ),
            f"{STATIC}/prose/dom.js": 'import "lit"\nimport "@lit/context/x.js"',
            f"{STATIC}/prose/made.js": MODULE,
            ".gitignore": "made.js",
        },
    ),
    "files": Refusal(
        PYPROJECT
        + """
typo = "prose/edtor.js"
made = "prose/made.js"
"made/*" = "prose/made/*.js"
"made/" = "prose/made/"
"none/*" = "prose/none/*.js"
"l10n/" = "prose/l10n/"
"l10n/de.js" = false
mapped = "prose/mapped.js"
spaces = "prose/two words.js"
"two/*" = "prose/two*.js"
top = "top.js"
"#dom" = "prose/editor.js"
""",
        r"""
importmap: 10 problems
- tool.importmap.imports.spaces: 'prose/two words.js' is refused: a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.imports.typo: the wheel does not ship 'prose/edtor.js'; it was looked for below 'prose/static'. Did you mean 'prose/editor.js'?
- tool.importmap.imports.made: the wheel does not ship 'prose/made.js': prose/static/prose/made.js is there, but ignored.
- tool.importmap.imports."made/*": 'prose/made/*.js' matches no file of the wheel: prose/static/prose/made/a.js is there, but ignored.
- tool.importmap.imports."none/*": 'prose/none/*.js' matches no file of the wheel; it was looked for below 'prose/static'.
- tool.importmap.imports."made/": 'prose/made/' matches no file of the wheel: prose/static/prose/made/a.js is there, but ignored.
    [tool.hatch.build]
    artifacts = ["prose/static/prose/made.js", "prose/static/prose/made/**/*.js", "prose/static/prose/made/**"]
- tool.importmap.imports."l10n/de.js": cannot be excluded: the prefix 'l10n/' maps it all the same.
    "l10n/*" = "prose/l10n/*"
- tool.importmap.imports."two/*": matches 'prose/two words.js', which is refused: a path has no empty, '.' or '..' segment, no white space or control character, and none of % \ ? # [ ] < > " { } | ^ `.
- tool.importmap.imports.top: 'top.js' must lie in a folder of this package's own: private and third-party names need a URL prefix that no other package has.
- tool.importmap.imports.mapped: 'prose/mapped.js' names a source map, which collectstatic insists on: the wheel does not ship 'prose/mapped.js.map'; it was looked for below 'prose/static'. Did you mean 'prose/mapped.js'?
""",
        {
            **FILES,
            ".gitignore": "made.js\nmade/\n",
            f"{STATIC}/prose/made.js": MODULE,
            f"{STATIC}/prose/made/a.js": MODULE,
            f"{STATIC}/prose/l10n/de.js": MODULE,
            f"{STATIC}/prose/mapped.js": "//# sourceMappingURL=mapped.js.map",
            f"{STATIC}/prose/two words.js": MODULE,
            f"{STATIC}/top.js": MODULE,
        },
    ),
    "two static roots": Refusal(
        HEAD
        + """
[tool.importmap]
static = ["prose/static", "prose/assets", "prose/asets"]

[tool.importmap.imports]
editor = "prose/editor.js"
""",
        r"""
importmap: 2 problems
- tool.importmap.static: the wheel ships no file below 'prose/asets'. Did you mean 'prose/assets'?
- tool.importmap.static: 'prose/static/prose/editor.js' and 'prose/assets/prose/editor.js' have the same public path 'prose/editor.js'.
""",
        {**FILES, "prose/assets/prose/editor.js": MODULE},
    ),
    "no entry point": Refusal(
        NO_ENTRY_POINT,
        r"""
importmap: 1 problem
- project.entry-points.importmap: is missing: its name is the namespace, its value the import package that ships the files.
    [project.entry-points.importmap]
    prose = "prose"
""",
    ),
    "no entry point, and a package of another name": Refusal(
        NO_ENTRY_POINT.replace('name = "prose"', 'name = "Django_Prose"')
        + '\n[tool.hatch.build.targets.wheel]\npackages = ["prose"]\n',
        r"""
importmap: 1 problem
- project.entry-points.importmap: is missing: its name is the namespace, its value the import package that ships the files.
    [project.entry-points.importmap]
    django-prose = "prose"
""",
    ),
    "another spelling of the name": Refusal(
        entry_points('Prose = "prose"'),
        r"""
importmap: 1 problem
- project.entry-points.importmap.Prose: is another spelling of the project's own name, which is 'prose'.
    [project.entry-points.importmap]
    prose = "prose"
""",
    ),
    "a namespace that is a URL": Refusal(
        entry_points('"https:" = "prose"'),
        r"""
importmap: 1 problem
- project.entry-points.importmap."https:": is refused: a namespace is an npm name: lower-case letters, digits, '.', '_' and '-', optionally after '@scope/'.
""",
    ),
    "two entry points": Refusal(
        entry_points('prose = "prose"\nother = "prose"'),
        r"""
importmap: 1 problem
- project.entry-points.importmap: has 2 entry points: 'other', 'prose'. A distribution has one namespace.
""",
    ),
    "an attribute": Refusal(
        entry_points('prose = "prose:imports"'),
        r"""
importmap: 1 problem
- project.entry-points.importmap.prose: names an attribute; what the build reads is the import package that ships the files.
    [project.entry-points.importmap]
    prose = "prose"
""",
    ),
    "a package that is not there": Refusal(
        entry_points('prose = "proze"'),
        r"""
importmap: 1 problem
- project.entry-points.importmap.prose: the wheel has no package 'proze'. Did you mean 'prose'?
""",
    ),
    "no table": Refusal(
        HEAD,
        r"""
importmap: 1 problem
- tool.importmap.imports: is missing: it declares the modules.
    [tool.importmap.imports]
    editor = "my_package/editor.js"
""",
    ),
    "no table but a number": Refusal(
        HEAD + "\n[tool]\nimportmap = 5\n",
        r"""
importmap: 2 problems
- tool.importmap: must be a table, not an integer.
- tool.importmap.imports: is missing: it declares the modules.
    [tool.importmap.imports]
    editor = "my_package/editor.js"
""",
    ),
    "a table in the wrong place": Refusal(
        PYPROJECT.replace("[tool.importmap.imports]", "[tool.hatch.build.hooks.importmap.imports]"),
        r"""
importmap: 2 problems
- tool.hatch.build.hooks.importmap.imports: unknown key: it belongs in [tool.importmap].
- tool.importmap.imports: is missing: it declares the modules.
    [tool.importmap.imports]
    editor = "my_package/editor.js"
""",
    ),
    "a manifest that would be moved": Refusal(
        entry_points('prose = "pre.prose"')
        + '\n[tool.hatch.build.targets.wheel]\npackages = ["prose"]\nsources = { "" = "pre" }\n',
        r"""
importmap: 1 problem
- tool.hatch.build.targets.wheel.sources: moves the manifest to 'extra_metadata/pre/importmap.json', where nobody looks for it.
    Name the folders to move, in place of "".
""",
    ),
    "a file that is forced in, but not there": Refusal(
        PYPROJECT + f'\n[tool.hatch.build.force-include]\n"gone.js" = "{STATIC}/prose/gone.js"\n',
        r"""
importmap: 1 problem
- hatchling cannot say which files it ships: Forced include not found: PROJECT/gone.js
""",
    ),
}
