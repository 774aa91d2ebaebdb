// Which models a verb is to judge: the shipped voters, a registry's heads, a folder of voters or actors, or
// one file.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openModel } from '../agents/model-file.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { voterById, VOTERS } from '../agents/roster.ts';
import { GrandModelError } from '../core/errors.ts';
import type { ModelFiles } from '../engine/open.ts';
import { teamsOf } from '../training/actor-evaluation.ts';
import type { ActorFile, ActorTeam } from '../training/actor-evaluation.ts';
import { cardFor } from '../training/model-intake.ts';
import { PLANTED_MARKETS } from '../training/planted-market.ts';
import type { Candidate } from '../training/voter-evaluation.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { readBytes } from './files.ts';
import { modelsFrom } from './models.ts';
import type { Arguments } from './verb.ts';

/** What there is to judge. */
export interface Candidates {
  readonly voters: readonly Candidate[];
  readonly teams: readonly ActorTeam[];
}

/**
 * Opens what `--models`, `--model` and `--voter` name.
 *
 * @throws GrandModelError BAD_INPUT when there is nothing to judge, BAD_MODEL for a file that is refused
 */
export async function candidatesFrom(kernel: Kernel, args: Arguments): Promise<Candidates> {
  const [folder, file] = [args.text('models'), args.text('model')];
  if (folder !== null && file !== null) {
    throw new GrandModelError('BAD_INPUT', 'gm evaluate: --models and --model exclude each other', {});
  }
  if (file !== null) return oneFile(kernel, file, args.text('voter'));
  const actors = folder === null ? [] : await actorsOf(kernel, folder);
  const named =
    folder === null || actors.length === 0 || VOTERS.some((voter) => existsSync(join(folder, voter.file)));
  return { voters: named ? opened(kernel, await modelsFrom(folder)) : [], teams: teamsOf(actors) };
}

function opened(kernel: Kernel, files: ModelFiles): Candidate[] {
  return VOTERS.flatMap((voter) => {
    const found = files[voter.id];
    return found ? [{ voter, model: openModel(kernel, found.onnx, found.card, voter.id) }] : [];
  });
}

/** Files named MARKET-AGENT.onnx with a card, as `gm train --out` writes them. */
async function actorsOf(kernel: Kernel, folder: string): Promise<ActorFile[]> {
  if (!existsSync(folder)) {
    throw new GrandModelError('BAD_INPUT', `gm evaluate: there is no folder "${folder}"`, { folder });
  }
  const names = readdirSync(folder)
    .filter((name) => Object.keys(PLANTED_MARKETS).some((market) => name.startsWith(`${market}-`)))
    .filter((name) => name.endsWith('.onnx') && existsSync(join(folder, cardNameOf(name))));
  return Promise.all(names.sort().map((name) => actorFile(kernel, join(folder, name))));
}

async function actorFile(kernel: Kernel, path: string): Promise<ActorFile> {
  const onnx = await readBytes(path);
  return { ...openModel(kernel, onnx, await readFile(cardNameOf(path), 'utf8')), onnx };
}

async function oneFile(kernel: Kernel, path: string, id: string | null): Promise<Candidates> {
  const onnx = await readBytes(path);
  const card = existsSync(cardNameOf(path)) ? await readFile(cardNameOf(path), 'utf8') : null;
  if (card !== null && id === null) {
    const open = openModel(kernel, onnx, card);
    const voter = VOTERS.find((known) => known.id === open.card.agent && open.card.output_shape[1] === 3);
    if (voter) return { voters: [{ voter, model: openModel(kernel, onnx, card, voter.id) }], teams: [] };
    const teams = teamsOf([{ ...open, onnx }]);
    if (teams.length > 0) return { voters: [], teams };
    throw new GrandModelError('BAD_INPUT', `gm evaluate: "${path}" is neither a voter nor an actor`, {
      path,
    });
  }
  const voter = voterById(id ?? voterOfShape(onnx, path));
  const facts = { name: basename(path, '.onnx'), agent: voter.id };
  const own = JSON.stringify(cardFor(kernel, onnx, facts));
  return { voters: [{ voter, model: openModel(kernel, onnx, own, voter.id) }], teams: [] };
}

/** A tactical model without a card is judged as entry: all three tactical voters have one label. */
function voterOfShape(onnx: Uint8Array, path: string): string {
  const shape = readOnnx(onnx).input.dims.slice(1).join('x');
  const found = ['entry', 'strategic'].find((id) => {
    const { rows, columns } = voterById(id);
    return `${rows}x${columns}` === shape;
  });
  if (found) return found;
  throw new GrandModelError('BAD_INPUT', `gm evaluate: input ${shape} of "${path}" is no voter's`, { shape });
}

function cardNameOf(path: string): string {
  return path.replace(/\.onnx$/, '.card.json');
}
