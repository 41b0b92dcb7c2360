#!/usr/bin/env node
// Stands in for TensorRT's trtexec where there is no TensorRT: takes the same arguments, refuses others, and computes with
// ONNX Runtime. Its engines are the ONNX models behind a line with the arguments that built them. TRTEXEC_LIKE="8", "10" or "11":
// whose options it knows.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.LATHE_NODE_FOLDER + '/index.js');
const like = process.env.TRTEXEC_LIKE ?? '10';
const flags = {
  8: ['skipInference', 'fp16', 'int8'],
  10: ['skipInference', 'fp16', 'bf16', 'int8', 'fp8', 'stronglyTyped'],
  11: ['skipInference', 'stronglyTyped'],
}[like];
const valued = ['onnx', 'saveEngine', 'loadEngine', 'minShapes', 'optShapes', 'maxShapes', 'shapes', 'timingCacheFile',
  'loadInputs', 'exportOutput', 'iterations', 'warmUp', 'duration'];

function stop(message) {
  console.error(`[E] ${message}`);
  process.exit(1);
}

const given = {};
for (const word of process.argv.slice(2)) {
  const [, name, value] = /^--([A-Za-z0-9]+)(?:=(.*))?$/.exec(word) ?? stop(`no option: ${word}`);
  if (name === 'help') {
    console.log([...flags, ...valued].map((one) => `  --${one}`).join('\n'));
    process.exit(0);
  }
  if (value === undefined ? !flags.includes(name) : !valued.includes(name)) stop(`Unknown option: ${word}`);
  given[name] = value ?? true;
}

// "name:1x3x8x8,other:1x2" -> {name: [1, 3, 8, 8], other: [1, 2]}
const shapes_of = (text) => Object.fromEntries((text ?? '').split(',').filter(Boolean).map((one) => {
  const [name, sizes] = one.split(':');
  return [name, sizes.split('x').map(Number)];
}));

if (given.onnx) {
  const model = readFileSync(given.onnx);
  if (given.timingCacheFile) writeFileSync(given.timingCacheFile, 'timings');
  const { onnx, saveEngine, timingCacheFile, ...how } = given;
  writeFileSync(given.saveEngine, Buffer.concat([Buffer.from(JSON.stringify(how) + '\n'), model]));
} else {
  if (!existsSync(given.loadEngine)) stop('no engine');
  const engine = readFileSync(given.loadEngine);
  const end = engine.indexOf(10);
  const how = JSON.parse(engine.subarray(0, end).toString());
  const least = shapes_of(how.minShapes), most = shapes_of(how.maxShapes), shapes = shapes_of(given.shapes);
  for (const name of Object.keys(most))
    if (!shapes[name]?.every((size, i) => least[name][i] <= size && size <= most[name][i])) stop(`${name} is outside the profile`);
  const ort = require('onnxruntime-node');
  const session = await ort.InferenceSession.create(engine.subarray(end + 1), { logSeverityLevel: 3 });
  const feeds = {};
  for (const one of given.loadInputs.split(',')) {
    const [, name, path] = /^'(.*)':(.*)$/.exec(one);
    const meta = session.inputMetadata.find((input) => input.name === name);
    const dims = shapes[name] ?? meta.shape;
    const bytes = readFileSync(path);
    if (meta.type !== 'float32') stop(`${name} is ${meta.type}`);
    feeds[name] = new ort.Tensor('float32', new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), dims);
  }
  const results = await session.run(feeds);
  writeFileSync(given.exportOutput, JSON.stringify(Object.entries(results).map(([name, tensor]) => (
    { name, dimensions: tensor.dims.join('x'), values: Array.from(tensor.data, Number) }))));
}
