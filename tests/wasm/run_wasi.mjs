// Runs a WebAssembly command under Node: run_wasi.mjs MODULE.wasm [arguments].
// The module sees the host's folders at the same paths, the current folder, and the environment. (A folder that is
// opened as `/` is not found by wasi-libc, so each folder of the root is opened by its own name.)
import { accessSync, constants, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WASI } from 'node:wasi';

const [path, ...args] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: run_wasi.mjs MODULE.wasm [arguments]');
  process.exit(2);
}

const env = { ...process.env, PWD: process.cwd() };
if (env.LATHE_SHARED) env.LATHE_SHARED = resolve(env.LATHE_SHARED);

function can_open(folder) {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Called straight from WebAssembly, Node 20's WASI takes V8's fast calls, which leave a corrupt heap behind after many
// reads and writes in a memory that grows; called from JavaScript it does not.
function by_javascript(functions) {
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, (...args) => call(...args)]));
}

const preopens = { '.': process.cwd() };
for (const entry of readdirSync('/', { withFileTypes: true }))
  if (entry.isDirectory() && can_open(`/${entry.name}`)) preopens[`/${entry.name}`] = `/${entry.name}`;

const wasi = new WASI({ version: 'preview1', args: [path, ...args], env, preopens });
try {
  const module = await WebAssembly.compile(await readFile(path));
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: by_javascript(wasi.wasiImport) });
  process.exitCode = wasi.start(instance);
} catch (error) {
  console.error(`${path}: ${error.stack ?? error}`);
  process.exitCode = 134;
}
