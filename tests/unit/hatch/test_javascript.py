"""The scan of one JavaScript module."""

from __future__ import annotations

import sys
import threading

import pytest

from hatch_importmap.javascript.parse import Import, ImportKind, Remark, Scan, scan_javascript


def scan(source: str) -> Scan:
    return scan_javascript(source.encode("utf-8", "surrogatepass"))


def one(kind: ImportKind, column: int, specifier: str = "x", type: str | None = None) -> Scan:  # noqa: A002  # as in Import
    return Scan((Import(specifier, kind, 1, column, type),))


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ('import "x"', 8),
        ("import'x'", 7),
        ('import a from "x"', 15),
        ('import a,{b as c,default as d}from"x";', 35),
        ('import { "any name" as e } from "x"', 33),
        ('import {} from "x"', 16),
        ('import * as a from "x"', 20),
        ('import a, * as b from "x"', 23),
        ('import from from "x"', 18),
        ('/* import "y" */ import /* "z" */ "x" // import "w"', 35),
        ('export * from "x"', 15),
        ('export * as a from "x"', 20),
        ('export { a, b as default, c as "any name" } from "x"', 50),
        ("export{}from'x'", 13),
    ],
)
def test_static(source: str, column: int) -> None:
    assert scan(source) == one("static", column)


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ('import("x")', 8),
        ("import ( /* webpackIgnore: true */ 'x' , )", 36),
        ("import(`x`)", 8),
        ('f(...[await import("x")])', 20),
        ('`${import("x")}`', 11),
        ('a = b / import("x") / c', 16),
        ("() => import('x').then(m => m.default)", 14),
        ('class A { static { import("x") } }', 27),
    ],
)
def test_dynamic(source: str, column: int) -> None:
    assert scan(source) == one("dynamic", column)


@pytest.mark.parametrize(
    "source", ["import(x)", "import(`x${y}`)", 'import("x" + y)', 'import(y ? "x" : "z")', "import(`x` + y)"]
)
def test_a_dynamic_import_of_no_literal(source: str) -> None:
    assert scan(f"f({source})") == Scan(remarks=(Remark("dynamic", 1, 3),), is_known=False)


def test_a_dynamic_import_within_another() -> None:
    assert scan('import((await import("x")).y)') == Scan(
        (Import("x", "dynamic", 1, 22),), (Remark("dynamic", 1, 1),), is_known=False
    )


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ('import.meta.resolve("x")', 21),
        ("import . meta /**/ . resolve?.(`x`)", 32),
        ("import.meta.resolve('x', parent)", 21),
    ],
)
def test_resolve(source: str, column: int) -> None:
    assert scan(source) == one("resolve", column)


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ('new URL("x", import.meta.url)', 9),
        ("new Worker(new URL(`x`, /* here */ import.meta.url), { type: 'module' })", 20),
        ('new URL("x",import.meta.url,).href', 9),
    ],
)
def test_asset(source: str, column: int) -> None:
    assert scan(source) == one("asset", column)


@pytest.mark.parametrize(
    "source",
    [
        "import.meta.resolve(x)",
        "import.meta.resolve()",
        "import.meta.resolve",
        "import.meta.resolve(`x${y}`)",
        'import.meta.env.resolve("x")',
        'import.meta["resolve"]("x")',
        'f(import.meta.resolve, "x")',
        "const { url } = import.meta",
        "new URL(x, import.meta.url)",
        "new URL(`x${y}`, import.meta.url)",
        'new URL("x", import.meta.env)',
        'new URL("x", import.meta.url + y)',
        'new URL("x", y, import.meta.url)',
        "new URL(import.meta.url)",
        'new Path("x", import.meta.url)',
        'new y.URL("x", import.meta.url)',
        'URL("x", import.meta.url)',
        'class URL {}; new URL("x", import.meta.url)',
        'const URL = f(); new URL("x", import.meta.url)',
    ],
)
def test_import_meta_that_names_nothing(source: str) -> None:
    """Nobody knows what else the module loads."""
    assert scan(source) == Scan(is_known=False)


@pytest.mark.parametrize(
    "source",
    [
        "eval('import(\"./x.js\")')",
        "(0, eval)(x)",
        "Function('return this')()",
        "new Function (`a`, b)",
        "globalThis.eval?.(x)",
        "eval`x`",
    ],
)
def test_code_from_text(source: str) -> None:
    assert scan(source) == Scan(is_known=False)


@pytest.mark.parametrize(
    "source",
    [
        'new URL("x", location); export {}',
        "evaluate(x); isFunction(x); Function.prototype; a instanceof Function",
        "export const a = 1",
    ],
)
def test_nothing_else_is_loaded(source: str) -> None:
    assert scan(source) == Scan()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\ufeff",
        '// import "x"',
        '/* import "x"\nimport("x") */',
        '#!/usr/bin/env import "x"\n',
        "a = 'import \"x\"'",
        "a = `import('x') ${`export * from 'x'`}`",
        'a = /import("x")/',
        'a = /[/]import("x")/u',
        'a.import("x")',
        'a?.import("x")',
        'a.#import("x")',
        'a = { import: "x", export: "x", import(y) { } }',
        'class A { import(y) { return "x" } static import = "x"; #import = "x" }',
        'reimport("x"); import_("x"); $import("x"); import$("x")',
        "export default 'x'",
        "export const from = 'x'",
        "const a = 1; export { a }; 'x'",
        "export function f() { }",
    ],
)
def test_what_only_looks_like_an_import(source: str) -> None:
    found = scan(source)
    assert found.imports == ()
    assert [remark for remark in found.remarks if remark.kind != "syntax"] == []


