"""What made-up import maps are made of: names and URLs, ordinary and not."""

from __future__ import annotations


def words(text: str) -> list[str]:
    return text.split()


# Where pages and modules are

ORIGINS = [
    *["https://site.example"] * 6,
    *words("https://o.example http://site.example:8080 https://xn--bcher-kva.example") * 2,
    *words("file:// https://user:pw@site.example https://[::1]:9 http://127.0.0.1 weird://host weird:"),
    *words("ws://site.example ftp://site.example"),
]
FOLDERS = words("/ /app/ /app/js/ /a/b/ /lib/ /app// /%C3%A9/ /1/ /a%2Fb/ /__proto__/")
FILES = words("x.js m.js index.html 1 b a%20b.js %C3%A9.js x.js?v=1 x.js#part é.js")
ODD_PAGES = words(r"""
    about:blank about:srcdoc blob:https://site.example/0f0f blob:null/1 weird:opaque mailto:x@site.example
    file:///C:/x/y.js file:///home/x.js https://site.example HTTPS://Site.Example:443/app/./js/../x.js
    https://bücher.example/é/x.js https://site.example/app/x.js?a/b/ https://site.example/app/x.js#a/b/
    https://site.example\app\x.js
""")
#: A module with a data: URL runs its code, which has to hand out its `import.meta`.
DATA_MODULES = [
    f"data:text/javascript,hand(import.meta){end}"
    for end in ("", "#part", "//a/b/c", "//a/../b?q/", "//%2e%2e/ x")
]

# What maps and modules name

NAMES = [
    *words("lit react a a/b a/b/c @s/p @s/p/x lit/ a/ a/b/ @s/ @s/p/ react/") * 3,
    *words(r"1 1/ 10 __proto__ __proto__/ constructor é é/ a%62 A a/../b a// #x #x/ ?q * a\b a\ . .. ... .a"),
    *("a?b/", "a b", "\t", " a", "\U0001f600", "\ufb03"),
]
URLS_WITHOUT_HOST = words("""
    data:text/javascript,1 data:text/ data: blob:https://site.example/1 blob: about:blank about: javascript:1
    mailto:a@b urn:a:b urn:a/ weird:a/b weird:a/ weird: node:fs node: https: file: file:/// file:///C|/x
    https:// std:a/
""")
JUNK = [
    *words(r"""
        // /// / ./ ../ //[ //[/ /\ \ https://[ https:// https:///x http://x:y/ https://%zz/ https://x:99999/
        //x:y/ : :x x: 1:x % %2e %2e/x ./% ./%zz .\x ..\x /. /.. /.//x ./. ./.. ? # ./? ./# //o.example
        file://h/x file:x https:x https:/x https:\\o.example\x http:x ws:x weird://[ weird://h/../x
        http://0x7f.1/
    """),
    *("", "\x00", "\x00./x", " ./x", "\t/x", "./x ", ".\t/x", "https://a b/", "https://exa\u00admple.org/"),
    "https://\uff11.example/",
]
#: What follows a key that ends in a slash.
RESTS = [
    *words("x.js") * 8,
    *words("a/b.js") * 4,
    *["", "a b.js", *words("m.js b/ b c/d/e.js x.js?v=1 x.js#part é.js 1 a%20b.js")] * 2,
    *words(r"""
        ../x.js a/../x.js .. . ./x.js %2e%2e/x.js .%2e/x a/%2E%2E/x.js a/../../x ..\x \x.js /x.js ///x
        //o.example/x https://o.example/x https:x data:x ?q #h %2f % %zz a\b x|y C:/x C|/x //[ https://[ ~ x:y
        __proto__
    """),
    *("\tx.js", "x.js ", ".\t./x", "\x7f"),
]

# Other ways to write a URL, and mistakes

DETOURS = words(r"./ %2e/ y/../ y/.%2E/ y/%2e%2e/ y\..\ y/..\ /../")
#: Ports that go without saying.
PORTS = {"http": ":80", "https": ":443"}
MARKS = words("? # ?a/ #a/ @ :1 / // . ..")
ODD_CHARACTERS = (
    "|^`\"<>{}%[]@:;,*'!$&=+ \t\n\r\x00\x1f\x7f\\?#~.éß日\u00a0\u00ad\u0130\u200d\u3002\uff0e\U0001f600"
)
LONE_SURROGATES = "\ud800\udfff"

# JSON

NOT_STRINGS = [*words('null null null 1 1.5e3 true false [] {} ["/a"] -0'), '{"a": "/a"}']
OTHER_MEMBERS = [
    '"depcache": {"/a": ["/b"]}',
    '"isolatedScopes": true',
    '"x": 1',
    '"": {}',
    '"imports ": 1',
    '"Imports": {"a": "/wrong"}',
    '"__proto__": {"imports": {"a": "/wrong"}}',
    '"integrity": {"/a": "sha384-x", "b": 1, "": null, "https://[": "x"}',
]
BROKEN_MAPS = [
    *words("{ [] null 1 \"x\" {}{} {}//x \ufeff{} {'imports':{}}"),
    *words(r"""
        {"imports":[]} {"imports":null} {"imports":"x"} {"imports":{"a":"/a",}} {"imports":{},"imports":2}
        {"imports":{"a":01}} {"imports":{"a":NaN}} {"imports":{"a":-Infinity}} {"imports":{"a":1e999}}
        {"imports":{"\x41":1}} {"imports":{"\u12":"/a"}} {"scopes":[]} {"scopes":false} {"scopes":{"/":[]}}
        {"scopes":{"https://[":1}} {"scopes":{"/app/":null}} {"integrity":1} {"integrity":[]}
    """),
    *(" ", "\x0b{}", '{"a": "\t"}'),
]
