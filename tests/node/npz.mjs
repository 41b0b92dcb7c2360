// NumPy's .npz and .npy, read and written: what the tests exchange arrays in.
// An array is {type, dims, data}: type as ONNX Runtime spells it, data a typed array in row-major order (float16 as the
// 16-bit codes, bool as bytes).
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32 as zlibCrc32, inflateRawSync } from 'node:zlib';

const kTypes = [
  { type: 'float32', descr: '<f4', array: Float32Array },
  { type: 'float64', descr: '<f8', array: Float64Array },
  { type: 'float16', descr: '<f2', array: Uint16Array },
  { type: 'int64', descr: '<i8', array: BigInt64Array },
  { type: 'uint64', descr: '<u8', array: BigUint64Array },
  { type: 'int32', descr: '<i4', array: Int32Array },
  { type: 'uint32', descr: '<u4', array: Uint32Array },
  { type: 'int16', descr: '<i2', array: Int16Array },
  { type: 'uint16', descr: '<u2', array: Uint16Array },
  { type: 'int8', descr: '|i1', array: Int8Array },
  { type: 'uint8', descr: '|u1', array: Uint8Array },
  { type: 'bool', descr: '|b1', array: Uint8Array },
];

const byDescr = (descr) => kTypes.find((row) => row.descr.slice(1) === descr.slice(1) && !descr.startsWith('>'));
const byType = (type) => kTypes.find((row) => row.type === type);
const count = (dims) => dims.reduce((product, dim) => product * dim, 1);

// The bytes of a .npy file (versions 1 to 3) -> array.
export function decodeNpy(bytes, name = 'array') {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error(`${name}: not a .npy file`);
  const wide = bytes[6] > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString('latin1', start, end);
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || shape === undefined) throw new Error(`${name}: its header is ${header}`);
  const row = byDescr(descr);
  if (row === undefined) throw new Error(`${name}: type ${descr} is not supported`);
  const dims = shape.split(',').filter((part) => part.trim() !== '').map(Number);
  if (/'fortran_order':\s*True/.test(header) && dims.length > 1) throw new Error(`${name}: is in Fortran order`);
  const size = count(dims) * row.array.BYTES_PER_ELEMENT;
  if (end + size > bytes.length) throw new Error(`${name}: has ${bytes.length - end} bytes of data, expected ${size}`);
  const copy = new Uint8Array(bytes.subarray(end, end + size));  // aligned
  return { type: row.type, dims, data: new row.array(copy.buffer) };
}

export function encodeNpy({ type, dims, data }) {
  const row = byType(type);
  if (row === undefined) throw new Error(`.npy has no type for ${type}`);
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  let header = `{'descr': '${row.descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  header += ' '.repeat(63 - ((10 + header.length) % 64)) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

// The members of a zip archive (PKWARE's APPNOTE, sections 4.3 and 4.5.3) as {name: bytes}.
function unzip(file, path) {
  let end = file.length - 22;
  while (end >= 0 && file.readUInt32LE(end) !== 0x06054b50) --end;
  if (end < 0) throw new Error(`${path}: not a zip archive`);
  let at = file.readUInt32LE(end + 16);
  let members = file.readUInt16LE(end + 10);
  if (end >= 20 && file.readUInt32LE(end - 20) === 0x07064b50) {
    const large = Number(file.readBigUInt64LE(end - 12));
    members = Number(file.readBigUInt64LE(large + 32));
    at = Number(file.readBigUInt64LE(large + 48));
  }
  const found = {};
  for (let i = 0; i < members; ++i) {
    const method = file.readUInt16LE(at + 10);
    const lengths = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset));
    const name = file.toString('utf8', at + 46, at + 46 + lengths[0]);
    const [size, start] = wideFields(file.subarray(at, at + 46 + lengths[0] + lengths[1]), 46 + lengths[0]);
    const data = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28);
    const packed = file.subarray(data, data + size);
    if (method !== 0 && method !== 8) throw new Error(`${path}: ${name} is packed by method ${method}`);
    found[name] = method === 8 ? inflateRawSync(packed) : packed;
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return found;
}

// The packed size and the place of a member, from its record in the directory; zip64 keeps large ones in an extra field.
function wideFields(record, extra) {
  const narrow = [record.readUInt32LE(24), record.readUInt32LE(20), record.readUInt32LE(42)];
  let at = extra;
  while (at + 4 <= record.length && record.readUInt16LE(at) !== 1) at += 4 + record.readUInt16LE(at + 2);
  at += 4;
  const wide = narrow.map((value) => {
    if (value !== 0xffffffff) return value;
    at += 8;
    return Number(record.readBigUInt64LE(at - 8));
  });
  return [wide[1], wide[2]];
}

const kCrcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  for (let bit = 0; bit < 8; ++bit) i = i & 1 ? 0xedb88320 ^ (i >>> 1) : i >>> 1;
  return i;
});

function crc32(bytes) {
  if (zlibCrc32) return zlibCrc32(bytes);  // Node 22
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ kCrcTable[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

// A zip archive that stores its members. Errors: beyond 4 GiB.
function zip(members) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(members)) {
    const text = Buffer.from(name, 'utf8');
    const fields = Buffer.alloc(26);  // what the member's and the directory's record have in common
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x21, 8);  // 1980-01-01
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(text.length, 22);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, where, text);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), fields, text, bytes);
    offset += 30 + text.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  const members_count = Object.keys(members).length;
  end.writeUInt16LE(members_count, 8);
  end.writeUInt16LE(members_count, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}

// {name: array} of a .npz file.
export function readNpz(path) {
  const arrays = {};
  for (const [member, bytes] of Object.entries(unzip(readFileSync(path), path)))
    arrays[member.replace(/\.npy$/, '')] = decodeNpy(bytes, `${path}: ${member}`);
  return arrays;
}

export function writeNpz(path, arrays) {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)]);
  writeFileSync(path, zip(Object.fromEntries(members)));
}
