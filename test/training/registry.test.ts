// The registry: what enters, what votes, who moved it; and that nothing moves by itself.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { DECISION_COLUMNS } from '../../src/agents/policies.ts';
import { runEngine } from '../../src/backtest/runner.ts';
import { main } from '../../src/cli/main.ts';
import { toHex } from '../../src/core/bytes.ts';
import { barEvents } from '../../src/data/events.ts';
import { listingOf } from '../../src/data/listing.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { ModelFile, ModelFiles } from '../../src/engine/open.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { startCanary } from '../../src/training/canary.ts';
import type { CanaryReport } from '../../src/training/canary.ts';
import { cardText } from '../../src/training/core-models.ts';
import { cardFor } from '../../src/training/model-intake.ts';
import { startPolicyCanary } from '../../src/training/policy-canary.ts';
import { weights, writeOnnx } from '../../src/training/onnx-writer.ts';
import {
  addVersion,
  listVersions,
  openRegistry,
  promote,
  registryModels,
  rollBack,
} from '../../src/training/registry.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

const REQUEST = { who: 'tester', why: 'a test', atMs: 1_700_000_000_000 };
const FACTS = { name: 'mine', agent: 'momentum' };
const kernel = await loadKernel();
const shipped = await shippedModels();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gm-registry-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A policy that reads its first value. */
function policy(slope: number, inputs = DECISION_COLUMNS.length): Uint8Array {
  const w = new Float32Array(inputs * 5);
  w[4] = slope;
  return writeOnnx({
    name: 'mine',
    input: { name: 'row', dims: [1, inputs] },
    outputs: [{ name: 'probabilities', dims: [1, 5] }],
    initializers: [weights('w', [inputs, 5], w), weights('b', [5], new Float32Array(5))],
    nodes: [
      { operator: 'Gemm', inputs: ['row', 'w', 'b'], output: 'logits' },
      { operator: 'Softmax', inputs: ['logits'], output: 'probabilities' },
    ],
  });
}

/** A voter that reads one value of the newest row; `last` is its last operator. */
function voter(slope: number, last = 'Softmax', rows = 60): Uint8Array {
  const w = new Float32Array(rows * 7 * 3);
  w[(rows * 7 - 2) * 3 + 2] = slope;
  return writeOnnx({
    name: 'mine',
    input: { name: 'matrix', dims: [1, rows, 7] },
    outputs: [{ name: 'probabilities', dims: [1, 3] }],
    initializers: [weights('w', [rows * 7, 3], w), weights('b', [3], new Float32Array(3))],
    nodes: [
      { operator: 'Flatten', inputs: ['matrix'], output: 'flat', attributes: { axis: 1 } },
      { operator: 'Gemm', inputs: ['flat', 'w', 'b'], output: 'logits' },
      { operator: last, inputs: ['logits'], output: 'probabilities' },
    ],
  });
}

function entry(slope: number, facts = {}) {
  const onnx = voter(slope);
  return { onnx, card: cardText(cardFor(kernel, onnx, { ...FACTS, ...facts })) };
}

test('a version votes only after it is promoted, and rolls back to the one before', async () => {
  const empty = await openRegistry(folder);
  const [first, second] = [entry(0.5), entry(-0.5)];
  const one = await addVersion(empty, kernel, first, REQUEST);
  const two = await addVersion(empty, kernel, second, REQUEST);
  expect(Math.max(one.check.referenceDifference, one.check.onnxDifference)).toBeLessThanOrEqual(1e-5);
  expect(await registryModels(await openRegistry(folder), shipped)).toEqual(shipped);
  const head = async () => (await registryModels(await openRegistry(folder), shipped)).momentum;
  let registry = await promote(empty, kernel, 'momentum', one.version.slice(0, 8), REQUEST);
  expect(await head()).toEqual(first);
  registry = await promote(registry, kernel, 'momentum', two.version, REQUEST);
  expect(await head()).toEqual(second);
  registry = await rollBack(registry, 'momentum', REQUEST);
  expect(await head()).toEqual(first);
  registry = await rollBack(registry, 'momentum', REQUEST);
  expect(await head()).toEqual(shipped.momentum);
  await expect(rollBack(registry, 'momentum', REQUEST)).rejects.toThrow('"momentum" is on the shipped model');
  const log = readFileSync(join(folder, 'log.ndjson'), 'utf8').trimEnd().split('\n');
  const lines = log.map((line) => JSON.parse(line) as { action: string; who: string; head: string });
  expect(lines.map(({ action }) => action)).toEqual([
    'add',
    'add',
    'promote',
    'promote',
    'rollback',
    'rollback',
  ]);
  expect([lines[3]!.who, lines[3]!.head, lines[5]!.head]).toEqual(['tester', two.version, 'shipped']);
  expect(readdirSync(join(folder, 'momentum')).some((name) => name.endsWith('.tmp'))).toBe(false);
});