@pytest.mark.parametrize(
    ("source", "kind", "column", "expected"),
    [
        ('import a from "x" with { type: "json" }', "static", 15, "json"),
        ('import a from "x" with { "type": \'css\', }', "static", 15, "css"),
        ('import a from "x"/**/with/**/{/**/type/**/:/**/"json"/**/}', "static", 15, "json"),
        ('import a from "x" with { integrity: "type: \'y\'", type: "json" }', "static", 15, "json"),
        (r'import a from "x" with { "t\x79pe": "\u006ason" }', "static", 15, "json"),
        ('import "x" with { kind: "json" }', "static", 8, None),
        ('import "x" with {}', "static", 8, None),
        ('import("x", { with: { type: "json" } })', "dynamic", 8, "json"),
        ('import("x", { "with": { type: "json" }, })', "dynamic", 8, "json"),
        ('import("x", { assert: { type: "json" } })', "dynamic", 8, "json"),
        ('import("x", options)', "dynamic", 8, None),
        ('import("x", { with: options })', "dynamic", 8, None),
    ],
)
def test_attributes(source: str, kind: ImportKind, column: int, expected: str | None) -> None:
    assert scan(source) == one(kind, column, type=expected)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('""', ""),
        (r'"\x2f\u002F\u{2f}\u{00002F}"', "////"),
        (r"'\b\f\n\r\t\v\0\'\"\\\/\y'", "\b\f\n\r\t\v\0'\"\\/y"),
        ('"a\\\nb\\\r\nc\\\rd\\\u2028e\\\u2029f"', "abcdef"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d"', "\ud83d"),
        (r'"\ude00\ud83d"', "\ude00\ud83d"),
        ('"\U0001f600é\u2028"', "\U0001f600é\u2028"),
        (r'"\u{110000}"', r"\u{110000}"),
        ("`a\r\nb\rc$d{`", "a\nb\nc$d{"),
        (r"`\${x}\``", "${x}`"),
    ],
)
def test_the_value_of_a_literal(literal: str, value: str) -> None:
    assert scan(f"import({literal})").imports == (Import(value, "dynamic", 1, 8),)


def test_positions() -> None:
    """Lines as editors count them, columns in characters, everything in the order of the source."""
    source = (
        '\ufeff/* é\U0001f600 */ import "a"; import "b"\r\n'
        '\timport "c"\r/* \u2028 */ import("d")\n'
        "import(e)\n"
        '  new URL("f", import.meta.url), import.meta.resolve("g"); export * from "h"'
    )
    assert scan(source) == Scan(
        (
            Import("a", "static", 1, 17),
            Import("b", "static", 1, 29),
            Import("c", "static", 2, 9),
            Import("d", "dynamic", 3, 16),
            Import("f", "asset", 5, 11),
            Import("g", "resolve", 5, 54),
            Import("h", "static", 5, 74),
        ),
        (Remark("dynamic", 4, 1),),
        is_known=False,
    )


def test_a_line_separator_ends_a_comment() -> None:
    assert scan('// a\u2028import "x"') == one("static", 13)


@pytest.mark.parametrize("name", ["é", "ÿ"])
def test_not_utf_8(name: str) -> None:
    """As browsers read it: each wrong byte is one replacement character, also in the specifier."""
    source = f'/* {name} */ import "./{name}.js"; import "x"'.encode("latin-1")
    assert scan_javascript(source) == Scan(
        (Import("./\ufffd.js", "static", 1, 16), Import("x", "static", 1, 33))
    )


@pytest.mark.parametrize(
    ("source", "found", "at"),
    [
        ('import defer * as a from "x";\nimport "y"', [("x", 1, 26), ("y", 2, 8)], [(1, 8)]),
        ('import source a from "x"; import "y"', [("x", 1, 22), ("y", 1, 34)], [(1, 15)]),
        (
            'export { a } from "x" with { type: "json" }\nimport "y"',
            [("x", 1, 19, "json"), ("y", 2, 8)],
            [(1, 1)],
        ),
        (
            'import a from "x" assert { type: "json" }\nimport "y"',
            [("x", 1, 15, "json"), ("y", 2, 8)],
            [(1, 1)],
        ),
        ('@d class A { accessor b = import("x") }\nimport "y"', [("x", 1, 34), ("y", 2, 8)], [(1, 23)]),
        ('let a = ;\nlet b;\nimport "y"\nlet c = ;', [("y", 3, 8)], [(1, 7), (4, 7)]),
        (
            'import "x"\nfunction f( { import "y"; }\nimport "z"',
            [("x", 1, 8), ("y", 2, 22), ("z", 3, 8)],
            [(2, 15)],
        ),
        ('if (a) { import "x"', [("x", 1, 17)], [(1, 20)]),
        ('import a from\nimport "x"', [("x", 2, 8)], [(2, 1)]),
        ('import "x', [], [(1, 1)]),
    ],
)
def test_errors(source: str, found: list[tuple[str, int, int]], at: list[tuple[int, int]]) -> None:
    """The imports outside of an error are kept, and those inside that are whole."""
    result = scan(source)
    edges = [(i.specifier, i.line, i.column, *filter(None, [i.type])) for i in result.imports]
    assert (edges, result.remarks) == (found, tuple(Remark("syntax", *place) for place in at))


