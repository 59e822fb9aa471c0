"""What a browser makes of import maps: each case is played in a frame of its own, many cases in one call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from support.oracle_cases import Map

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from support.browser import Browser
    from support.oracle_cases import Ask, Case


class Answer(NamedTuple):
    """What became of a specifier, its URL or None and why; of a map, "" or None."""

    url: str | None
    reason: str = ""


#: Words of browsers' messages, and what they mean.
REASONS = {
    "blocked by a null value": "null",
    "blocked due to backtracking": "backtracking",
    "blocked due to relative URL parse failure": "rest",
    "Relative references must start with": "unknown",
    "Invalid relative url or base scheme": "unknown",
    "Failed to parse import map": "map",
    # WebKit gives no reason. Of a map that it refuses it speaks in its console only.
    "does not resolve to a valid URL": "",
}

# `import.meta` is handed out by inline modules, whose URL is what the base element says at that moment, and
# by modules with a data: URL, which a base element refuses. All of them come before the first map, and then
# the case is played without waiting: `import.meta.resolve` looks at the maps of the moment when it is called.
SCRIPT = r"""
globalThis.play = async (cases) => JSON.stringify(await Promise.all(cases.map(playOne)))

async function playOne(steps) {
  const frame = document.createElement("iframe")
  document.body.append(frame)
  try {
    const { contentWindow: window, contentDocument: page } = frame
    const base = page.head.appendChild(page.createElement("base"))
    const metas = await handedOut(window, page, base, new Set(steps.map((step) => step.ask).filter(Boolean)))
    return steps.map((step) => ("map" in step ? mapped(window, page, base, step) : asked(metas, step)))
  } finally {
    frame.remove()
  }
}

async function handedOut(window, page, base, urls) {
  const metas = new Map()
  for (const url of urls) {
    const meta = await new Promise((resolve, reject) => {
      window.hand = resolve
      window.onerror = (message) => reject(new Error(message))
      const script = page.createElement("script")
      script.type = "module"
      script.onerror = () => window.onerror(`no module at ${url}`)
      if (url.startsWith("data:")) script.src = url
      else {
        base.href = url
        script.textContent = "hand(import.meta)"
      }
      page.head.append(script)
    })
    if (meta.url !== new URL(url).href) throw new Error(`the module at ${url} is at ${meta.url}`)
    metas.set(url, meta)
  }
  return metas
}

function mapped(window, page, base, { map, on }) {
  let answer = [""]
  window.onerror = (message) => (answer = [null, message])
  base.href = on
  if (page.baseURI !== new URL(on).href) throw new Error(`the page at ${on} is at ${page.baseURI}`)
  const script = page.createElement("script")
  script.type = "importmap"
  script.textContent = map
  page.head.append(script)
  return [answer]
}

function asked(metas, { ask, specifiers }) {
  const meta = metas.get(ask)
  return specifiers.map((specifier) => {
    try {
      return [meta.resolve(specifier)]
    } catch (error) {
      return [null, error.message]
    }
  })
}

globalThis.urls = (pairs) => JSON.stringify(pairs.map(([text, base]) => {
  if (!text.isWellFormed()) return unchanged(text, base)
  try {
    return new URL(text, base ?? undefined).href
  } catch {
    return null
  }
}))

// The URL parser sees the lone surrogates of specifiers. `new URL` replaces them, an attribute does not.
function unchanged(text, base) {
  const page = document.implementation.createHTMLDocument()
  page.head.append(page.createElement("base"))
  page.head.firstChild.href = base ?? "none:"
  const link = page.createElement("a")
  link.setAttribute("href", text)
  return link.protocol == ":" || (base === null && link.protocol == "none:") ? null : link.href
}
"""


class OraclePage:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def __enter__(self) -> Self:
        self._page = self._browser.open("about:blank")
        self._page.wait_for("document.readyState == 'complete'")
        self._page.evaluate(f"{SCRIPT}; 1")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._page.close()

    def play(self, cases: Sequence[Case]) -> list[list[list[Answer]]]:
        """For each step of each case its answers: one for a map, one for each specifier."""
        script = [[_written(step) for step in case] for case in cases]
        played = self._call("play", script)
        return [[[_answer(*answer) for answer in answers] for answers in steps] for steps in played]

    def urls(self, pairs: Iterable[tuple[str, str | None]]) -> list[str | None]:
        """What the browser's URL parser makes of inputs and their bases."""
        return list(self._call("urls", list(pairs)))

    def _call(self, function: str, argument: object) -> Any:
        # The JSON is plain ASCII and is read as JavaScript, so lone surrogates arrive as what they are.
        return json.loads(self._page.evaluate(f"{function}({json.dumps(argument)})"))


def _answer(url: str | None, message: str = "") -> Answer:
    if url is not None:
        return Answer(url)
    return Answer(None, next(reason for words, reason in REASONS.items() if words in message))


def _written(step: Map | Ask) -> dict[str, object]:
    if isinstance(step, Map):
        return {"map": step.text, "on": step.base}
    return {"ask": step.base, "specifiers": step.specifiers}
