#include "pipeline/bench/onnxruntime.h"

namespace lathe::pipeline {

// node SCRIPT FOLDER_OF_ONNXRUNTIME_NODE TEMPORARY_FOLDER; one line of JSON in, one out:
//   {"load": {"model", "threads", "optimization", "inputs": [{"name", "type", "dims", "file"}], "outputs": [names], "prefix"}}
//     -> {"version", "load_ms", "first_ms", "peak_mb", "outputs": [{"name", "type", "dims", "file"}]}
//   {"block": {"unmeasured", "seconds", "most"}} -> {"ms": [of each measured run]}
//   anything that fails -> {"error"}
std::string_view onnxruntime_script() {
    return R"js('use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { performance } = require('perf_hooks');

const kArrays = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array, int64: BigInt64Array, uint64: BigUint64Array,
  int32: Int32Array, uint32: Uint32Array, int16: Int16Array, uint16: Uint16Array, int8: Int8Array, uint8: Uint8Array,
  bool: Uint8Array,
};
const folder = path.resolve(process.argv[2]);
process.env.TMPDIR = process.argv[3];  // ONNX Runtime leaves files of its own there
let ort, session, feeds, fetches;

function tensor_of({ type, dims, file }) {
  const bytes = new Uint8Array(fs.readFileSync(file));  // a copy: aligned
  let data = new kArrays[type](bytes.buffer, 0, bytes.length / kArrays[type].BYTES_PER_ELEMENT);
  if (type === 'float16' && typeof Float16Array !== 'undefined') data = new Float16Array(data.buffer);
  return new ort.Tensor(type, data, dims);
}

function write_output(name, tensor, file) {
  if (!ArrayBuffer.isView(tensor.data)) throw new Error(`the output '${name}' is of type ${tensor.type}`);
  fs.writeFileSync(file, Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  return { name, type: tensor.type, dims: tensor.dims, file };
}

// Of this program's own pages: the system counts those of the program before it into resourceUsage.
function peak_mb() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]) * 1024 / 1e6;
  } catch {
    return process.resourceUsage().maxRSS * 1024 / 1e6;
  }
}

async function load(job) {
  ort = require(folder);
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  feeds = Object.fromEntries(job.inputs.map((input) => [input.name, tensor_of(input)]));
  fetches = job.outputs;
  const start = performance.now();
  session = await ort.InferenceSession.create(job.model, {
    executionProviders: ['cpu'], intraOpNumThreads: job.threads, interOpNumThreads: 1, executionMode: 'sequential',
    graphOptimizationLevel: job.optimization, logSeverityLevel: 3,
  });
  const load_ms = performance.now() - start;
  const results = await session.run(feeds, fetches);
  const first_ms = performance.now() - start;
  const outputs = fetches.map((name, i) => write_output(name, results[name], `${job.prefix}${i}`));
  await session.run(feeds, fetches);
  return { version, load_ms, first_ms, peak_mb: peak_mb(), outputs };
}

async function block({ unmeasured, seconds, most }) {
  for (let i = 0; i < unmeasured; ++i) await session.run(feeds, fetches);
  const ms = [];
  const begin = performance.now();
  for (let now = begin; ms.length === 0 || (ms.length < most && now - begin < seconds * 1000);) {
    await session.run(feeds, fetches);
    const then = performance.now();
    ms.push(then - now);
    now = then;
  }
  return { ms };
}

async function answer(question) {
  try {
    return question.load ? await load(question.load) : await block(question.block);
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin }))
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
})();
)js";
}

}  // namespace lathe::pipeline