@pytest.mark.parametrize("code", ["import.defer('x')", "import.source('x')"])
def test_phases_of_dynamic_imports(code: str) -> None:
    result = scan(code)
    assert [(i.specifier, i.kind) for i in result.imports] == [("x", "dynamic")]
    assert [remark.kind for remark in result.remarks] == ["syntax"]


def test_what_is_no_code_next_to_an_error() -> None:
    source = 'let = = "import \'x\'" /* import "x" */ `import "x"` a.import("x"); b = /import "x"/ )('
    assert scan(source).imports == ()


def test_few_remarks_on_a_file_that_is_no_javascript() -> None:
    page = "<!doctype html>\n<p>It's <b>bold\n" * 50
    assert 1 <= len(scan(page).remarks) <= 100
    assert {remark.kind for remark in scan(page).remarks} == {"syntax"}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('const a = require("x");', (1, 11)),
        ('"use strict";\nif (a) { require("x") }', (2, 10)),
        ("module.exports = { };", (1, 1)),
        ('module["exports"] = { };', None),
        ("exports.a = 1;", (1, 1)),
        ('exports["a"] = 1;', (1, 1)),
        ('f(); exports.a = require("x"); module.exports.b = 1', (1, 6)),
        ("(function (g, f) { typeof module == 'object' ? module.exports = f() : g.a = f() })(0, f)", (1, 48)),
        ('import("x").then(a => module.exports = a)', (1, 23)),
        ("require(a)", None),
        ('require(["a"], f)', None),
        ('a.require("x"); a.module.exports; a.exports.b = 1', None),
        ("typeof module; f(exports); a = exports.b", None),
        ("(function (require, module, exports) { exports.a = require('x'); module.exports = 1 })()", None),
        ("(exports => { exports.a = 1 })({})", None),
        ('var require = f; require("x")', None),
        ('require("x"); function require() { }', None),
        ('// require("x")\na = "module.exports"', None),
        ('export {}; require("x")', None),
        ("import.meta; module.exports = 1", None),
    ],
)
def test_commonjs(source: str, place: tuple[int, int] | None) -> None:
    assert scan(source).remarks == (() if place is None else (Remark("commonjs", *place),))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("a=>{", "}"),
        ("!", "1"),
        ("`${", "}`"),
        ("import(", ")"),
    ],
)
def test_deep_nesting(before: str, after: str) -> None:
    # Python's own recursion ends at a thousand.
    depth = 3_000
    source = f'{before * depth}import("x"){after * (depth if after != "1" else 0)};import "y"'
    found = scan(source).imports
    assert [(i.specifier, i.kind) for i in found] == [("x", "dynamic"), ("y", "static")]


@pytest.mark.parametrize(
    "source", ["(" * 100_000, "import " * 20_000, "/*" * 50_000, "import{" * 20_000, "\0" * 1000]
)
def test_hostile_text_ends(source: str) -> None:
    assert scan(source).imports == ()


def test_a_long_line() -> None:
    """A minified file of 5 MB."""
    statement = 'f(function(){return a/b+"import"});'
    count = 5_000_000 // len(statement)
    source = statement * (count // 2) + 'import"x";' + statement * (count // 2) + 'import("y")'
    half = len(statement) * (count // 2)
    assert scan(source) == Scan(
        (Import("x", "static", 1, half + 7), Import("y", "dynamic", 1, 2 * half + 18))
    )


def test_thousands_of_assets() -> None:
    """A set of icons; the time it takes must not grow with the square."""
    count = 20_000
    source = "".join(f'export const i{n} = new URL("./{n}.svg", import.meta.url);\n' for n in range(count))
    assert [i.specifier for i in scan(source).imports] == [f"./{n}.svg" for n in range(count)]


def test_threads_share_nothing() -> None:
    sources = [f'import "{number}"; import("{number}")' * 20 for number in range(40)]
    results: dict[int, Scan] = {}

    def run(numbers: range) -> None:
        for number in numbers:
            results[number] = scan(sources[number])

    threads = [threading.Thread(target=run, args=(range(start, 40, 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[number] for number in range(40)] == [scan(source) for source in sources]


def test_no_recursion() -> None:
    """Python's stack has nothing to do with the depth of the source."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        assert len(scan("(" * 5000 + 'import("x")' + ")" * 5000).imports) == 1
    finally:
        sys.setrecursionlimit(limit)
