// The model registry: versions that never change, one head per voter or policy that only a command moves, and
// a log of who moved it, when and why. A folder; the heads are replaced by renaming, so a crash leaves the
// old ones.

import { appendFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isExpired, readCard } from '../agents/model-card.ts';
import type { ModelCard } from '../agents/model-card.ts';
import { MODELLED, seatById } from '../agents/policies.ts';
import { GrandModelError } from '../core/errors.ts';
import type { ModelFile, ModelFiles } from '../engine/open.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { checkModel } from './model-intake.ts';
import type { ModelCheck } from './model-intake.ts';

/** Who asks for a change, when and why; all of it goes into the log. */
export interface Request {
  readonly who: string;
  readonly why: string;
  readonly atMs: number;
}

/** One version of a voter's or policy's model. */
export interface Version {
  readonly agent: string;
  /** First 16 hexadecimal digits of the file's SHA-256. */
  readonly version: string;
  readonly head: boolean;
  readonly card: ModelCard;
}

/** Heads by voter or policy, oldest first: the last is in use, an empty list means the shipped model. */
type Heads = Readonly<Record<string, readonly string[]>>;

/** A folder of models. */
export interface Registry {
  readonly folder: string;
  readonly heads: Heads;
}

const FORMAT = 'grandmodel-registry/1';
const HEADS = 'heads.json';
const LOG = 'log.ndjson';
/** Earlier heads that one can be rolled back to. */
const HISTORY_MAX = 64;
const VERSION = /^[0-9a-f]{16}$/;

/**
 * Opens a registry; a folder that does not exist is an empty one.
 *
 * @throws GrandModelError BAD_INPUT when heads.json is not what this program writes
 */
export async function openRegistry(folder: string): Promise<Registry> {
  const path = join(folder, HEADS);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isMissing(cause)) return { folder, heads: {} };
    throw cause;
  }
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // refused below with the same words as any other text
  }
  const heads = headsOf(value);
  if (heads) return { folder, heads };
  throw new GrandModelError('BAD_INPUT', `Cannot open registry: ${path} is not ${FORMAT}`, { path });
}

function headsOf(value: unknown): Heads | null {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('heads' in value)) return null;
  const { format, heads } = value;
  if (format !== FORMAT || typeof heads !== 'object' || heads === null) return null;
  const right = Object.entries(heads).every(
    ([agent, list]: [string, unknown]) =>
      MODELLED.some(({ id }) => id === agent) &&
      Array.isArray(list) &&
      list.length <= HISTORY_MAX &&
      list.every((version) => typeof version === 'string' && VERSION.test(version)),
  );
  return right ? (heads as Heads) : null;
}

/**
 * The one version of a voter or policy whose name begins so.
 *
 * @throws GrandModelError BAD_ARGUMENT when there is none, or several
 */
export async function versionNamed(registry: Registry, agent: string, start: string): Promise<string> {
  seatById(agent);
  const found = (await namesOf(registry, agent)).filter((name) => start !== '' && name.startsWith(start));
  const [name] = found;
  if (name !== undefined && found.length === 1) return name;
  throw refused('find model', `${found.length} versions of "${agent}" are named "${start}"`);
}

/** All versions, by voter or policy and then by name. */
export async function listVersions(registry: Registry): Promise<Version[]> {
  const versions: Version[] = [];
  for (const { id } of MODELLED) {
    for (const version of await namesOf(registry, id)) {
      const { card } = await readVersion(registry, id, version);
      const head = registry.heads[id]?.at(-1) === version;
      versions.push({ agent: id, version, head, card: readCard(card) });
    }
  }
  return versions;
}

async function namesOf({ folder }: Registry, agent: string): Promise<string[]> {
  try {
    const names = await readdir(join(folder, agent));
    return names
      .filter((name) => name.endsWith('.card.json') && VERSION.test(name.slice(0, 16)))
      .map((name) => name.slice(0, 16))
      .toSorted();
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw cause;
  }
}

/**
 * Checks a model and keeps it as a version. It is asked nowhere until it is promoted.
 *
 * @param card  text of its card
 * @throws      GrandModelError BAD_MODEL naming what the checks refused; nothing is kept then
 */
