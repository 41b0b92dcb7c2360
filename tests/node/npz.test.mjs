import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { decodeNpy, encodeNpy, readNpz, writeNpz } from './npz.mjs';

it('writes the bytes that NumPy writes', () => {
  // numpy.save of numpy.array([[1.0, -2.0]], dtype="<f4"), NumPy's format specification, version 1.0
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117) + '\n';
  const expected = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00' + header, 'latin1'),
    Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])]);
  assert.deepEqual(encodeNpy({ type: 'float32', dims: [1, 2], data: Float32Array.of(1, -2) }), expected);
});

it('reads back what it writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lathe_npz_'));
  const path = join(folder, 'x.npz');
  const arrays = {
    scalar: { type: 'float64', dims: [], data: Float64Array.of(0.1) },
    empty: { type: 'int64', dims: [0, 3], data: new BigInt64Array(0) },
    'a/b.c': { type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
  };
  writeNpz(path, arrays);
  assert.deepEqual(readNpz(path), arrays);
  rmSync(folder, { recursive: true });
});

it('refuses what it cannot read', () => {
  const good = encodeNpy({ type: 'int32', dims: [2, 2], data: Int32Array.of(1, 2, 3, 4) });
  const changed = (from, to) => Buffer.from(good.toString('latin1').replace(from, to), 'latin1');
  assert.throws(() => decodeNpy(changed("'<i4'", "'>i4'")), /type >i4/);
  assert.throws(() => decodeNpy(changed('False', 'True ')), /Fortran/);
  assert.throws(() => decodeNpy(good.subarray(0, good.length - 1)), /expected 16/);
  assert.throws(() => decodeNpy(Buffer.from('hello world, hello')), /not a .npy/);
});
