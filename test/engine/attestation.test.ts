// onnxruntime-web confirms or voids votes; it never makes one. What it answered is in the journal, so a
// replay needs none.

import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { executionInput, MODELLED, POLICIES, POLICY_CHOICES } from '../../src/agents/policies.ts';
import { evaluate } from '../../src/agents/reference-evaluator.ts';
import { VOTERS } from '../../src/agents/roster.ts';
import { openAttestor } from '../../src/backtest/attestor.ts';
import type { Attestor } from '../../src/backtest/runner.ts';
import { toHex } from '../../src/core/bytes.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { barEvents } from '../../src/data/events.ts';
import type { AttestationMode } from '../../src/engine/config.ts';
import type { AttestedEvent, AttestedPolicyEvent } from '../../src/engine/events.ts';
import { openEngineFor } from '../../src/engine/open.ts';
import { verifyJournal } from '../../src/engine/verify.ts';
import { chunksOf } from '../../src/journal/store.ts';
import { effectsOf, market, MODELS, record, simulatedEngine, verifier } from '../fixtures/engine-run.ts';
import type { Recorded } from '../fixtures/engine-run.ts';

let table: BarTable;
let alone: Recorded;
beforeAll(async () => {
  table = await market(5, 4000);
  alone = await record(await simulatedEngine([table]), barEvents(table));
});

const attested = async (attestation: AttestationMode, attest?: Attestor): Promise<Recorded> =>
  record(await simulatedEngine([table], { attestation }), barEvents(table), attest ? { attest } : {});
const live = (attest?: Attestor): Promise<Recorded> => attested('live', attest);

/** A run's decisions without what names its configuration. */
const decisions = (run: Recorded): unknown[] => effectsOf(run, 'decision');

async function expectVerified(run: Recorded): Promise<void> {
  const found = await verifyJournal(chunksOf(run.bytes), await verifier());
  expect(found).toMatchObject({ ok: true, stateHash: toHex(run.end.stateHash) });
}

describe('attestation by onnxruntime-web', () => {
  it('confirms every vote, and every decision is the one made without it', async () => {
    const attestor = await openAttestor(MODELS);
    const run = await live(attestor.attest);
    await attestor.close();
    const results = effectsOf(run, 'attestation').map(({ result }) => result);
    expect(results.length).toBeGreaterThan(20);
    expect(new Set(results)).toEqual(new Set(['confirmed']));
    expect(decisions(run)).toEqual(decisions(alone));
    expect(effectsOf(run, 'fill')).toEqual(effectsOf(alone, 'fill'));
    expect(run.end.stateHash).toEqual(alone.end.stateHash);
    await expectVerified(run);
  });

  it('is refused at the start when one weight of a model differs', async () => {
    const momentum = MODELS.momentum!;
    const onnx = withOneWeightChanged(momentum.onnx);
    await expect(openAttestor({ ...MODELS, momentum: { ...momentum, onnx } })).rejects.toThrow(
      /Cannot attest voter "momentum": wasm: .*its output differs/,
    );
  });
});

/** The same file with the largest weight of its largest f32 tensor moved by a tenth. */
function withOneWeightChanged(onnx: Uint8Array): Uint8Array {
  const graph = readOnnx(onnx);
  const tensors = [...graph.initializers.values()].flatMap(({ data }) =>
    data instanceof Float32Array ? [data] : [],
  );
  const largest = tensors.reduce((best, data) => (data.length > best.length ? data : best));
  const weight = largest.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best));
  const bytes = Buffer.from(Float32Array.of(weight).buffer);
  const at = Buffer.from(onnx).indexOf(bytes);
  const changed = onnx.slice();
  changed.set(new Uint8Array(Float32Array.of(weight * 1.1).buffer), at);
  return changed;
}

/** Answers like an honest evaluator: what the open round's votes say, or what the reference says of a row. */
const honest: Attestor = async (engine, asked) => {
  const { round } = asked;
  if (asked.kind === 'inferPolicies') {
    const { kernel, policies } = engine.core;
    const inputs = [asked.row, executionInput(asked.row, asked.quarters)];
    return policies.map(({ card, reference }, seat) => {
      const probabilities = [...evaluate(kernel, reference, inputs[seat]!)];
      return { kind: 'attestedPolicy', round, agent: card.agent, probabilities } as const;
    });
  }
  const open = engine.core.state.openRounds.find((candidate) => candidate.round === round)!;
  return open.votes.flatMap(({ agent, abstain, probabilities: [short, hold, long] }) =>
    abstain === null ? [{ kind: 'attested', round, agent, short, hold, long } as const] : [],
  );
};

