// What others make of a tree of modules: one esbuild bundle, and each module in SystemJS's format.
// Usage: node page_tools.mjs ENTRY BUNDLE FOLDER, in a folder with esbuild and rollup; FOLDER is converted in place.
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const [entry, bundle, folder] = process.argv.slice(2);

require("esbuild").buildSync({ entryPoints: [entry], outfile: bundle, bundle: true, format: "esm" });

const { rollup } = require("rollup");
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith(".js")) continue;
  const input = join(folder, name);
  // Imports stay as they are written: the import map finds them.
  const resolveId = (id, importer) => (importer === undefined ? null : { id, external: "absolute" });
  const build = await rollup({ input, treeshake: false, plugins: [{ name: "as-written", resolveId }] });
  const { output } = await build.generate({ format: "system" });
  if (output.length !== 1) throw new Error(`${name} became ${output.length} files`);
  writeFileSync(input, output[0].code);
}
