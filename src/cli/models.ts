// Which models a verb runs with: the shipped ones, a registry's heads, or a plain folder of files and cards.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MODELLED } from '../agents/policies.ts';
import { GrandModelError } from '../core/errors.ts';
import type { ModelFile, ModelFiles } from '../engine/open.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import { openRegistry, registryModels } from '../training/registry.ts';
import { readBytes } from './files.ts';
import type { OptionSpec } from './verb.ts';

/** The registry of `gm models` unless `--registry` names another. */
export const REGISTRY_PATH = 'out/registry';

export const MODELS_OPTION: OptionSpec = {
  metavar: 'DIR',
  help: 'models from a registry, or a folder of voter.onnx + voter.card.json; the shipped ones otherwise',
};

/**
 * Models by voter. A voter that the folder has nothing for keeps its shipped model.
 *
 * @param folder  null for the shipped models
 * @throws        GrandModelError BAD_INPUT when the folder holds no model
 */
export async function modelsFrom(folder: string | null): Promise<ModelFiles> {
  const shipped = await shippedModels();
  if (folder === null) return shipped;
  if (existsSync(join(folder, 'heads.json'))) return registryModels(await openRegistry(folder), shipped);
  const found: Record<string, ModelFile> = {};
  for (const { id, file, card } of MODELLED) {
    if (!existsSync(join(folder, file))) continue;
    found[id] = {
      onnx: await readBytes(join(folder, file)),
      card: await readFile(join(folder, card), 'utf8'),
    };
  }
  if (Object.keys(found).length > 0) return { ...shipped, ...found };
  throw new GrandModelError('BAD_INPUT', `gm: --models "${folder}" holds no promoted or named model`, {
    folder,
  });
}
