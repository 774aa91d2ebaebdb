// A trainer as bytes: a resumed training gives the same weights as one that was never stopped.

import { ByteReader, ByteWriter } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Mappo } from './mappo.ts';

const FORMAT = 'grandmodel-training/2';
const FLOAT = 4;

/** Everything that `update` depends on and changes, little-endian. */
export function saveTrainer(trainer: Mappo): Uint8Array {
  const writer = new ByteWriter(1 << 20);
  writer.text(FORMAT);
  const { kernel, batch, valueScale } = trainer;
  writer.u8(kernel.fast ? 1 : 0);
  writer.u32((kernel.i32(trainer.rng, 1)[0] ?? 0) >>> 0);
  for (const value of [valueScale.mean, valueScale.square, valueScale.apart, valueScale.weight])
    writer.f64(value);
  block(writer, trainer.market.save());
  const held = kernel.f32(batch.positions + batch.rows * FLOAT, batch.paths);
  block(writer, bytesOf(held));
  for (const learner of trainer.learners) {
    const { floats, powers, stream } = learner.save();
    writer.u32(stream >>> 0);
    for (const power of powers) writer.f64(power);
    block(writer, bytesOf(floats));
  }
  return writer.copy();
}

/**
 * Puts a trainer of the same configuration back to where `saveTrainer` was called.
 *
 * @throws GrandModelError BAD_INPUT when the bytes are of another format or another configuration
 */
export function restoreTrainer(trainer: Mappo, saved: Uint8Array): void {
  const reader = new ByteReader(saved);
  const format = reader.text();
  if (format !== FORMAT)
    throw new GrandModelError('BAD_INPUT', `Cannot resume: the format is "${format}"`, { format });
  const { kernel, batch, valueScale } = trainer;
  const fast = reader.u8() === 1;
  kernel.i32(trainer.rng, 1)[0] = reader.u32();
  valueScale.mean = reader.f64();
  valueScale.square = reader.f64();
  valueScale.apart = reader.f64();
  valueScale.weight = reader.f64();
  trainer.market.restore(blockOf(reader, trainer.market.save().length));
  const held = floatsOf(blockOf(reader, batch.paths * FLOAT));
  kernel.f32(batch.positions + batch.rows * FLOAT, batch.paths).set(held);
  for (const learner of trainer.learners) {
    const stream = reader.u32();
    const powers = [reader.f64(), reader.f64()] as const;
    const floats = floatsOf(blockOf(reader, 3 * learner.network.size * FLOAT));
    learner.restore({ floats, powers, fast, stream });
  }
}

function block(writer: ByteWriter, bytes: Uint8Array): void {
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function blockOf(reader: ByteReader, expected: number): Uint8Array {
  const length = reader.u32();
  if (length !== expected)
    throw new GrandModelError('BAD_INPUT', `Cannot resume: a part has ${length} bytes, not ${expected}`, {
      length,
      expected,
    });
  return reader.bytes(length);
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
