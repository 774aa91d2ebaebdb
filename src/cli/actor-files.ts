// Writes trained actors: first beside the target, then onnxruntime must agree, then both files take their
// names.

import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GrandModelError } from '../core/errors.ts';
import { exportActors, onnxParity, PARITY_TOLERANCE } from '../training/actor-export.ts';
import type { ExportFacts } from '../training/actor-export.ts';
import { cardText } from '../training/core-models.ts';
import type { Mappo } from '../training/mappo.ts';

/** A file that was written, and its largest difference from the trainer. */
export interface WrittenActor {
  readonly path: string;
  readonly agent: string;
  readonly sha256: string;
  readonly parity: number;
}

/**
 * Writes the .onnx file and the card of every actor.
 *
 * @param known  files whose bytes were compared already are not compared once more
 * @throws GrandModelError BAD_MODEL when onnxruntime differs by more than 1e-5; nothing is replaced then
 */
export async function writeActors(
  trainer: Mappo,
  facts: Omit<ExportFacts, 'sha256'>,
  folder: string,
  known: readonly WrittenActor[] = [],
): Promise<WrittenActor[]> {
  await mkdir(folder, { recursive: true });
  const exported = exportActors(trainer, { ...facts, sha256: sha256Of });
  const written: WrittenActor[] = [];
  for (const [index, actor] of exported.entries()) {
    const { file, agent, sha256 } = actor.card;
    const path = join(folder, file);
    const cardPath = path.replace(/\.onnx$/, '.card.json');
    const marked = (name: string): string => `${name}.${process.pid}.new`;
    try {
      await writeFile(marked(path), actor.file);
      await writeFile(marked(cardPath), cardText(actor.card));
      const same = known.find((other) => other.sha256 === sha256);
      const parity = same?.parity ?? (await onnxParity(trainer, index, actor));
      if (!(parity <= PARITY_TOLERANCE))
        throw new GrandModelError('BAD_MODEL', `Cannot write ${path}: onnxruntime differs by ${parity}`, {
          path,
          parity,
        });
      await rename(marked(path), path);
      await rename(marked(cardPath), cardPath);
      written.push({ path, agent, sha256, parity });
    } finally {
      await Promise.all([path, cardPath].map((name) => rm(marked(name), { force: true })));
    }
  }
  return written;
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
