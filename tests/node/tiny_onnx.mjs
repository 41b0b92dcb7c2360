// ONNX models encoded by hand (onnx.proto3; protobuf's wire format), for testing the harness itself.
function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};

const kElementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 };

// ValueInfoProto {1: name, 2: TypeProto {1: Tensor {1: elem_type, 2: TensorShapeProto {1: Dimension}}}}
function value_info({ name, type, dims }) {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'string' ? bytes(2, dim) : number(1, dim)));
  return [bytes(1, name), bytes(2, bytes(1, number(1, kElementTypes[type]), bytes(2, ...shape)))];
}

// nodes: {op, inputs, outputs}; inputs and outputs: {name, type, dims}. Operators without attributes only.
export function tiny_model({ nodes, inputs, outputs, opset = 17 }) {
  const graph = [
    ...nodes.map((node) => bytes(1, ...node.inputs.map((name) => bytes(1, name)),
      ...node.outputs.map((name) => bytes(2, name)), bytes(4, node.op))),
    bytes(2, 'tiny'),
    ...inputs.map((value) => bytes(11, ...value_info(value))),
    ...outputs.map((value) => bytes(12, ...value_info(value))),
  ];
  return Buffer.concat([number(1, 8), bytes(7, ...graph), bytes(8, number(2, opset))]);
}
