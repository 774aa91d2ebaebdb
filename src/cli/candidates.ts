// Which models a verb is to judge: the shipped voters or policies, a registry's heads, a folder of voters or
// actors, or one file.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openModel } from '../agents/model-file.ts';
import type { OpenModel } from '../agents/model-file.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { POLICIES } from '../agents/policies.ts';
import { voterById, VOTERS } from '../agents/roster.ts';
import { GrandModelError } from '../core/errors.ts';
import type { ModelFiles } from '../engine/open.ts';
import { actorName, teamsOf } from '../training/actor-team.ts';
import type { ActorFile, ActorTeam } from '../training/actor-team.ts';
import { cardFor } from '../training/model-intake.ts';
import type { Candidate } from '../training/voter-evaluation.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { readBytes } from './files.ts';
import { modelsFrom } from './models.ts';
import type { Arguments } from './verb.ts';

/** Kinds of models that can be asked for by name. */
export const KINDS = ['voters', 'actors', 'policies'] as const;

/** The policies with all files of the engine that decides. */
export interface PolicyCandidates {
  readonly files: ModelFiles;
  /** Of POLICIES, in order. */
  readonly open: readonly OpenModel[];
}

/** What there is to judge. */
export interface Candidates {
  readonly voters: readonly Candidate[];
  readonly teams: readonly ActorTeam[];
  readonly policies: PolicyCandidates | null;
}

const NOTHING: Candidates = { voters: [], teams: [], policies: null };

/**
 * Opens what `--models`, `--model` and `--voter` name, of the kind that the verb was asked for. Policies are
 * judged only where they are asked for or named.
 *
 * @throws GrandModelError BAD_INPUT when there is nothing to judge, BAD_MODEL for a file that is refused
 */
export async function candidatesFrom(kernel: Kernel, args: Arguments): Promise<Candidates> {
  const [folder, file] = [args.text('models'), args.text('model')];
  const kind = kindOf(args);
  if (folder !== null && file !== null) {
    throw new GrandModelError('BAD_INPUT', 'gm evaluate: --models and --model exclude each other', {});
  }
  if (folder !== null && !existsSync(folder)) {
    throw new GrandModelError('BAD_INPUT', `gm evaluate: there is no folder "${folder}"`, { folder });
  }
  if (file !== null) return oneFile(kernel, file, args.text('voter'));
  if (kind === 'policies') return { ...NOTHING, policies: openPolicies(kernel, await modelsFrom(folder)) };
  const actors = folder === null || kind === 'voters' ? [] : await actorsOf(kernel, folder, versionOf(args));
  if (kind === 'actors' && actors.length === 0) {
    throw new GrandModelError('BAD_INPUT', `gm evaluate: --models "${folder}" holds no actors`, { folder });
  }
  const named =
    folder === null || actors.length === 0 || VOTERS.some((voter) => existsSync(join(folder, voter.file)));
  const voters = named && kind !== 'actors' ? opened(kernel, await modelsFrom(folder)) : [];
  return { ...NOTHING, voters, teams: teamsOf(actors) };
}

function kindOf({ positionals: [kind] }: Arguments): (typeof KINDS)[number] | null {
  if (kind === undefined) return null;
  const found = KINDS.find((known) => known === kind);
  if (found) return found;
  throw new GrandModelError('BAD_INPUT', `gm evaluate: "${kind}" is none of ${KINDS.join(', ')}`, { kind });
}

/** Null: the best seed's files, or the newest version where there are none without a number. */
function versionOf(args: Arguments): number | null {
  const version = args.number('version', 1, 999_999_999);
  return version === null ? null : Math.floor(version);
}

function openPolicies(kernel: Kernel, files: ModelFiles): PolicyCandidates {
  const open = POLICIES.map(({ id }) => openModel(kernel, files[id]!.onnx, files[id]!.card, id));
  return { files, open };
}

function opened(kernel: Kernel, files: ModelFiles): Candidate[] {
  return VOTERS.flatMap((voter) => {
    const found = files[voter.id];
    return found ? [{ voter, model: openModel(kernel, found.onnx, found.card, voter.id) }] : [];
  });
}

/** Files with a card named MARKET-AGENT.onnx or MARKET-AGENT.vNNNN.onnx, as `gm train --out` writes them. */
async function actorsOf(kernel: Kernel, folder: string, wanted: number | null): Promise<ActorFile[]> {
  const names = readdirSync(folder).flatMap((file) => {
    const name = file.endsWith('.onnx') ? actorName(basename(file, '.onnx')) : null;
    return name && existsSync(join(folder, cardNameOf(file))) ? [{ file, ...name }] : [];
  });
  const markets = [...new Set(names.map(({ market }) => market))];
  const chosen = markets.flatMap((market) => {
    const own = names.filter((name) => name.market === market);
    const newest = Math.max(...own.map(({ version }) => version ?? Infinity));
    const version = wanted ?? (newest === Infinity ? null : newest);
    return own.filter((name) => name.version === version);
  });
  if (wanted !== null && chosen.length === 0) {
    const versions = [...new Set(names.map(({ version }) => version))].filter((version) => version !== null);
    throw new GrandModelError(
      'BAD_INPUT',
      `gm evaluate: --version ${wanted} is not in "${folder}"; it holds ${versions.join(' ') || 'none'}`,
      { folder, version: wanted },
    );
  }
  const files = chosen.map(({ file }) => file);
  return Promise.all(files.toSorted().map((file) => actorFile(kernel, join(folder, file))));
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
    if (voter) return { ...NOTHING, voters: [{ voter, model: openModel(kernel, onnx, card, voter.id) }] };
    const teams = teamsOf([{ ...open, onnx }]);
    if (teams.length > 0) return { ...NOTHING, teams };
    const policy = POLICIES.find((known) => known.id === open.card.agent);
    if (policy) {
      const files = { ...(await modelsFrom(null)), [policy.id]: { onnx, card } };
      return { ...NOTHING, policies: openPolicies(kernel, files) };
    }
    throw new GrandModelError(
      'BAD_INPUT',
      `gm evaluate: "${path}" is no voter, actor or policy: its card is for "${open.card.agent}"`,
      { path },
    );
  }
  const voter = voterById(id ?? voterOfShape(onnx, path));
  const facts = { name: basename(path, '.onnx'), agent: voter.id };
  const own = JSON.stringify(cardFor(kernel, onnx, facts));
  return { ...NOTHING, voters: [{ voter, model: openModel(kernel, onnx, own, voter.id) }] };
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