describe('an evaluator that goes wrong', () => {
  it('makes its voter abstain from then on; no order passes on that vote', async () => {
    const turned = new Set(['fvg', 'momentum']);
    const wrongFrom = 3;
    const run = await live(async (engine, infer) =>
      (await honest(engine, infer)).map((answer) =>
        answer.kind === 'attested' && infer.round >= wrongFrom && turned.has(answer.agent)
          ? { ...answer, short: answer.long, long: answer.short, hold: answer.hold }
          : answer,
      ),
    );
    const seats: readonly string[] = VOTERS.map(({ id }) => id);
    const later = effectsOf(run, 'decision').filter(({ round }) => round >= wrongFrom);
    const voided = effectsOf(run, 'attestation').filter(({ result }) => result === 'void');
    expect(voided.length).toBeGreaterThan(5);
    expect(voided.every(({ agent }) => turned.has(agent))).toBe(true);
    for (const { round, agent } of voided) {
      const decision = later.find((candidate) => candidate.round === round)!;
      const seat = seats.indexOf(agent);
      expect(decision.votes[seat]).toMatchObject({ agent, abstain: 'ATTESTATION_VOID' });
      const tally = decision.verdict.tallyPpm.reduce((sum, ppm) => sum + ppm, 0);
      expect(tally).toBeLessThanOrEqual(1_000_000 - decision.weightsPpm[seat]!);
    }
    const silenced = later.filter(({ votes }) => votes.filter(({ abstain }) => abstain !== null).length >= 2);
    expect(silenced.length).toBeGreaterThan(0);
    expect(silenced.every(({ outcome, verdict }) => outcome === 'abstained' && !verdict.execute)).toBe(true);
    await expectVerified(run);
  });

  it('closes the round at the next bar when it says nothing at all: every voter abstains', async () => {
    const run = await live();
    const made = effectsOf(run, 'decision');
    expect(made.length).toBe(effectsOf(run, 'infer').length);
    expect(made.length).toBeGreaterThan(5);
    for (const { votes, outcome } of made) {
      expect(outcome).toBe('abstained');
      expect(votes.every(({ abstain }) => abstain !== null)).toBe(true);
      expect(votes.some(({ abstain }) => abstain === 'ATTESTATION_VOID')).toBe(true);
    }
    expect(effectsOf(run, 'order')).toEqual([]);
    await expectVerified(run);
  });

  it('counts what came in time: the voters that were not answered for abstain', async () => {
    const run = await live(async (engine, infer) => (await honest(engine, infer)).slice(0, 3));
    const made = effectsOf(run, 'decision').filter(({ votes }) =>
      votes.every(({ agent, abstain }) => abstain === null || agent === 'strategic'),
    );
    expect(made.length).toBeGreaterThan(5);
    for (const { votes } of made) expect(votes[3]!.abstain).toBe('ATTESTATION_VOID');
    await expectVerified(run);
  });

  it('voids a vote on an answer that is no distribution', async () => {
    const run = await live(async (engine, infer) =>
      (await honest(engine, infer)).map((answer, i) => ({
        ...answer,
        short: [NaN, -1, 7, Infinity][i % 4]!,
      })),
    );
    expect(new Set(effectsOf(run, 'attestation').map(({ result }) => result))).toEqual(new Set(['void']));
    expect(effectsOf(run, 'order')).toEqual([]);
    await expectVerified(run);
  });

  it('is noted and changes nothing when nobody asked', async () => {
    const strange: Omit<AttestedEvent, 'kind' | 'round'> = { agent: 'ghost', short: 1, hold: 0, long: 0 };
    const run = await live(async (engine, infer) => {
      const { round } = infer;
      const answers = await honest(engine, infer);
      const noise: AttestedEvent[] = [
        { kind: 'attested', round, ...strange },
        { kind: 'attested', round: round + 7, ...strange, agent: 'fvg' },
        { kind: 'attested', round: 0, ...strange, agent: '\ud83d\udc7b' },
      ];
      return [...noise, ...answers, { ...answers[0]!, short: 1, hold: 0, long: 0 }];
    });
    const unexpected = effectsOf(run, 'attestation').filter(({ result }) => result === 'unexpected');
    expect(unexpected.length).toBe(4 * effectsOf(run, 'infer').length);
    expect(decisions(run)).toEqual(decisions(alone));
    expect(run.end.stateHash).toEqual(alone.end.stateHash);
    await expectVerified(run);
  });
});

/** Everyone but the policies answers honestly; what they say is changed. */
const withPolicies =
  (change: (answer: AttestedPolicyEvent) => readonly AttestedPolicyEvent[]): Attestor =>
  async (engine, asked) =>
    (await honest(engine, asked)).flatMap<AttestedEvent | AttestedPolicyEvent>((answer) =>
      answer.kind === 'attestedPolicy' ? change(answer) : [answer],
    );

