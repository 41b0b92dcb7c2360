// Runs LiteRT models (.tflite) in @litertjs/core, LiteRT compiled to WebAssembly, and prints one line of JSON for each.
//
//   litert_run.mjs MODEL.tflite INPUT.npz OUTPUT.npz
//   litert_run.mjs --batch JOBS.json [--skip N]
//   litert_run.mjs --version
//
// JOBS.json is a list of {"model", "input", "output", "repeat"?}; all run in one process, as LiteRT takes seconds to start.
// The archives' arrays are named as the model's inputs and outputs. A line is {"model", "outputs": {name: {"type",
// "dims"}}, "load_ms", "median_ms"?} or {"model", "error"}; the exit status is 1 when a job failed, 2 for bad use, 3 when
// @litertjs/core is not installed. A model that makes LiteRT abort ends the process (status 4) behind its line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { readNpz, writeNpz } from './npz.mjs';

function bad_use(why) {
  console.error(`${why}\nusage: litert_run.mjs MODEL.tflite INPUT.npz OUTPUT.npz | --batch JOBS.json [--skip N] | --version`);
  process.exit(2);
}

function package_folder() {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve('@litertjs/core'))));
  } catch (error) {
    console.error(`@litertjs/core is not installed: npm ci --ignore-scripts in tests/node (${error.code ?? error.message})`);
    process.exit(3);
  }
}

// What LiteRT expects of a browser: a document that loads scripts, and fetch for files.
function play_browser(folder) {
  const path_of = (url) => (String(url).startsWith('file:') ? fileURLToPath(url) : String(url));
  const body = {
    appendChild(script) {
      try {
        vm.runInThisContext(readFileSync(path_of(script.src), 'utf8'), { filename: path_of(script.src) });
        queueMicrotask(() => script.onload?.());
      } catch (error) {
        queueMicrotask(() => script.onerror?.(error));
      }
      return script;
    },
    removeChild() {},
  };
  globalThis.require = createRequire(import.meta.url);
  globalThis.__dirname = folder;
  globalThis.__filename = join(folder, 'litert_wasm_compat_internal.js');
  globalThis.self ??= globalThis;
  globalThis.document = {
    body, head: body, currentScript: undefined,
    createElement: () => ({
      listeners: {},
      addEventListener(name, heard) { this[`on${name}`] = heard; },
      remove() {},
    }),
    baseURI: 'file:///',
  };
  const fetch_elsewhere = globalThis.fetch;
  globalThis.fetch = async (url, options) => {
    if (/^https?:/.test(String(url))) return fetch_elsewhere(url, options);
    return new Response(readFileSync(path_of(url)), { headers: { 'Content-Type': 'application/wasm' } });
  };
}

const kArrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, uint8: Uint8Array, int8: Int8Array };
const type_of = (array) => Object.keys(kArrays).find((type) => array instanceof kArrays[type]) ?? array.constructor.name;

// LiteRT's own words about itself go to the error stream: lines of the output are answers.
console.info = console.warn = console.debug = (...words) => console.error(...words);

class Runner {
  constructor(litert) {
    this.litert = litert;
  }

  async run(job) {
    const start = performance.now();
    const model = await this.litert.loadAndCompile(readFileSync(job.model), { accelerator: 'wasm' });
    const load_ms = performance.now() - start;
    const arrays = readNpz(job.input);
    const made = [];
    try {
      const inputs = {};
      for (const { name } of model.getInputDetails()) {
        if (arrays[name] === undefined) throw new Error(`${job.input} has no array '${name}', an input of ${job.model}`);
        const { dims, data } = arrays[name];
        inputs[name] = new this.litert.Tensor(data, dims);
        made.push(inputs[name]);
      }
      const answer = {};
      let results = await model.run(inputs);
      for (const [name, tensor] of Object.entries(results)) {
        const data = (await tensor.data()).slice();
        answer[name] = { type: type_of(data), dims: Array.from(tensor.type.layout.dimensions), data };
        made.push(tensor);
      }
      const times = [];
      for (let i = 0; i < (job.repeat ?? 0); ++i) {
        const begin = performance.now();
        results = await model.run(inputs);
        for (const tensor of Object.values(results)) await tensor.data();
        times.push(performance.now() - begin);
        for (const tensor of Object.values(results)) tensor.delete();
      }
      if (job.output !== undefined) writeNpz(job.output, answer);
      const outputs = Object.fromEntries(
        Object.entries(answer).map(([name, { type, dims }]) => [name, { type, dims }]));
      times.sort((a, b) => a - b);
      return { model: job.model, outputs, load_ms, ...(times.length ? { median_ms: times[times.length >> 1] } : {}) };
    } finally {
      for (const tensor of made) tensor.delete();
      model.delete();
    }
  }
}

const args = process.argv.slice(2);
const folder = package_folder();
if (args[0] === '--version') {
  console.log(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version);
  process.exit(0);
}
let jobs;
if (args[0] === '--batch' && args.length >= 2) jobs = JSON.parse(readFileSync(args[1], 'utf8'));
else if (args.length === 3) jobs = [{ model: args[0], input: args[1], output: args[2] }];
else bad_use(`expected three files, found ${args.length}`);
if (args[2] === '--skip') jobs = jobs.slice(Number(args[3]));

play_browser(join(folder, 'wasm'));
const litert = await import('@litertjs/core');
await litert.loadLiteRt(join(folder, 'wasm', 'litert_wasm_compat_internal.js'));
const runner = new Runner(litert);
for (const job of jobs) {
  try {
    console.log(JSON.stringify(await runner.run(job)));
  } catch (error) {
    console.log(JSON.stringify({ model: job.model, error: error?.message ?? String(error) }));
    process.exitCode = 1;
    if (error instanceof WebAssembly.RuntimeError) process.exit(4);
  }
}
