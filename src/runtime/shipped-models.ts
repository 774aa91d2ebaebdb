// The voters' models that ship with the package, read from disk: for hosts that have files.

import { readFile } from 'node:fs/promises';
import { MODELLED } from '../agents/policies.ts';
import type { ModelFile, ModelFiles } from '../engine/open.ts';

const MODELS = new URL('../../models/', import.meta.url);

/** The voters' models that ship with the package. */
export async function shippedModels(): Promise<ModelFiles> {
  const files: Record<string, ModelFile> = {};
  for (const { id, file, card } of MODELLED) {
    files[id] = {
      onnx: new Uint8Array(await readFile(new URL(file, MODELS))),
      card: await readFile(new URL(card, MODELS), 'utf8'),
    };
  }
  return files;
}
