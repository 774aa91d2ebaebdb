// The file that a stopped training leaves: one line of JSON, what was asked and how far it is, then the
// trainer's bytes.

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GrandModelError } from '../core/errors.ts';
import type { StoppedRun } from '../training/training-run.ts';
import { sha256Of } from './actor-files.ts';
import { readBytes } from './files.ts';
import type { TrainingPlan } from './training-plan.ts';

const FORMAT = 'grandmodel-training-run/1';
const NEWLINE = 0x0a;

/** The first line; `trainer` is the SHA-256 of what follows. */
interface SavedHead extends Omit<TrainingCheckpoint<unknown>, 'run'> {
  readonly format: string;
  readonly trainer: string;
  readonly run: Omit<StoppedRun<unknown>, 'trainer'>;
}

/** SHA-256 of an agent's versions so far, oldest first. */
export type Lineages = Readonly<Record<string, readonly string[]>>;

/** What a checkpoint holds. */
export interface TrainingCheckpoint<R> {
  readonly plan: TrainingPlan;
  /** SHA-256 of what it trains on, so that other bars do not join; '' where the plan says it all. */
  readonly dataHash: string;
  readonly lineages: Lineages;
  readonly run: StoppedRun<R>;
}

/** Writes beside the target and renames. @throws GrandModelError STORE when it cannot be written */
export async function writeCheckpoint<R>(path: string, checkpoint: TrainingCheckpoint<R>): Promise<void> {
  const { trainer, ...run } = checkpoint.run;
  const head = JSON.stringify({ ...checkpoint, format: FORMAT, trainer: sha256Of(trainer), run });
  const temporary = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, Buffer.concat([Buffer.from(`${head}\n`), trainer]), { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('STORE', `Cannot write checkpoint "${path}": ${reason}`, { path }, cause);
  }
}

/** @throws GrandModelError BAD_INPUT when the file is missing, cut short or something else */
export async function readCheckpoint(path: string): Promise<TrainingCheckpoint<unknown>> {
  const bytes = await readBytes(path);
  try {
    const end = bytes.indexOf(NEWLINE);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as SavedHead;
    if (head.format !== FORMAT) throw new RangeError(`it is not ${FORMAT}`);
    const trainer = bytes.slice(end + 1);
    if (sha256Of(trainer) !== head.trainer) throw new RangeError('its bytes are not those that were written');
    const { plan, dataHash, lineages, run } = head;
    return { plan, dataHash, lineages, run: { ...run, trainer } };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('BAD_INPUT', `Cannot resume from "${path}": ${reason}`, { path }, cause);
  }
}
