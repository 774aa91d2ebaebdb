// gm run, verify, inspect and market: the fields they print, the files they write, their exit codes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-'));
const journal = join(folder, 'run.gmj');
const lines = join(folder, 'run.ndjson');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function gm(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const { signal } = new AbortController();
  const code = await main(argv, { print: (line) => out.push(line), note: (line) => err.push(line), signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

interface Printed {
  readonly stateHash: string;
  readonly decisions: number;
  readonly [field: string]: unknown;
}

let first: Printed;
beforeAll(async () => {
  const files = ['--journal', journal, '--decisions', lines];
  const { code, out } = await gm('run', '--simulate', '3000', ...files, '--json');
  expect(code).toBe(0);
  first = JSON.parse(out) as Printed;
});

describe('gm run', () => {
  it('prints every figure, and the same on the same bars from a CSV', async () => {
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining(
        (
          'bars rejected gaps synergies decisions executed abstained refused orders fills trades netPnl fees ' +
          'maxDrawdown winRate sharpe volume var95 slippageBpsMedian alignmentRate stateHash journalHash ' +
          'wallMs barsPerSecond'
        ).split(' '),
      ),
    );
    const path = join(folder, 'market.csv.gz');
    expect((await gm('market', '--bars', '3000', '--out', path)).code).toBe(0);
    const { code, out, err } = await gm('run', '--data', path, '--symbol', 'SIM', '--json');
    expect(code).toBe(0);
    const { synergies, decisions, executed, netPnl } = first;
    expect(JSON.parse(out)).toMatchObject({ bars: 3000, synergies, decisions, executed, netPnl });
    expect(err).toContain('time iso, zone given; time=timestamp open=open');
  });

  it('writes one line per decision, in order, with all that was known', () => {
    const written = readFileSync(lines, 'utf8').trimEnd().split('\n');
    const records = written.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1));
    expect(records).toHaveLength(first.decisions);
    for (const record of records) {
      expect(record).toMatchObject({
        votes: { length: 4 },
        weightsPpm: { length: 4 },
        logits: { fvg: expect.anything() as unknown },
        risk: { tradingEnabled: true, daily: { var95: expect.anything() as unknown } },
        tacticalMatrix: { length: 60 },
        strategicMatrix: { length: 48 },
      });
    }
  });

  it.each([
    ['no source', ['run'], 'give --data FILE'],
    ['an unknown option', ['run', '--nope'], "Unknown option '--nope'. See gm run --help"],
    ['a number out of range', ['run', '--simulate', '10', '--equity', '0'], '--equity "0" is not a number'],
    ['a missing file', ['run', '--data', 'none.csv'], 'Cannot read "none.csv"'],
    ['an unknown reference', ['run', '--simulate', '10', '--reference', 'X'], '"X" is not one of SIM'],
    ['a missing journal', ['verify', 'none.gmj'], 'Cannot open journal "none.gmj"'],
    ['an unknown outcome', ['inspect', 'none.gmj', '--outcome', 'won'], '"won" is not one of executed'],
    ['an unknown verb', ['fly'], 'no verb "fly"'],
  ])('exits with 2 on %s', async (_, argv, message) => {
    const { code, err } = await gm(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('refuses an instrument that no file of the run has', async () => {
    const instrument = join(folder, 'es.json');
    const data = join(folder, 'one.csv');
    writeFileSync(data, 'time,open,high,low,close\n1700000100,1,1,1,1\n1700000400,1,1,1,1\n');
    writeFileSync(instrument, JSON.stringify({ symbol: 'ES', tick: 0.25, lot: 1 }));
    const { code, err } = await gm('run', '--data', data, '--symbol', 'NQ', '--instrument', instrument);
    expect(code).toBe(2);
    expect(err).toContain('--instrument for "ES" is not one of NQ');
  });
});

describe('gm verify and gm inspect', () => {
  it('replay to the same hash and open any decision', async () => {
    const { code, out } = await gm('verify', journal, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, events: 3000, stateHash: first.stateHash });
    const opened = await gm('inspect', journal, '--decision', '1', '--json');
    expect(opened.code).toBe(0);
    const [line] = readFileSync(lines, 'utf8').split('\n', 1);
    expect(JSON.parse(opened.out)).toMatchObject(JSON.parse(line!) as object);
  });

  it('exit with 1 and name the field of a changed byte, and the record of a cut', async () => {
    const bytes = readFileSync(journal);
    const changed = join(folder, 'changed.gmj');
    const copy = Uint8Array.from(bytes);
    copy[bytes.length >> 1]! ^= 1;
    writeFileSync(changed, copy);
    const { code, out } = await gm('verify', changed, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      firstDivergence: { seq: expect.any(Number) as unknown, field: expect.any(String) as unknown },
    });
    writeFileSync(changed, bytes.subarray(0, bytes.length - 10));
    const cut = await gm('verify', changed);
    expect(cut.code).toBe(1);
    expect(cut.out).toContain('ends after record 3000');
  });
});
