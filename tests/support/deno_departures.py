"""What Deno does otherwise than the HTML and URL Standards, with an example of each."""

from __future__ import annotations

#: name -> (imports, specifier, its URL in a browser, its URL in Deno); FOLDER is the map's folder.
DEPARTURES: dict[str, tuple[dict[str, str | None], str, str | None, str | None]] = {
    # The rest of a specifier after a prefix is not parsed as a URL, unless it begins with "/", "./" or "../":
    # it is percent-decoded and appended to the address by segments, so that Windows paths can be mapped.
    "percent-encoding is undone": ({"p/": "./p/"}, "p/%41", "FOLDER/p/%41", "FOLDER/p/A"),
    "an encoded slash is a slash": ({"p/": "./p/"}, "p/a%2Fb", "FOLDER/p/a%2Fb", "FOLDER/p/a/b"),
    "a backslash is no slash": ({"p/": "./p/"}, "p/a\\b", "FOLDER/p/a/b", "FOLDER/p/a%5Cb"),
    "dot segments are dropped": ({"p/": "./p/"}, "p/a/../b", "FOLDER/p/b", "FOLDER/p/a/b"),
    "empty segments are dropped": ({"p/": "./p/"}, "p/a//b", "FOLDER/p/a//b", "FOLDER/p/a/b"),
    "spaces at the end stay": ({"p/": "./p/"}, "p/a ", "FOLDER/p/a", "FOLDER/p/a%20"),
    "an absolute URL is a path": ({"p/": "./p/"}, "p/c:a", None, "FOLDER/p/c:a"),
    "two slashes at the end of an address": ({"p/": "https://x//"}, "p/a", "https://x//a", None),
    # A file's URL becomes the path of a file and then a URL again, if there are two slashes in it.
    "two slashes are one": ({}, "./a//b?c//d", "FOLDER/a//b?c//d", "FOLDER/a/b?c//d"),
    "the last slash goes": ({}, "./a//", "FOLDER/a//", "FOLDER/a"),
    "percent-encoding is undone in paths": ({}, "./%41//b", "FOLDER/%41//b", "FOLDER/A/b"),
    # Rust's strings have no lone surrogates: they are U+FFFD before the map is looked at, not only in URLs.
    "a lone surrogate": ({"\ufffd": "./a"}, "\ud800", None, "FOLDER/a"),
    # What Deno knows by name is no URL, and takes another form.
    "a name for Node": ({}, "node:x#a", "node:x#a", "node:x"),
    "a name for npm": ({}, "npm:x/", "npm:x/", "npm:x"),
    # The crate `url`, where it is behind the URL Standard.
    "a caret stays": ({}, "/^", "file:///%5E", "file:///^"),
    "a drive letter with a bar": ({}, "file:///c|/x", "file:///c:/x", "file:///c|/x"),
    "a drive letter anywhere": ({}, "https://x/c:/../a", "https://x/a", "https://x/c:/a"),
    "spaces at the end of an opaque path": ({}, "foo:a #b", "foo:a%20#b", "foo:a #b"),
    "leading empty segments": ({"/a/..//": "https://x.example/"}, "/b", "file:///b", "https://x.example/b"),
    "an empty Punycode label": ({}, "https://xn--/", "https://xn--/", None),
}
#: Texts that one of us refuses: (text, ours, Deno's); true for a map.
SHAPES: dict[str, tuple[str, bool, bool]] = {
    "nothing": ("", False, False),
    "a comma too many": ('{"imports": {},}', False, False),
    "a comment": ('/* */ {"imports": {}}', False, False),
    "no JSON": ("{'imports': {}}", False, False),
    "NaN": ('{"imports": {"a": NaN}}', False, False),
    "more than a document": ('{"imports": {}} {}', False, False),
    "a list as a scope": ('{"scopes": {"./": []}}', False, False),
    "a scope that is no URL, with a list": ('{"scopes": {"https://%": []}}', False, False),
    "unknown keys": ('{"imports": {}, "unknown": 1}', True, True),
    "an address that is a number": ('{"imports": {"a": 1}}', True, True),
    # Deno ignores these.
    "departure: a document that is no object": ("[]", False, True),
    "departure: imports that are no object": ('{"imports": null}', False, True),
    "departure: scopes that are no object": ('{"scopes": []}', False, True),
    "departure: integrity that is no object": ('{"integrity": []}', False, True),
    # Rust's strings have no lone surrogates, and its JSON has no numbers that do not fit.
    "departure: a lone surrogate": ('{"imports": {"a": "./\\ud800"}}', True, False),
    "departure: a number out of range": ('{"imports": {"a": 1e999}}', True, False),
}
