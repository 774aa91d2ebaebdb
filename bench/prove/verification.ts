// The NQ journal: it verifies; every changed byte, forged field and cut is found and named.

import { readFileSync } from 'node:fs';
import type { Effect } from '../../src/engine/effects.ts';
import { openEngineFor } from '../../src/engine/open.ts';
import type { ModelFiles } from '../../src/engine/open.ts';
import { verifyJournal } from '../../src/engine/verify.ts';
import type { Verification } from '../../src/engine/verify.ts';
import { nextUniform } from '../../src/execution/paper-broker.ts';
import { chunksOf } from '../../src/journal/store.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { recordsOf, rewrite } from '../../test/fixtures/journal-surgery.ts';
import { journalPath, runMarkets } from '../market-run.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Step, StepResult } from './figure.ts';
import { marketOf, PROOF_FILES } from './files.ts';

const CHANGES = 2000;
/** Changes of one step, so that an interruption loses little. */
const CHANGES_EACH = 250;
const SEED = 20_261_120;

interface Subject {
  readonly bytes: Uint8Array;
  readonly stateHash: string;
  readonly models: ModelFiles;
  readonly hasher: Kernel;
}

/** Replays a journal that is in memory. */
export async function verifyBytes(bytes: Uint8Array, models: ModelFiles): Promise<Verification> {
  const hasher = await loadKernel();
  return verifyJournal(chunksOf(bytes), {
    hasher,
    kernelHash: hasher.hash,
    engineFor: (header) => openEngineFor(header, models),
  });
}

/** The steps on the NQ journal. */
export const verificationSteps: readonly Step[] = [
  { name: 'verify the NQ journal', run: () => onNq(proveSound) },
  { name: 'forged NQ journals', run: () => onNq(proveForged) },
  { name: 'cut NQ journals', run: () => onNq(proveCut) },
  ...Array.from({ length: CHANGES / CHANGES_EACH }, (_, part) => ({
    name: `changed bytes of the NQ journal, part ${part + 1}`,
    run: () => onNq((subject) => proveChanges(subject, part)),
  })),
];

let recorded: Promise<Subject | null> | null = null;

async function onNq(prove: (subject: Subject) => Promise<StepResult>): Promise<StepResult> {
  recorded ??= recordNq();
  const subject = await recorded;
  return subject ? prove(subject) : skipped('../shared/data/NQ_5m.csv.gz is not on this machine');
}

async function recordNq(): Promise<Subject | null> {
  const market = await marketOf(PROOF_FILES[0]!);
  if (!market) return null;
  const models = await shippedModels();
  const journal = journalPath('verification');
  const { stateHash } = await runMarkets([market], models, { journal });
  return { bytes: new Uint8Array(readFileSync(journal)), stateHash, models, hasher: await loadKernel() };
}

async function proveSound({ bytes, stateHash, models }: Subject): Promise<StepResult> {
  const found = await verifyBytes(bytes, models);
  return resultOf([
    equal('ok', String(found.ok), 'true'),
    equal('state hash', String(found.stateHash), stateHash),
    equal('events', found.events, 51_321),
  ]);
}

/** Changes one effect of a kind; false when this effect is not the one. */
type Forgery = (effect: Effect) => boolean;

const FORGERIES: readonly (readonly [field: string, forge: Forgery])[] = [
  [
    'votes[2].probabilities[0]',
    (effect) => {
      if (effect.kind !== 'decision') return false;
      const vote = effect.votes[2] as { probabilities: readonly number[] };
      const [short = 0, hold = 0, long = 0] = vote.probabilities;
      vote.probabilities = [short / 2, hold, long + short / 2];
      return true;
    },
  ],
  [
    'weightsPpm[1]',
    (effect) => {
      if (effect.kind !== 'decision') return false;
      effect.weightsPpm[1] = (effect.weightsPpm[1] ?? 0) + 1;
      return true;
    },
  ],
  [
    'fill.priceTicks',
    (effect) => {
      if (effect.kind !== 'fill') return false;
      (effect.fill as { priceTicks: number }).priceTicks += 1;
      return true;
    },
  ],
];

/** One vote, weight or fill changed in the middle of the run, and every later hash recomputed. */
async function proveForged({ bytes, models, hasher }: Subject): Promise<StepResult> {
  const middle = recordsOf(bytes).length / 2;
  const figures = [];
  for (const [field, forge] of FORGERIES) {
    let asked = '';
    const forged = rewrite(bytes, hasher, {
      record: ({ seq, effects }) => {
        if (asked !== '' || seq < middle || !effects) return;
        const index = effects.findIndex(forge);
        if (index >= 0) asked = `record ${seq}, effects[${index}].${field}`;
      },
    });
    const { ok, firstDivergence } = await verifyBytes(forged, models);
    const named = ok ? 'ok' : `record ${firstDivergence?.seq}, ${firstDivergence?.field}`;
    figures.push(equal(`forged ${field}`, named, asked));
  }
  return resultOf(figures);
}

/** Cut inside a record and between two. */
async function proveCut({ bytes, models }: Subject): Promise<StepResult> {
  const records = recordsOf(bytes);
  const at = Math.floor(records.length / 3);
  const { from, to } = records[at - 1]!;
  const cuts: readonly (readonly [string, number, number])[] = [
    ['inside a record', from + 20, at - 1],
    ['between two records', to, at],
    ['before the closing record', records[records.length - 1]!.from, records.length - 1],
  ];
  const figures = [];
  for (const [where, size, whole] of cuts) {
    const { ok, truncatedAfter } = await verifyBytes(bytes.subarray(0, size), models);
    figures.push(equal(`cut ${where}: last whole record`, ok ? 'ok' : String(truncatedAfter), String(whole)));
  }
  return resultOf(figures);
}

/** Random places, random other values; each must be refused with the place of the first divergence. */
async function proveChanges({ bytes, models }: Subject, part: number): Promise<StepResult> {
  const generator = { random: (SEED + part) >>> 0 };
  const below = (count: number): number => Math.floor(nextUniform(generator) * count);
  let refused = 0;
  let named = 0;
  for (let i = 0; i < CHANGES_EACH; i++) {
    const at = below(bytes.length);
    const before = bytes[at]!;
    bytes[at] = before ^ (1 + below(255));
    const found = await verifyBytes(bytes, models);
    bytes[at] = before;
    if (!found.ok) refused++;
    if (found.firstDivergence !== null || found.truncatedAfter !== null || found.differentBuild !== null)
      named++;
  }
  return resultOf([
    within(`refused, seed ${SEED + part}`, refused, CHANGES_EACH, CHANGES_EACH),
    within('with the place named', named, CHANGES_EACH, CHANGES_EACH),
  ]);
}
