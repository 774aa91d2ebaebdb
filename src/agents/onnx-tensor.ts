// Reads one ONNX TensorProto: shape first, then the size of the data, then the data.

import { badModel, elementCount, MODEL_LIMITS } from './onnx-format.ts';
import type { OnnxTensor } from './onnx-format.ts';
import { WireReader } from './protobuf.ts';

const FLOAT = 1;
const INT64 = 7;

interface RawTensor {
  name: string;
  type: number;
  dims: number[];
  floats: Uint8Array | null;
  raw: Uint8Array | null;
  integers: number[];
}

/**
 * Reads an initializer.
 *
 * @param message  the TensorProto
 * @param index    its place in the file, for messages before the name is known
 * @throws         GrandModelError BAD_MODEL on external data, another type, a size that does not match, or a
 *                 weight that is not finite or over 1000 in magnitude
 */
export function readTensor(message: WireReader, index: number): OnnxTensor {
  message.place = `initializer ${index}`;
  const raw = readFields(message);
  if (raw.name === '') throw badModel(`initializer ${index}`, 'it has no name');
  const place = `initializer "${raw.name}"`;
  const count = elementCount(place, raw.dims);
  if (raw.type === FLOAT) {
    return { name: raw.name, dims: raw.dims, type: 'f32', data: floatData(place, raw, count) };
  }
  if (raw.type !== INT64) throw badModel(place, `data type ${raw.type} is neither f32 nor int64`);
  return { name: raw.name, dims: raw.dims, type: 'int64', data: integerData(place, raw, count) };
}

function readFields(message: WireReader): RawTensor {
  const tensor: RawTensor = { name: '', type: 0, dims: [], floats: null, raw: null, integers: [] };
  while (message.next()) {
    switch (message.field) {
      case 1:
        message.ints(tensor.dims, MODEL_LIMITS.rank);
        break;
      case 2:
        tensor.type = message.once().int();
        break;
      case 4:
        tensor.floats = message.once().bytes();
        break;
      case 7:
        message.ints(tensor.integers, MODEL_LIMITS.shapeValues);
        break;
      case 8:
        tensor.name = message.once().text();
        message.place = `initializer "${tensor.name}"`;
        break;
      case 9:
        tensor.raw = message.once().bytes();
        break;
      case 12:
        message.skip();
        break;
      case 13:
        throw message.bad('external data is refused');
      case 14:
        if (message.once().int() !== 0) throw message.bad('external data is refused');
        break;
      default:
        throw message.unknown();
    }
  }
  return tensor;
}

function floatData(place: string, tensor: RawTensor, count: number): Float32Array {
  const bytes = tensor.raw ?? tensor.floats;
  if (bytes === null || (tensor.raw !== null && tensor.floats !== null) || tensor.integers.length > 0) {
    throw badModel(place, 'its data is missing or of another type');
  }
  if (bytes.length !== 4 * count) {
    throw badModel(place, `${bytes.length} bytes of data where its shape needs ${4 * count}`);
  }
  // A copy, also where `bytes` is a Node Buffer, whose slice is a view.
  const data = new Float32Array(new Uint8Array(bytes).buffer);
  for (let i = 0; i < count; i++) {
    const weight = data[i] as number;
    if (!(Math.abs(weight) <= MODEL_LIMITS.weight)) {
      throw badModel(place, `weight ${i} is ${weight}, not finite within ±${MODEL_LIMITS.weight}`);
    }
  }
  return data;
}

function integerData(place: string, tensor: RawTensor, count: number): number[] {
  if (tensor.floats !== null || count > MODEL_LIMITS.shapeValues) {
    throw badModel(place, `int64 data is for shapes of at most ${MODEL_LIMITS.shapeValues} values`);
  }
  const raw = tensor.raw;
  if (raw === null) {
    if (tensor.integers.length !== count) {
      throw badModel(place, `${tensor.integers.length} integers where its shape needs ${count}`);
    }
    return tensor.integers;
  }
  if (raw.length !== 8 * count || tensor.integers.length > 0) {
    throw badModel(place, `${raw.length} bytes of data where its shape needs ${8 * count}`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const value = Number(view.getBigInt64(8 * i, true));
    if (!Number.isSafeInteger(value)) throw badModel(place, `integer ${value} is out of range`);
    values.push(value);
  }
  return values;
}
