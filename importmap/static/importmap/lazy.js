/**
 * Takes the modules of further contexts into a page that has an import map already.
 *
 *     import { extend } from "importmap/lazy";
 *     await extend("/importmap/?contexts=editor");
 *     await import("my-editor");
 */

const MAPS = 'script[type="importmap"][data-importmap]';

/** Why a page was not extended. */
export class ExtendError extends Error {
  name = "ExtendError";

  /**
   * @param {"no-map" | "refused" | "reload" | "unsupported"} reason what to tell one case from another by
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

let last = Promise.resolve();
let probes = 0;
let policy;

/**
 * Asks for what the page's map lacks, and adds it. One call waits for the other.
 *
 * @param {string | URL} url where the site answers with deltas, and which contexts are wanted; of the page's own origin
 * @returns {Promise<void>} when imports work
 * @throws {ExtendError} "reload": the site has changed, the page has to be loaded again; "unsupported": the browser
 *     takes one map only; "refused": the site says no; "no-map": the page has no map to extend
 */
export function extend(url) {
  const done = last.then(() => take(url));
  last = done.catch(() => {});
  return done;
}

/** @param {string | URL} url */
async function take(url) {
  const element = [...document.querySelectorAll(MAPS)].at(-1);
  if (!element) {
    throw new ExtendError("no-map", "The page has no import map with the attribute data-importmap.");
  }
  const address = new URL(url, document.baseURI);
  if (address.origin !== location.origin) {
    throw new ExtendError("refused", "A map decides which code the page runs: it has to come from the page's own origin.");
  }
  address.searchParams.set("page", element.dataset.importmap);
  const response = await fetch(address, { mode: "same-origin" });
  if (response.status === 409) {
    throw new ExtendError("reload", "The site has other modules than when the page was loaded. Load it again.");
  }
  if (!response.ok) {
    throw new ExtendError("refused", `${address.pathname} answered ${response.status}.`);
  }
  const { importmap, page } = await response.json();
  if (Object.values(importmap).some((section) => Object.keys(section).length > 0)) {
    add(importmap, element.nonce);
  }
  element.dataset.importmap = page;
}

/**
 * Adds a map to the page, with a name of its own in it, by which to see whether the browser has taken it.
 *
 * @param {object} importmap
 * @param {string} nonce
 */
function add(importmap, nonce) {
  const probe = `importmap/probe/${++probes}`;
  const script = document.createElement("script");
  script.type = "importmap";
  script.nonce = nonce;
  script.text = trusted(JSON.stringify({ ...importmap, imports: { ...importmap.imports, [probe]: import.meta.url } }));
  document.head.append(script);
  script.remove();
  try {
    import.meta.resolve(probe);
  } catch {
    throw new ExtendError(
      "unsupported",
      "The browser has not taken in a second import map: it takes one only, as Firefox does, or the page's " +
        "Content Security Policy forbids it. Load the page with all contexts that it needs.",
    );
  }
}

/**
 * The text of a script as pages want it that require Trusted Types.
 *
 * @param {string} text
 */
function trusted(text) {
  if (!globalThis.trustedTypes) {
    return text;
  }
  try {
    policy ??= trustedTypes.createPolicy("importmap", { createScript: (json) => json });
  } catch {
    // The page does not allow this policy. If it requires one, the browser refuses the text.
    return text;
  }
  return policy.createScript(text);
}
