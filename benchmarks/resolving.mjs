// The measured sides that are JavaScript, in Node.js or Deno:
//
//     resolving.mjs RESOLVER FOLDER answers|times KIND
//
// RESOLVER is "deno", "@jspm/import-map" or "@import-maps/resolve". Prints JSON, as resolving_ours.py does.

import { readFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";

const RUNS = 15;
const WARM_UP = 5;
// Goes through the whole map for each lookup: a sample has to do.
const SLOW = { "@import-maps/resolve": 200 };

const [resolver, folder, what, kind] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf-8"));
const mapUrl = pathToFileURL(`${folder}/map.json`);

// Each makes a resolver with nothing remembered, where that is possible: (specifier, base) => URL.
// `prepare` makes of a base what the resolver wants, outside of what is timed.
const resolvers = {
  async deno() {
    const modules = new Map();
    for (const [, base] of read(kind)) if (!modules.has(base)) modules.set(base, (await import(base)).resolve);
    return {
      prepare: (base) => modules.get(base),
      make: () => (specifier, resolve) => resolve(specifier),
    };
  },
  async "@jspm/import-map"() {
    const { ImportMap } = await import("@jspm/import-map");
    const make = () => {
      const map = new ImportMap({ map: read("map"), mapUrl, rootUrl: new URL("/", mapUrl) });
      map.resolve("./warm.js"); // prepares what it looks things up in
      return (specifier, base) => map.resolve(specifier, base);
    };
    return { prepare: (base) => base, make };
  },
  async "@import-maps/resolve"() {
    const { default: { parse, resolve } } = await import("@import-maps/resolve");
    const urls = new Map();
    const prepare = (base) => urls.get(base) ?? urls.set(base, new URL(base)).get(base);
    const make = () => {
      const map = parse(read("map"), mapUrl);
      return (specifier, base) => resolve(specifier, map, base).resolvedImport.href;
    };
    return { prepare, make };
  },
};

const { prepare, make } = await resolvers[resolver]();
const lookups = () =>
  read(kind).slice(0, SLOW[resolver]).map(([specifier, base]) => [specifier, prepare(base)]);

let sum = 0; // so that nothing is left out as unused

function pass(resolve, list) {
  const start = performance.now();
  for (const [specifier, base] of list) sum += resolve(specifier, base).length;
  return ((performance.now() - start) / list.length) * 1e3;
}

function answers() {
  const resolve = make();
  return lookups().map(([specifier, base]) => {
    try {
      return resolve(specifier, base);
    } catch (error) {
      return [error.message];
    }
  });
}

function times() {
  for (let run = 0; run < WARM_UP; run += 1) pass(make(), lookups());
  const result = { first: [], again: [] };
  for (let run = 0; run < RUNS; run += 1) {
    const [resolve, list] = [make(), lookups()];
    result.first.push(pass(resolve, list));
    result.again.push(pass(resolve, list));
  }
  return result;
}

console.log(JSON.stringify({ answers, times }[what]()));
if (sum === 1) console.log();