/** Runs in which the policies' answers never count: exits alone may leave. */
async function expectNothingOpened(run: Recorded): Promise<void> {
  const executing = effectsOf(run, 'decision').filter(({ verdict }) => verdict.execute);
  expect(executing.length).toBeGreaterThan(3);
  for (const { policy } of executing)
    expect(policy).toMatchObject({ quarters: 0, style: 'NONE', risk: [], execution: [] });
  expect(effectsOf(run, 'order')).toEqual([]);
  await expectVerified(run);
}

describe('attestation of the policies too', () => {
  it('confirms what they choose by onnxruntime-web, pins their hashes, and changes no decision', async () => {
    const attestor = await openAttestor(MODELS, {}, MODELLED);
    const engine = await simulatedEngine([table], { attestation: 'full' });
    const { header } = engine;
    const run = await record(engine, barEvents(table), { attest: attestor.attest });
    await attestor.close();
    const asked = effectsOf(run, 'inferPolicies');
    expect(asked.length).toBeGreaterThan(3);
    const said = effectsOf(run, 'attestation');
    expect(new Set(said.map(({ result }) => result))).toEqual(new Set(['confirmed']));
    for (const { id } of POLICIES)
      expect(said.filter(({ agent }) => agent === id).map(({ round }) => round)).toEqual(
        asked.map(({ round }) => round),
      );
    expect(decisions(run)).toEqual(decisions(alone));
    expect(effectsOf(run, 'fill')).toEqual(effectsOf(alone, 'fill'));
    expect(run.end.stateHash).toEqual(alone.end.stateHash);
    await expectVerified(run);
    const hashes = MODELLED.map(({ id }) => (JSON.parse(MODELS[id]!.card) as { sha256: string }).sha256);
    expect(header.models.map(({ sha256 }) => toHex(sha256))).toEqual(hashes);
    const { risk } = MODELS;
    const other = { ...header, models: header.models.map((pin) => ({ ...pin, sha256: pin.sha256.slice() })) };
    other.models[4]!.sha256[0]! ^= 1;
    await expect(openEngineFor(other, MODELS)).rejects.toThrow('the journal pins another model of "risk"');
    const onnx = withOneWeightChanged(risk!.onnx);
    const changed = { ...MODELS, risk: { ...risk!, onnx } };
    await expect(openAttestor(changed, {}, MODELLED)).rejects.toThrow(
      /Cannot attest policy "risk": wasm: .*its output differs/,
    );
  });

  it('keeps nothing where either policy is voided, is silent, or gives no distribution', async () => {
    const answers: ((answer: AttestedPolicyEvent) => readonly AttestedPolicyEvent[])[] = [
      (answer) => [
        { ...answer, probabilities: answer.probabilities.map((p) => (1 - p) / (POLICY_CHOICES - 1)) },
      ],
      (answer) =>
        answer.agent === 'risk' ? [answer] : [{ ...answer, probabilities: [0, 0, 0, 0, Number.NaN] }],
      (answer) => (answer.agent === 'risk' ? [answer] : []),
      () => [],
    ];
    for (const change of answers) await expectNothingOpened(await attested('full', withPolicies(change)));
  });

  it('notes what nobody asked for, and refuses more answers than choices', async () => {
    const run = await attested(
      'full',
      withPolicies((answer) => [
        { ...answer, agent: 'ghost' },
        { ...answer, round: answer.round + 7 },
        answer,
        answer,
      ]),
    );
    const asked = effectsOf(run, 'inferPolicies').length;
    const unexpected = effectsOf(run, 'attestation').filter(({ result }) => result === 'unexpected');
    expect(unexpected).toHaveLength(6 * asked);
    expect(decisions(run)).toEqual(decisions(alone));
    await expectVerified(run);
    const engine = await simulatedEngine([table], { attestation: 'full' });
    const probabilities = Array.from({ length: 6 }, () => 1 / 6);
    expect(() => engine.step({ kind: 'attestedPolicy', round: 1, agent: 'risk', probabilities })).toThrow(
      'probabilities.length 6 is out of range',
    );
  });

  it('asks nobody where there are no policies', async () => {
    const setup = { attestation: 'full', policies: 'none' } as const;
    const run = await record(await simulatedEngine([table], setup), barEvents(table), { attest: honest });
    expect(effectsOf(run, 'inferPolicies')).toEqual([]);
    expect(effectsOf(run, 'order').length).toBeGreaterThan(0);
    await expectVerified(run);
  });
});
