// What makes a trial this trial.

import { ByteWriter, toHex } from '../core/bytes.ts';
import type { Engine } from '../engine/engine.ts';
import { headerCodec } from '../engine/header.ts';

/** SHA-256 of kernel, configuration, models and instruments: what makes a trial this trial. */
export function configHashOf(engine: Engine): string {
  const writer = new ByteWriter(1024);
  headerCodec.write(writer, engine.header);
  return toHex(engine.core.kernel.sha256(writer.view8()));
}
