// Figures that commands give: the command line itself, the tests that stand for a "must show" line, the host
// matrix, the benches. Each runs in a process of its own.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { journalPath, runMarkets } from '../market-run.ts';
import type { BenchRow, SkippedRow } from '../rounds.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Step, StepResult } from './figure.ts';
import { marketOf, PROOF_FILES } from './files.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** Tests that measure what an issue asks in so many words, by file. */
const TESTS: readonly (readonly [name: string, ...files: string[]])[] = [
  ['TA-Lib beside our indicators on fresh random series, ≤ 1e-9', 'test/signals/indicators-talib.test.ts'],
  ['conformal core: the two reference experiments', 'test/statistics/conformal.test.ts'],
  ['golden vectors', 'test/signals', 'test/statistics', 'test/risk', 'test/consensus', 'test/wasm'],
  ['attestation, determinism, verification, bad events', 'test/agents', 'test/engine'],
  ['bad inputs', 'test/data', 'test/market', 'test/agents/onnx-reader.test.ts'],
];

export const commandSteps: readonly Step[] = [
  { name: 'gm run and gm verify', run: proveCommandLine },
  ...TESTS.map(([name, ...files]) => ({ name: `tests: ${name}`, run: async () => proveTests(files) })),
  { name: 'host matrix', run: async () => proveHosts() },
  {
    name: 'speed',
    run: async () => proveBench('engine', { 'NQ bars/s': 50_000, 'simulated bars/s': 50_000 }),
  },
  { name: 'memory', run: async () => proveBench('memory', { 'RSS growth': -8 }) },
];

/** Steps of issue B: the whole engine's speed, and the hosts on the kernel that is fast. */
export const engineSteps: readonly Step[] = [
  {
    name: 'whole engine',
    run: async () => proveBench('engine', { 'NQ bars/s': 200_000, 'simulated bars/s': 200_000 }),
  },
  { name: 'host matrix', run: async () => proveHosts() },
];

/** What a command answered. */
export interface Answer {
  readonly code: number | null;
  readonly json: Record<string, unknown>;
}

/** The command line with --json; what it printed last, parsed. */
export function gm(...args: string[]): Answer {
  const { status, stdout } = node(['dist/cli/gm.js', ...args, '--json']);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return { code: status, json: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {} };
}

function node(args: readonly string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
}

async function proveCommandLine(): Promise<StepResult> {
  const nq = await marketOf(PROOF_FILES[0]!);
  if (!nq) return skipped('../shared/data/NQ_5m.csv.gz is not on this machine');
  const file = `${DATA}NQ_5m.csv.gz`;
  const journal = journalPath('command-line');
  const run = gm('run', '--data', file, '--symbol', 'NQ', '--journal', journal);
  const again = gm('run', '--data', file, '--symbol', 'NQ', '--journal', journal);
  const verified = gm('verify', journal, '--data', file);
  const other = journalPath('changed-bar');
  const close = nq.table.close.slice();
  const row = Math.floor(close.length / 2);
  close[row] = (nq.table.high[row]! + nq.table.low[row]!) / 2;
  await runMarkets([{ ...nq, table: { ...nq.table, close } }], await shippedModels(), { journal: other });
  const changed = gm('verify', other, '--data', file);
  rmSync(journal, { force: true });
  rmSync(other, { force: true });
  return resultOf([
    equal('gm run: exit code', Number(run.code), 0),
    equal('gm run: bars', Number(run.json['bars']), 51_321),
    equal(
      'gm run: journal hash, second run',
      String(again.json['journalHash']),
      String(run.json['journalHash']),
    ),
    equal('gm verify: exit code', Number(verified.code), 0),
    equal('gm verify: state hash', String(verified.json['stateHash']), String(run.json['stateHash'])),
    equal('gm verify --data, one bar changed: exit code', Number(changed.code), 1),
    equal('gm verify --data, one bar changed: ok', String(changed.json['ok']), 'false'),
  ]);
}

/** Vitest's own count: none failed, at least one passed. */
export function proveTests(files: readonly string[]): StepResult {
  const { stdout } = node(['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', ...files]);
  const from = stdout.indexOf('{"numTotalTestSuites"');
  const counts = (from < 0 ? {} : JSON.parse(stdout.slice(from))) as Record<string, unknown>;
  return resultOf([
    within('tests passed', Number(counts['numPassedTests'] ?? 0), 1, Infinity),
    equal('tests failed', Number(counts['numFailedTests'] ?? 1), 0),
  ]);
}

const HOSTS = ['node20', 'node24', 'deno', 'bun', 'workerd', 'chromium'];

function proveHosts(): StepResult {
  const { status, stdout } = node(['scripts/test-runtimes.mjs', '--json']);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const { hosts } = (last.startsWith('{') ? JSON.parse(last) : { hosts: [] }) as {
    hosts: { host: string; stateHash: string }[];
  };
  return resultOf([
    equal('exit code', Number(status), 0),
    equal('hosts', hosts.map(({ host }) => host).join(' '), HOSTS.join(' ')),
    equal('different state hashes', new Set(hosts.map(({ stateHash }) => stateHash)).size, 1),
  ]);
}

/** The rows of a bench that are asked for: at least a positive bound, at most the size of a negative one. */
function proveBench(topic: string, asked: Readonly<Record<string, number>>): StepResult {
  const { stdout } = node(['scripts/bench.mjs', '--one', `bench/${topic}.bench.ts`]);
  const rows = JSON.parse(stdout.trim().split('\n').at(-1) || '[]') as (BenchRow | SkippedRow)[];
  return resultOf(
    rows.flatMap((row) => {
      const bound = asked[row.name];
      if (bound === undefined || 'skipped' in row) return [];
      const name = `${row.name}, n ${row.n}`;
      return [
        bound < 0 ? within(name, row.value, -Infinity, -bound) : within(name, row.value, bound, Infinity),
      ];
    }),
  );
}
