// Writes trained actors: first beside the target, then onnxruntime must agree, then both files take their
// names.

import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GrandModelError } from '../core/errors.ts';
import { exportActors, onnxParity, PARITY_TOLERANCE } from '../training/actor-export.ts';
import { cardText } from '../training/core-models.ts';
import type { Mappo } from '../training/mappo.ts';
import type { SeedResult } from '../training/trial.ts';

/** A file that was written, and its largest difference from the trainer. */
export interface WrittenActor {
  readonly path: string;
  readonly parity: number;
}

/**
 * Writes MARKET-AGENT.onnx and its card for every actor.
 *
 * @throws GrandModelError BAD_MODEL when onnxruntime differs by more than 1e-5; nothing is replaced then
 */
export async function writeActors(
  trainer: Mappo,
  market: string,
  result: SeedResult,
  folder: string,
): Promise<WrittenActor[]> {
  await mkdir(folder, { recursive: true });
  const exported = exportActors(trainer, {
    market,
    seed: result.seed,
    updates: result.updates,
    metrics: { fraction: result.fraction, turnover: result.score.turnover },
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  });
  const written: WrittenActor[] = [];
  for (const [agent, actor] of exported.entries()) {
    const path = join(folder, actor.card.file);
    const cardPath = path.replace(/\.onnx$/, '.card.json');
    const marked = (name: string): string => `${name}.${process.pid}.new`;
    try {
      await writeFile(marked(path), actor.file);
      await writeFile(marked(cardPath), cardText(actor.card));
      const parity = await onnxParity(trainer, agent, actor);
      if (!(parity <= PARITY_TOLERANCE))
        throw new GrandModelError('BAD_MODEL', `Cannot write ${path}: onnxruntime differs by ${parity}`, {
          path,
          parity,
        });
      await rename(marked(path), path);
      await rename(marked(cardPath), cardPath);
      written.push({ path, parity });
    } finally {
      await Promise.all([path, cardPath].map((name) => rm(marked(name), { force: true })));
    }
  }
  return written;
}
