// Writes .onnx files: protobuf wire format, fields in a fixed order, so that equal models are equal bytes.

import type { OnnxAttribute, OnnxTensor } from '../agents/onnx-format.ts';

/** A node to write; any operator name, so that tests can write files that the reader refuses. */
export interface NodeToWrite {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Integers that must be written as floats (Gemm alpha 1) are listed in `floats`. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly floats?: readonly string[];
}

/** A graph border to write; a string dimension is symbolic, such as the batch. */
export interface ValueToWrite {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

/** A model to write. */
export interface ModelToWrite {
  readonly name: string;
  readonly input: ValueToWrite;
  readonly outputs: readonly ValueToWrite[];
  readonly initializers: readonly OnnxTensor[];
  readonly nodes: readonly NodeToWrite[];
  /** Default 17. */
  readonly opset?: number;
  /** Pairs for metadata_props, written in the order given. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const encoder = new TextEncoder();

/**
 * Bytes of a model file.
 *
 * @param model  what to write; not checked here: `readOnnx` is the judge
 * @returns      the .onnx file, the same bytes for the same model on every host
 * @source       onnx.proto3, ir_version 8
 */
export function writeOnnx(model: ModelToWrite): Uint8Array {
  const graph = new WireWriter();
  for (const node of model.nodes) graph.message(1, nodeProto(node));
  graph.text(2, model.name);
  for (const tensor of model.initializers) graph.message(5, tensorProto(tensor));
  graph.message(11, valueProto(model.input));
  for (const output of model.outputs) graph.message(12, valueProto(output));
  const file = new WireWriter().int(1, IR_VERSION).text(2, 'grandmodel-edge').message(7, graph);
  file.message(8, new WireWriter().text(1, '').int(2, model.opset ?? OPSET));
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    file.message(14, new WireWriter().text(1, key).text(2, value));
  }
  return file.finish();
}

/** An f32 constant. */
export function weights(name: string, dims: readonly number[], data: Float32Array): OnnxTensor {
  return { name, dims, type: 'f32', data };
}

/** An int64 constant for Reshape: a vector of dimensions. */
export function shapeOf(name: string, data: readonly number[]): OnnxTensor {
  return { name, dims: [data.length], type: 'int64', data };
}

function tensorProto(tensor: OnnxTensor): WireWriter {
  const message = new WireWriter();
  for (const dimension of tensor.dims) message.int(1, dimension);
  message.int(2, tensor.type === 'f32' ? FLOAT : INT64).text(8, tensor.name);
  const width = tensor.type === 'f32' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(width * tensor.data.length));
  for (let i = 0; i < tensor.data.length; i++) {
    const value = tensor.data[i] as number;
    if (tensor.type === 'f32') view.setFloat32(4 * i, value, true);
    else view.setBigInt64(8 * i, BigInt(value), true);
  }
  return message.bytes(9, new Uint8Array(view.buffer));
}

function valueProto(value: ValueToWrite): WireWriter {
  const shape = new WireWriter();
  for (const dimension of value.dims) {
    const message = new WireWriter();
    shape.message(1, typeof dimension === 'string' ? message.text(2, dimension) : message.int(1, dimension));
  }
  const tensor = new WireWriter().int(1, FLOAT).message(2, shape);
  return new WireWriter().text(1, value.name).message(2, new WireWriter().message(1, tensor));
}

function nodeProto(node: NodeToWrite): WireWriter {
  const message = new WireWriter();
  for (const input of node.inputs) message.text(1, input);
  message.text(2, node.output).text(3, `${node.operator}_${node.output}`).text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    message.message(5, attributeProto(name, value, node.floats?.includes(name) ?? false));
  }
  return message;
}

function attributeProto(name: string, value: OnnxAttribute, asFloat: boolean): WireWriter {
  const message = new WireWriter().text(1, name);
  if (typeof value === 'string') return message.text(4, value).int(20, 3);
  if (typeof value === 'number') {
    return asFloat || !Number.isInteger(value)
      ? message.float(2, value).int(20, 1)
      : message.int(3, value).int(20, 2);
  }
  for (const item of value) message.int(8, item);
  return message.int(20, 7);
}

class WireWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  int(field: number, value: number): this {
    return this.varint(field * 8).varint(value);
  }

  float(field: number, value: number): this {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    return this.varint(field * 8 + 5).push(new Uint8Array(view.buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.varint(field * 8 + 2)
      .varint(value.length)
      .push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: WireWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const file = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }

  private varint(value: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return this.push(Uint8Array.from(bytes));
  }

  private push(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}
