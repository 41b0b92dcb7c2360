import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readNpz, writeNpz } from './npz.mjs';
import { tiny_model } from './tiny_onnx.mjs';

const installed = existsSync(new URL('./node_modules/onnxruntime-node/package.json', import.meta.url));
const skip = installed ? false : 'onnxruntime-node is not installed: npm ci --ignore-scripts in tests/node';

function ort_run(...args) {
  const script = fileURLToPath(new URL('./ort_run.mjs', import.meta.url));
  const done = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  const lines = done.stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { status: done.status, lines, stderr: done.stderr };
}

describe('ort_run', { skip }, () => {
  let folder;
  const file = (name) => join(folder, name);
  const float = (values, dims) => ({ type: 'float32', dims, data: Float32Array.from(values) });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lathe_ort_'));
    writeFileSync(file('add.onnx'), tiny_model({
      nodes: [{ op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }, { op: 'Neg', inputs: ['sum'], outputs: ['negated'] }],
      inputs: [{ name: 'a', type: 'float32', dims: ['n', 2] }, { name: 'b', type: 'float32', dims: [2] }],
      outputs: [{ name: 'sum', type: 'float32', dims: ['n', 2] }, { name: 'negated', type: 'float32', dims: ['n', 2] }],
    }));
    writeNpz(file('in.npz'), { a: float([1, 2, 3, 4, 5, 6], [3, 2]), b: float([10, 20], [2]) });
  });
  after(() => rmSync(folder, { recursive: true }));

  it('adds', () => {
    const { status, lines } = ort_run(file('add.onnx'), file('in.npz'), file('out.npz'), '--repeat', '3');
    assert.equal(status, 0);
    assert.deepEqual(lines[0].outputs.sum, { type: 'float32', dims: [3, 2] });
    assert.ok(lines[0].median_ms > 0 && lines[0].min_ms <= lines[0].median_ms);
    const { sum, negated } = readNpz(file('out.npz'));
    assert.deepEqual([...sum.data], [11, 22, 13, 24, 15, 26]);
    assert.deepEqual([...negated.data], [-11, -22, -13, -24, -15, -26]);
  });

  it('keeps every type', () => {
    const columns = {
      float32: [1.5, -2], float16: [0x3e00, 0xc000], int64: [7n, -(2n ** 40n)], int32: [5, -6], int8: [-128, 127],
      uint8: [0, 255], bool: [1, 0],
    };
    const arrays = { float32: Float32Array, float16: Uint16Array, int64: BigInt64Array, int32: Int32Array,
      int8: Int8Array, uint8: Uint8Array, bool: Uint8Array };
    const types = Object.keys(columns);
    const value = (name) => (type) => ({ name: `${name}_${type}`, type, dims: [2] });
    writeFileSync(file('same.onnx'), tiny_model({
      nodes: types.map((type) => ({ op: 'Identity', inputs: [`in_${type}`], outputs: [`out_${type}`] })),
      inputs: types.map(value('in')), outputs: types.map(value('out')),
    }));
    writeNpz(file('types.npz'), Object.fromEntries(types.map((type) =>
      [`in_${type}`, { type, dims: [2], data: arrays[type].from(columns[type]) }])));
    assert.equal(ort_run(file('same.onnx'), file('types.npz'), file('types_out.npz')).status, 0);
    const results = readNpz(file('types_out.npz'));
    for (const type of types) {
      assert.equal(results[`out_${type}`].type, type);
      assert.deepEqual([...results[`out_${type}`].data], columns[type], type);
    }
  });

  it('goes through a batch, and says which job failed', () => {
    const job = { model: file('add.onnx'), input: file('in.npz') };
    writeFileSync(file('jobs.json'), JSON.stringify([
      { ...job, output: file('1.npz') }, { ...job, output: file('2.npz'), outputs: ['negated'] },
      { ...job, model: file('absent.onnx') },
      { ...job, output: file('3.npz'), threads: 2, session_options: { graphOptimizationLevel: 'disabled' } },
    ]));
    const { status, lines } = ort_run('--batch', file('jobs.json'));
    assert.equal(status, 1);
    assert.equal(lines.length, 4);
    assert.ok(lines[0].load_ms > 0);
    assert.equal(lines[1].load_ms, 0);
    assert.match(lines[2].error, /absent/);
    assert.deepEqual(Object.keys(readNpz(file('2.npz'))), ['negated']);
    assert.deepEqual([...readNpz(file('3.npz')).sum.data], [11, 22, 13, 24, 15, 26]);
  });

  it('names a missing input', () => {
    writeNpz(file('half.npz'), { a: float([1, 2], [1, 2]) });
    const { status, lines } = ort_run(file('add.onnx'), file('half.npz'), file('out.npz'));
    assert.equal(status, 1);
    assert.match(lines[0].error, /no array 'b'/);
  });

  it('refuses bad use', () => assert.equal(ort_run('one.onnx').status, 2));
});
