// Run Python code in Pyodide, with folders of this machine in its file system.
//
// The script reads a job as JSON from standard input. The job has the URL of Pyodide's module, environment variables,
// the code, and the folder that becomes site-packages. It also has further folders by the place where Python finds them.
// The value of the code is the exit status.
import { readFileSync } from "node:fs"

const { module, env, code, site, folders } = JSON.parse(readFileSync(0, "utf-8"))
const { loadPyodide } = await import(module)
const python = await loadPyodide({ env })
const purelib = python.runPython("import sysconfig; sysconfig.get_path('purelib')")
for (const [place, root] of [[purelib, site], ...Object.entries(folders)]) {
  python.FS.mkdirTree(place)
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place)
}
process.exitCode = python.runPython(code) ?? 0