test('refuses what the strict reader or the voter refuses, with the place, and keeps nothing', async () => {
  const refusal = (onnx: Uint8Array, facts = {}) => {
    try {
      return cardFor(kernel, onnx, { ...FACTS, ...facts }).name;
    } catch (cause) {
      return cause instanceof Error ? cause.message : '';
    }
  };
  expect(refusal(voter(1, 'Erf'))).toContain('operator "Erf" is not one of');
  expect(refusal(voter(1, 'Softmax', 48))).toContain("shape 1x48x7 is not momentum's 1x60x7");
  expect(refusal(voter(1, 'Relu'))).toContain('are no probabilities');
  expect(refusal(voter(1), { columns: [0] })).toContain('unused change the output');
  expect(refusal(voter(1), { columns: [5] })).toBe('mine');
  const registry = await openRegistry(folder);
  const { onnx, card } = entry(0.5);
  const wrong = card.replace(/"sha256": "./, '"sha256": "x'.slice(0, 11) + 'e');
  await expect(addVersion(registry, kernel, { onnx, card: wrong }, REQUEST)).rejects.toThrow();
  const facts = readCard(card);
  const [probe] = facts.probes;
  const probes = [{ ...probe!, output: [0.2, 0.2, 0.6] }];
  const lying = cardText({ ...facts, probes });
  await expect(addVersion(registry, kernel, { onnx, card: lying }, REQUEST)).rejects.toThrow('probe 0');
  expect(existsSync(join(folder, 'momentum'))).toBe(false);
});

test('an expired or changed version is not promoted', async () => {
  const registry = await openRegistry(folder);
  const old = await addVersion(registry, kernel, entry(0.5, { expiresMs: REQUEST.atMs }), REQUEST);
  await expect(promote(registry, kernel, 'momentum', old.version, REQUEST)).rejects.toThrow('has expired');
  const good = await addVersion(registry, kernel, entry(0.25), REQUEST);
  expect(await listVersions(registry)).toHaveLength(2);
  await expect(promote(registry, kernel, 'momentum', 'ffff', REQUEST)).rejects.toThrow('0 versions');
  const path = join(folder, 'momentum', `${good.version}.onnx`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 40]! ^= 1;
  writeFileSync(path, bytes);
  await expect(promote(registry, kernel, 'momentum', good.version, REQUEST)).rejects.toThrow('SHA-256');
  expect(existsSync(join(folder, 'heads.json'))).toBe(false);
  writeFileSync(join(folder, 'heads.json'), '{"format":"grandmodel-registry/1","heads":{"nobody":[]}}');
  await expect(openRegistry(folder)).rejects.toThrow('Cannot open registry');
});

test('a canary votes in the shadow: the run stays the same, and a copy of the head agrees always', async () => {
  const bars = simulatedBars(kernel, 7, 8_000);
  const setup = { models: shipped, listings: [listingOf('SIM', bars)], config: { simulated: true } };
  const alone = await runEngine(await openEngine(setup), barEvents(bars));
  const reports: CanaryReport[] = [];
  for (const file of [shipped.momentum!, entry(0.5)]) {
    const engine = await openEngine(setup);
    const canary = startCanary(engine, file, 'momentum');
    const end = await runEngine(engine, barEvents(bars), { observe: canary.observe });
    expect(end.stateHash).toEqual(alone.stateHash);
    reports.push(canary.report());
  }
  const [copy, other] = reports as [CanaryReport, CanaryReport];
  expect(copy.rounds).toBeGreaterThan(20);
  expect([copy.agreement, copy.judged]).toEqual([1, copy.rounds]);
  expect(copy.canaryBrier).toBe(copy.headBrier);
  expect(other.agreement).toBeLessThan(1);
  expect(other.canaryBrier).not.toBe(other.headBrier);
});

test('a policy is added, shadowed, promoted and rolled back; a run takes the head and pins its hash', async () => {
  const onnx = policy(3);
  const card = cardText(cardFor(kernel, onnx, { name: 'mine', agent: 'risk', columns: [0] }));
  expect(readCard(card).classes).toEqual(['0/4', '1/4', '2/4', '3/4', '4/4']);
  expect(() => cardFor(kernel, onnx, { name: 'mine', agent: 'execution' })).toThrow(
    "shape 1x25 is not execution's 1x30",
  );
  const registry = await openRegistry(folder);
  const { version, check } = await addVersion(registry, kernel, { onnx, card }, REQUEST);
  expect(check.onnxDifference).toBeLessThanOrEqual(1e-5);
  expect(await listVersions(registry)).toMatchObject([{ agent: 'risk', version, head: false }]);
  expect(await registryModels(registry, shipped)).toEqual(shipped);

  const bars = simulatedBars(kernel, 7, 8_000);
  const listings = [listingOf('SIM', bars)];
  const run = async (models: ModelFiles, shadow?: ModelFile, agent: 'risk' | 'execution' = 'risk') => {
    const engine = await openEngine({ models, listings, config: { simulated: true } });
    const canary = shadow && startPolicyCanary(engine, shadow, agent);
    const { stateHash } = await runEngine(engine, barEvents(bars), canary ? { observe: canary.observe } : {});
    return { stateHash, report: canary?.report(), pinned: engine.header.models };
  };
  const alone = await run(shipped);
  const copies = [
    await run(shipped, shipped.risk),
    await run(shipped, shipped.execution, 'execution'),
    await run(shipped, { onnx, card }),
  ];
  for (const { stateHash } of copies) expect(stateHash).toEqual(alone.stateHash);
  const [risk, execution, other] = copies.map(({ report }) => report!);
  expect(risk!.rounds).toBeGreaterThan(20);
  expect([risk!.agreement, execution!.agreement]).toEqual([1, 1]);
  expect(risk!.canary).toEqual(risk!.head);
  // its first value is the size confidence, so it always keeps all
  expect(other!.canary[4]).toBe(1);
  expect(other!.agreement).toBeCloseTo(other!.head[4]!, 12);

  await promote(registry, kernel, 'risk', version.slice(0, 6), REQUEST);
  const promoted = await run(await registryModels(await openRegistry(folder), shipped));
  expect(toHex(promoted.pinned.find(({ agent }) => agent === 'risk')!.sha256).slice(0, 16)).toBe(version);
  expect(promoted.stateHash).not.toEqual(alone.stateHash);
  await rollBack(await openRegistry(folder), 'risk', REQUEST);
  expect(await registryModels(await openRegistry(folder), shipped)).toEqual(shipped);
  const stale = cardFor(kernel, policy(1), { name: 'old', agent: 'risk', expiresMs: REQUEST.atMs });
  const old = await addVersion(registry, kernel, { onnx: policy(1), card: cardText(stale) }, REQUEST);
  await expect(promote(registry, kernel, 'risk', old.version, REQUEST)).rejects.toThrow('has expired');
});

test('gm models lists policies beside voters and moves their heads', async () => {
  const path = join(folder, 'my-risk.onnx');
  writeFileSync(path, policy(3));
  const gm = async (...argv: string[]): Promise<{ code: number; out: string }> => {
    const out: string[] = [];
    const { signal } = new AbortController();
    const output = { print: (line: string) => out.push(line), note: () => undefined, signal };
    const code = await main(['models', ...argv, '--registry', join(folder, 'registry')], output);
    return { code, out: out.join('\n') };
  };
  const added = JSON.parse((await gm('add', path, '--voter', 'risk', '--json')).out) as { version: string };
  const { version } = added;
  const shadowed = await gm('canary', 'risk', version, '--simulate', '6000', '--json');
  expect(JSON.parse(shadowed.out)).toMatchObject({ agent: 'risk', canary: [0, 0, 0, 0, 1] });
  expect((await gm('promote', 'risk', version, '--why', 'a test')).out).toBe(`risk is now ${version}`);
  const heads = async (): Promise<string[]> => {
    const { out } = await gm('list', '--json');
    const { versions } = JSON.parse(out) as {
      versions: { agent: string; version: string; head: boolean }[];
    };
    return versions.filter(({ head }) => head).map((row) => `${row.agent} ${row.version}`);
  };
  const others = ['fvg', 'momentum', 'entry', 'strategic'].map((agent) => `${agent} shipped`);
  expect(await heads()).toEqual([...others, `risk ${version}`, 'execution shipped']);
  expect((await gm('check')).code).toBe(0);
  expect((await gm('rollback', 'risk', '--why', 'a test')).out).toBe('risk is now shipped');
  expect(await heads()).toContain('risk shipped');
});