export async function addVersion(
  registry: Registry,
  kernel: Kernel,
  file: ModelFile,
  request: Request,
): Promise<{ version: string; check: ModelCheck }> {
  const { agent } = readCard(file.card);
  const check = await checkModel(kernel, file.onnx, file.card, agent);
  const version = check.sha256.slice(0, 16);
  await mkdir(join(registry.folder, agent), { recursive: true });
  await replaceFile(join(registry.folder, agent, `${version}.onnx`), file.onnx);
  await replaceFile(join(registry.folder, agent, `${version}.card.json`), file.card);
  await note(registry, 'add', agent, version, request);
  return { version, check };
}

/**
 * Makes a version its seat's head, after the same checks as at its arrival.
 *
 * @param version  its name, or the first digits of it
 * @returns        the registry as it now is
 * @throws         GrandModelError BAD_ARGUMENT when the version is unknown, ambiguous or expired, BAD_MODEL
 *                 when it no longer passes
 */
export async function promote(
  registry: Registry,
  kernel: Kernel,
  agent: string,
  version: string,
  request: Request,
): Promise<Registry> {
  const name = await versionNamed(registry, agent, version);
  const file = await readVersion(registry, agent, name);
  if (isExpired(readCard(file.card), request.atMs)) throw refused('promote', `"${name}" has expired`);
  await checkModel(kernel, file.onnx, file.card, agent);
  const history = registry.heads[agent] ?? [];
  if (history.at(-1) === name) return registry;
  return move(registry, 'promote', agent, [...history, name].slice(-HISTORY_MAX), request);
}

/**
 * Returns a voter or policy to the head before this one; before the first is the shipped model.
 *
 * @throws GrandModelError BAD_ARGUMENT when it is on the shipped model already
 */
export async function rollBack(registry: Registry, agent: string, request: Request): Promise<Registry> {
  seatById(agent);
  const history = registry.heads[agent] ?? [];
  if (history.length === 0) throw refused('roll back', `"${agent}" is on the shipped model`);
  return move(registry, 'rollback', agent, history.slice(0, -1), request);
}

async function move(
  { folder, heads }: Registry,
  action: string,
  agent: string,
  history: readonly string[],
  request: Request,
): Promise<Registry> {
  const moved = { folder, heads: { ...heads, [agent]: history } };
  await replaceFile(
    join(folder, HEADS),
    `${JSON.stringify({ format: FORMAT, heads: moved.heads }, null, 2)}\n`,
  );
  await note(moved, action, agent, history.at(-1) ?? 'shipped', request);
  return moved;
}

/**
 * The models an engine runs with: heads of the registry, and shipped models where there is none. Hash and
 * probes are checked when the engine opens them.
 */
export async function registryModels(registry: Registry, shipped: ModelFiles): Promise<ModelFiles> {
  const files: Record<string, ModelFile> = { ...shipped };
  for (const { id } of MODELLED) {
    const head = registry.heads[id]?.at(-1);
    if (head !== undefined) files[id] = await readVersion(registry, id, head);
  }
  return files;
}

/** A version's file and card. @throws GrandModelError BAD_MODEL when the folder lacks it */
export async function readVersion({ folder }: Registry, agent: string, version: string): Promise<ModelFile> {
  const path = join(folder, agent, version);
  try {
    const onnx = new Uint8Array(await readFile(`${path}.onnx`));
    return { onnx, card: await readFile(`${path}.card.json`, 'utf8') };
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new GrandModelError('BAD_MODEL', `Cannot read model: ${path}.onnx or its card is missing`, {
      agent,
      version,
    });
  }
}

async function note(
  { folder, heads }: Registry,
  action: string,
  agent: string,
  version: string,
  { who, why, atMs }: Request,
): Promise<void> {
  const line = { at: new Date(atMs).toISOString(), who, why, action, agent, version };
  const head = heads[agent]?.at(-1) ?? 'shipped';
  await appendFile(join(folder, LOG), `${JSON.stringify({ ...line, head })}\n`);
}

/** Writes beside the target and renames, so that a reader sees the old file or the new one. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { flush: true });
  await rename(temporary, path);
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function refused(what: string, reason: string): GrandModelError {
  return new GrandModelError('BAD_ARGUMENT', `Cannot ${what}: ${reason}`, { reason });
}
