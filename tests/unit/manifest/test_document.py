"""Reading and writing manifests: every refusal, with its message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.site_folder import FULL, digest, manifest

from importmap import Diagnostic, ManifestError
from importmap._base import grammar
from importmap._base.tables import Table
from importmap._manifest.check import check
from importmap._manifest.document import decode, empty, encode

if TYPE_CHECKING:
    from importmap._manifest.document import Manifest


def read(raw: bytes) -> Manifest:
    return decode(raw, distribution="demo", place="importmap.json")


def read_document(document: object) -> Manifest:
    return read(json.dumps(document).encode())


def problems(raw: bytes) -> list[str]:
    """The messages with which a manifest is refused, each after its place in the document."""
    with pytest.raises(ManifestError) as caught:
        read(raw)
    for found in caught.value.diagnostics:
        assert (found.code, found.severity, found.distribution) == ("IM104", "error", "demo")
        assert found.place.startswith("importmap.json")
    return [str(found).removeprefix("demo: importmap.json: ") for found in caught.value.diagnostics]


def problems_of(document: object) -> list[str]:
    return problems(json.dumps(document).encode())


PLAIN: Any = manifest("demo")


@pytest.mark.parametrize("document", [PLAIN, FULL], ids=["plain", "full"])
def test_round_trip(document: Manifest) -> None:
    raw = encode(document)
    assert read(raw) == document
    assert encode(read(raw)) == raw


def test_bytes() -> None:
    """Sorted, compact, UTF-8, with a final newline."""
    assert encode({"name": "é", "manifest": 1, "ignore": ["b", "a"]}) == (
        '{"ignore":["b","a"],"manifest":1,"name":"é"}\n'.encode()
    )


def test_the_least_manifest() -> None:
    """A hand-made one may leave out what it has nothing to say about."""
    least = {
        "manifest": 1,
        "name": "Demo",
        "namespace": "demo",
        "modules": {"demo/a.js": {}},
        "imports": {"demo/a": {"path": "demo/a.js"}},
    }
    assert read_document(least) == {
        **least,
        "roots": [],
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }


def test_an_empty_manifest_is_a_new_one() -> None:
    """Whoever changes one has changed no other."""
    first = empty()
    first["modules"]["demo/a.js"] = {}
    first["roots"].append("demo/static")
    assert empty() == {
        "manifest": 1,
        "roots": [],
        "modules": {},
        "imports": {},
        "private": {},
        "vendored": {},
        "requires": {},
        "ignore": [],
    }


def test_nothing_at_all_but_the_head() -> None:
    empty = {"manifest": 1, "name": "demo", "namespace": "demo", "modules": {}, "imports": {}}
    assert read_document(empty)["modules"] == {}
    plain = manifest("demo", modules={}, imports={})
    assert read_document(plain) == plain


@pytest.mark.parametrize("raw", [b"", b"{", b'{"manifest": 1', encode(PLAIN)[:-5]])
def test_truncated(raw: bytes) -> None:
    [message] = problems(raw)
    assert message.startswith("the manifest is not JSON: ")


NOT_JSON = {
    "JavaScript": (b"{a: 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    "NaN": (b'{"x": NaN}', "NaN is not a JSON number"),
    "Infinity": (b'{"x": -Infinity}', "-Infinity is not a JSON number"),
    "duplicate keys": (b'{"x": {"a\\n": 1, "a\\n": 2}}', "the key 'a\\n' stands twice in one object"),
    "BOM": (b"\xef\xbb\xbf{}", "Expecting value: line 1 column 1 (char 0)"),
}


@pytest.mark.parametrize(("raw", "why"), NOT_JSON.values(), ids=NOT_JSON)
def test_not_json(raw: bytes, why: str) -> None:
    assert problems(raw) == [f"the manifest is not JSON: {why}."]


def test_not_utf8() -> None:
    assert problems(b'{"name": "\xff"}') == ["the manifest is not UTF-8."]
    assert problems(json.dumps(FULL).encode("utf-16")) == ["the manifest is not UTF-8."]


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_nested_too_deeply(bracket: str) -> None:
    close = {"[": "]", '{"a":': "1}"}[bracket]
    deep = bracket * 100_000 + close * 100_000
    assert problems(b'{"x": ' + deep.encode() + b"}") == ["the manifest is nested too deeply."]


def test_a_number_of_thousands_of_digits() -> None:
    """Python refuses to read it, or it is no size that a file has."""
    raw = json.dumps(manifest("demo", modules={"demo/editor.js": {"size": 0}})).replace(
        "0}", "9" * 5000 + "}"
    )
    [message] = problems(raw.encode())
    assert message.startswith(
        ("the manifest is not JSON: Exceeds the limit", 'modules."demo/editor.js".size')
    )


@pytest.mark.parametrize(
    "document",
    [
        {**FULL, "future": "\ud800"},
        {**FULL, "future\udfff": 1},
        {**FULL, "requires": {"lit": "\ud800"}},
        {**FULL, "vendored": {"lit": {"path": "demo/lit.js", "version": "\udc80"}}},
    ],
)
def test_lone_surrogates(document: object) -> None:
    """They could not be written again, nor printed."""
    assert problems_of(document) == ["the manifest holds a lone surrogate."]


@pytest.mark.parametrize("document", [[], "demo", 1, None, True])
def test_not_an_object(document: object) -> None:
    assert problems_of(document) == ["the manifest must be a JSON object."]


def test_newer_format() -> None:
    with pytest.raises(ManifestError) as caught:
        read_document({"manifest": 2, "anything": []})
    assert caught.value.diagnostics == (
        Diagnostic(
            "IM104",
            "error",
            "the manifest has format 2; this release reads format 1.",
            distribution="demo",
            place="importmap.json",
            hint="python -m pip install --upgrade hatch-importmap",
        ),
    )


def test_everything_that_is_missing() -> None:
    assert problems_of({}) == [
        "manifest: is missing.",
        "name: is missing.",
        "namespace: is missing.",
        "modules: is missing.",
        "imports: is missing.",
    ]


@pytest.mark.parametrize("member", sorted(manifest("demo")))
@pytest.mark.parametrize("wrong", [None, True, 1.5, "\n", [[]], {"x": []}])
def test_wrong_types(member: str, wrong: object) -> None:
    """Each member, with each type that it cannot have, is named in a message."""
    for message in problems_of({**manifest("demo"), member: wrong}):
        assert message.startswith((f"{member}: ", f"{member}.", f"{member}[")) or member in (
            "modules",
            "namespace",
        )


#: What is done to a good manifest, and what is said about it.
REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "older format": ({"manifest": 0}, ["manifest: must be 1."]),
    "format as text": ({"manifest": "1"}, ["manifest: must be an integer, not a string."]),
    "name": ({"name": "-demo"}, ["name: '-demo' is not the name of a distribution."]),
    "version": ({"version": "1/../2"}, ["version: '1/../2' is not a version."]),
    "package": ({"package": "demo-app"}, ["package: 'demo-app' is not the name of an import package."]),
    "root": (
        {"roots": ["demo/static", "../x"]},
        [
            (
                "roots: '../x' is refused: a path has no empty, '.' or '..' segment, no white space or "
                'control character, and none of % \\ ? # [ ] < > " { } | ^ `.'
            )
        ],
    ),
    "ignore": (
        {"ignore": ["React"]},
        ["ignore: 'React' is refused: a bare specifier is an npm name, with or without a path."],
    ),
    "context": (
        {"imports": {"demo/editor": {"path": "demo/editor.js", "contexts": ["admin", "a b"]}}},
        [
            (
                "imports.\"demo/editor\".contexts: 'a b' is refused: a context is letters, digits, '.', '_' "
                "and '-', and begins with a letter or digit."
            )
        ],
    ),
    "entry without a path": (
        {"imports": {"demo/editor": {}}},
        ['imports."demo/editor".path: is missing.'],
    ),
    "entry that is a path": (
        {"imports": {"demo/editor": "demo/editor.js"}},
        ['imports."demo/editor": must be a table, not a string.'],
    ),
    "path as a number": (
        {"imports": {"demo/editor": {"path": 1}}},
        ['imports."demo/editor".path: must be a string, not an integer.'],
    ),
    "path of no file": (
        {"imports": {"demo/editor": {"path": "demo/other.js"}}},
        ["imports.\"demo/editor\".path: 'demo/other.js' is no file of this manifest."],
    ),
    "prefix of a file": (
        {"imports": {"demo/": {"path": "demo/editor.js"}}},
        ["imports.\"demo/\".path: a prefix specifier and its path both end in '/'."],
    ),
    "prefix of no file": (
        {"imports": {"demo/": {"path": "other/"}}},
        ["imports.\"demo/\".path: 'other/' holds no file of this manifest."],
    ),
    "prefix of everything": (
        {"imports": {"demo/": {"path": "/"}}},
        ["imports.\"demo/\".path: '/' holds no file of this manifest."],
    ),
    "private name": (
        {"private": {"dom": {"path": "demo/editor.js"}}},
        ["private.dom: is not a private specifier such as '#dom'."],
    ),
    "vendored copy of the own name": (
        {"vendored": {"demo/x": {"path": "demo/editor.js", "version": "1"}}},
        ['vendored."demo/x": is not a third-party bare specifier.'],
    ),
    "vendored copy without a version": (
        {"vendored": {"lit": {"path": "demo/editor.js"}}},
        ["vendored.lit.version: is missing."],
    ),
    "vendored copy with a number": (
        {"vendored": {"lit": {"path": "demo/editor.js", "version": 3}}},
        ["vendored.lit.version: must be a string, not an integer."],
    ),
    "requires a URL": (
        {"requires": {"https://x/": "*"}},
        ['requires."https://x/": is not a bare specifier.'],
    ),
    "requires a number": (
        {"requires": {"lit": 3}},
        ["requires.lit: must be a string, not an integer."],
    ),
    "digest": (
        {"modules": {"demo/editor.js": {"sha384": "abc"}}},
        ['modules."demo/editor.js".sha384: must be 64 characters of base64.'],
    ),
    "size": (
        {"modules": {"demo/editor.js": {"size": -1}}},
        ['modules."demo/editor.js".size: must be between 0 and 2**63.'],
    ),
    "size as a float": (
        {"modules": {"demo/editor.js": {"size": 1.0}}},
        ['modules."demo/editor.js".size: must be an integer, not a float.'],
    ),
    "edges": (
        {
            "modules": {
                "demo/editor.js": {
                    "imports": ["./other.js", "../../x.js", "https://x/", "/x.js", ""],
                    "dynamic": ["./%2e%2e/x.js"],
                    "assets": ["x.wasm", "../../x.wasm", "/etc/passwd"],
                }
            }
        },
        [
            "modules.\"demo/editor.js\".imports: './other.js' leads to no file of this manifest.",
            "modules.\"demo/editor.js\".imports: '../../x.js' leads to no file of this manifest.",
            "modules.\"demo/editor.js\".imports: 'https://x/' is neither relative nor a bare specifier.",
            "modules.\"demo/editor.js\".imports: '/x.js' is neither relative nor a bare specifier.",
            "modules.\"demo/editor.js\".imports: '' is neither relative nor a bare specifier.",
            "modules.\"demo/editor.js\".dynamic: './%2e%2e/x.js' leads to no file of this manifest.",
            "modules.\"demo/editor.js\".assets: 'x.wasm' is not a relative path inside the package.",
            "modules.\"demo/editor.js\".assets: '../../x.wasm' is not a relative path inside the package.",
            "modules.\"demo/editor.js\".assets: '/etc/passwd' is not a relative path inside the package.",
        ],
    ),
    "url with a path": (
        {
            "imports": {
                "demo/x": {
                    "path": "demo/editor.js",
                    "url": "https://x/",
                    "integrity": f"sha384-{digest('')}",
                }
            }
        },
        ['imports."demo/x": has both a path and a url.'],
    ),
    "url of another scheme": (
        {"imports": {"demo/x": {"url": "javascript:alert(1)", "integrity": f"sha384-{digest('')}"}}},
        ["imports.\"demo/x\".url: 'javascript:alert(1)' is not an absolute https URL."],
    ),
    "url without integrity": (
        {"imports": {"demo/x": {"url": "https://x/"}}},
        ["imports.\"demo/x\".integrity: a url needs an integrity such as 'sha384-…'."],
    ),
    "url as a number": (
        {"imports": {"demo/x": {"url": 1, "integrity": "x"}}},
        [
            'imports."demo/x".url: must be a string, not an integer.',
            "imports.\"demo/x\".integrity: a url needs an integrity such as 'sha384-…'.",
        ],
    ),
    "url for a prefix": (
        {"imports": {"demo/": {"url": "https://x/", "integrity": f"sha384-{digest('')}"}}},
        ["imports.\"demo/\": is not a specifier of the namespace 'demo'."],
    ),
    "files": (
        {
            "project": 1,
            "files": {"demo/x.py": "/p/x.py", "../x.js": "/p/x.js", "demo/y.js": 1},
            "watch": {"/p": [1], "/q": [True, 1], "/r": [1, 2]},
            "pyproject": [],
        },
        [
            "project: must be a string, not an integer.",
            "pyproject: must be a string, not an array.",
            'files."demo/x.py": only .js, .mjs, .json, .css and listed files are served from a source tree.',
            (
                "files.\"../x.js\": is refused: a path has no empty, '.' or '..' segment, no white space or "
                'control character, and none of % \\ ? # [ ] < > " { } | ^ `.'
            ),
            'files."demo/y.js": must be a string, not an integer.',
            'watch."/p": must be [mtime in ns, size in bytes].',
            'watch."/q": must be [mtime in ns, size in bytes].',
        ],
    ),
    "what other build hooks added": (
        {"build": {"artifacts": ["a", 1], "force_include": {"/x": 1}, "force_include_editable": []}},
        [
            "build.artifacts[1]: must be a string, not an integer.",
            'build.force_include."/x": must be a string, not an integer.',
            "build.force_include_editable: must be a table, not an array.",
        ],
    ),
    "paths that no system has": (
        {"project": "/p\0", "files": {"demo/editor.js": "/p/\0"}, "watch": {"/p\0": [1, 2]}},
        [
            "project: is not a path.",
            'files."demo/editor.js": is not a path.',
            'watch."/p\\x00": is not a path.',
        ],
    ),
}


@pytest.mark.parametrize(("change", "messages"), REFUSED.values(), ids=REFUSED)
def test_refused(change: dict[str, Any], messages: list[str]) -> None:
    assert problems_of({**manifest("demo"), **change}) == messages


def test_problems_stand_in_the_order_of_the_document() -> None:
    """Row by row, each entry after all of its questions; contexts come last."""
    document = {
        **manifest("demo"),
        "modules": {
            "demo/b.js": {"sha384": "x", "imports": ["./none.js"], "type": 1},
            "demo/editor.js": None,
            "demo/a b.js": {"size": -1, "assets": ["x"], "sha384": 1},
        },
        "imports": {
            "demo/y": {"contexts": ["a b", 1], "path": 2},
            "demo/cdn": {"url": "x"},
            "x": {"contexts": "admin"},
            "demo/z": {"contexts": ["default", "a b"], "path": "demo/b.js/"},
        },
    }
    path = "a path has no empty, '.' or '..' segment, no white space or control character, "
    path += 'and none of % \\ ? # [ ] < > " { } | ^ `'
    context = "a context is letters, digits, '.', '_' and '-', and begins with a letter or digit"
    assert problems_of(document) == [
        'modules."demo/b.js".sha384: must be 64 characters of base64.',
        'modules."demo/b.js".type: must be a string, not an integer.',
        "modules.\"demo/b.js\".imports: './none.js' leads to no file of this manifest.",
        'modules."demo/editor.js": must be a table, not null.',
        f'modules."demo/a b.js": is refused: {path}.',
        'modules."demo/a b.js".sha384: must be a string, not an integer.',
        'modules."demo/a b.js".size: must be between 0 and 2**63.',
        "modules.\"demo/a b.js\".assets: 'x' is not a relative path inside the package.",
        'imports."demo/y".path: must be a string, not an integer.',
        "imports.x: is not a specifier of the namespace 'demo'.",
        "imports.x.path: is missing.",
        "imports.\"demo/z\".path: a prefix specifier and its path both end in '/'.",
        "imports.\"demo/cdn\".url: 'x' is not an absolute https URL.",
        "imports.\"demo/cdn\".integrity: a url needs an integrity such as 'sha384-…'.",
        'imports."demo/y".contexts[1]: must be a string, not an integer.',
        f"imports.\"demo/y\".contexts: 'a b' is refused: {context}.",
        "imports.x.contexts: must be an array, not a string.",
        f"imports.\"demo/z\".contexts: 'a b' is refused: {context}.",
    ]


@pytest.mark.parametrize("document", [PLAIN, FULL], ids=["plain", "full"])
def test_a_good_manifest_has_no_messages_to_make(
    document: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Table, "at")
    assert check(document) == []


def test_a_context_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def is_context(text: str) -> bool:
        asked.append(text)
        return True

    monkeypatch.setattr(grammar, "is_context", is_context)
    entry = {"path": "demo/editor.js", "contexts": ["admin", "public"]}
    entries = {f"demo/{number}": entry for number in range(100)}
    assert check(manifest("demo", modules={"demo/editor.js": {}}, imports=entries)) == []
    assert sorted(asked) == ["admin", "public"]


HOSTILE_NAMES = [
    "../x",
    "demo/../other/x",
    "demo/%2e%2e/other/x",
    "demo/..%2fother",
    "demo\\..\\other",
    "demo/</script><script>alert(1)</script>",
    "demo/<!--",
    'demo/"x"',
    "demo//x",
    "demo/x?y",
    "demo/x#y",
    "demo/\u2028",
    "other/x",
    "demo-other/x",
    "lit",
    "https://site.example/x.js",
    "https:",
    "data:text/javascript,alert(1)",
    "/static/other/x.js",
    "./x",
    "#dom",
    "",
]


@pytest.mark.parametrize("specifier", HOSTILE_NAMES)
def test_hostile_specifiers(specifier: str) -> None:
    """Nobody maps URLs or names of others."""
    entry = {"path": "demo/editor.js"}
    [message] = problems_of({**manifest("demo"), "imports": {specifier: entry}})
    assert message.endswith(": is not a specifier of the namespace 'demo'.")
    cdn = {"url": "https://x/", "integrity": f"sha384-{digest('')}"}
    [message] = problems_of({**manifest("demo"), "imports": {specifier: cdn}})
    assert message.endswith(": is not a specifier of the namespace 'demo'.")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../x.js",
        "demo/../x.js",
        "demo/%2e%2e/x.js",
        "demo\\x.js",
        "C:\\x.js",
        "//evil.example/x.js",
        "https://evil.example/x.js",
        "demo/</script>.js",
        "demo/x.js?y",
        "demo/x y.js",
        "demo/",
        "",
    ],
)
def test_hostile_paths(path: str) -> None:
    [message] = problems_of({**manifest("demo"), "imports": {}, "modules": {path: {}}})
    assert ": is refused: a path has no empty, '.' or '..' segment" in message


@pytest.mark.parametrize("namespace", ["https:", "data:", "/static", "Demo", "a/b", "..", "<script>", ""])
def test_hostile_namespaces(namespace: str) -> None:
    document = {**manifest("demo"), "namespace": namespace, "imports": {}}
    [message] = problems_of(document)
    assert message.startswith(f"namespace: {namespace!r} is refused: a namespace is an npm name: ")


def test_a_problem_in_ascii() -> None:
    """What goes to a terminal or a log cannot play tricks there."""
    [message] = problems_of(
        {**manifest("demo"), "imports": {"demo/\x1b[2J\u202e": {"path": "demo/editor.js"}}}
    )
    assert message.isascii()
    assert message.isprintable()
