// Runs ONNX models in ONNX Runtime and prints one line of JSON for each run.
//
//   ort_run.mjs MODEL.onnx INPUT.npz OUTPUT.npz [options]
//   ort_run.mjs --batch JOBS.json [options]
//
//   --threads N             threads inside an operator (default 1)
//   --session-options JSON  further options of InferenceSession.create, over the defaults
//   --outputs A,B           only these outputs
//   --repeat N              run N times more and measure (default 0)
//   --version               print the version of ONNX Runtime
//
// JOBS.json is a list of {"model", "input", "output"} and any of {"threads", "session_options", "outputs", "repeat"};
// neighbours with the same model and options share a session. The archives' arrays are named as the model's inputs and
// outputs. A line is {"model", "outputs": {name: {"type", "dims"}}, "load_ms", "median_ms"} or {"model", "error"};
// the exit status is 1 when a job failed, 2 for bad use, 3 when onnxruntime-node is not installed.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { readNpz, writeNpz } from './npz.mjs';

async function load_runtime() {
  try {
    return (await import('onnxruntime-node')).default;
  } catch (error) {
    console.error(`onnxruntime-node is not installed: npm ci --ignore-scripts in tests/node (${error.code ?? error.message})`);
    process.exit(3);
  }
}

function session_options(job) {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: job.threads ?? 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...job.session_options,
  };
}

// ONNX Runtime wants half-precision numbers as Float16Array where the engine has one, else as their codes.
function to_feed(ort, { type, dims, data }) {
  if (type === 'float16' && typeof Float16Array !== 'undefined')
    data = new Float16Array(data.buffer, data.byteOffset, data.length);
  return new ort.Tensor(type, data, dims);
}

function from_fetch({ type, dims, data }) {
  if (!ArrayBuffer.isView(data)) throw new Error(`an output of type ${type} cannot be written as .npy`);
  return { type, dims, data };
}

function feeds_for(ort, session, arrays, job) {
  const feeds = {};
  for (const name of session.inputNames) {
    if (arrays[name] === undefined) throw new Error(`${job.input} has no array '${name}', an input of ${job.model}`);
    feeds[name] = to_feed(ort, arrays[name]);
  }
  return feeds;
}

function median(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function measure(session, feeds, fetches, repeat) {
  const times = [];
  for (let i = 0; i < repeat; ++i) {
    const start = performance.now();
    await session.run(feeds, fetches);
    times.push(performance.now() - start);
  }
  return times.length > 0 ? { median_ms: median(times), min_ms: Math.min(...times) } : {};
}

class Runner {
  constructor(ort) {
    this.ort = ort;
    this.key = undefined;
  }

  // The session of the job before when it was for the same model and options.
  async session_for(job) {
    const options = session_options(job);
    const key = JSON.stringify([job.model, options]);
    if (key === this.key) return { session: this.session, load_ms: 0 };
    await this.session?.release();
    this.key = this.session = undefined;
    const start = performance.now();
    this.session = await this.ort.InferenceSession.create(job.model, options);
    this.key = key;
    return { session: this.session, load_ms: performance.now() - start };
  }

  async run(job) {
    const { session, load_ms } = await this.session_for(job);
    const feeds = feeds_for(this.ort, session, readNpz(job.input), job);
    const fetches = job.outputs ?? session.outputNames;
    const results = await session.run(feeds, fetches);
    const arrays = Object.fromEntries(fetches.map((name) => [name, from_fetch(results[name])]));
    if (job.output !== undefined) writeNpz(job.output, arrays);
    const outputs = Object.fromEntries(fetches.map((name) => [name, { type: arrays[name].type, dims: arrays[name].dims }]));
    return { model: job.model, outputs, load_ms, ...(await measure(session, feeds, fetches, job.repeat ?? 0)) };
  }
}

function bad_use(why) {
  console.error(`${why}\nusage: ort_run.mjs MODEL.onnx INPUT.npz OUTPUT.npz | --batch JOBS.json  [--threads N] ` +
    '[--session-options JSON] [--outputs A,B] [--repeat N]');
  process.exit(2);
}

function read_arguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        batch: { type: 'string' }, threads: { type: 'string' }, 'session-options': { type: 'string' },
        outputs: { type: 'string' }, repeat: { type: 'string' }, version: { type: 'boolean' },
      },
    });
  } catch (error) {
    return bad_use(error.message);
  }
}

function jobs_of({ values, positionals }) {
  const defaults = {};
  if (values.threads) defaults.threads = Number(values.threads);
  if (values.repeat) defaults.repeat = Number(values.repeat);
  if (values.outputs) defaults.outputs = values.outputs.split(',');
  if (values['session-options']) defaults.session_options = JSON.parse(values['session-options']);
  if (values.batch) return JSON.parse(readFileSync(values.batch, 'utf8')).map((job) => ({ ...defaults, ...job }));
  const [model, input, output] = positionals;
  if (positionals.length !== 3) bad_use(`expected three files, found ${positionals.length}`);
  return [{ ...defaults, model, input, output }];
}

const given = read_arguments();
const ort = await load_runtime();
if (given.values.version) {
  console.log(ort.env.versions.node);
} else {
  const runner = new Runner(ort);
  for (const job of jobs_of(given)) {
    try {
      console.log(JSON.stringify(await runner.run(job)));
    } catch (error) {
      console.log(JSON.stringify({ model: job.model, error: error.message ?? String(error) }));
      process.exitCode = 1;
    }
  }
}
