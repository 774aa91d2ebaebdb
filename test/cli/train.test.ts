// gm train: what it prints, what it writes, and that its weights repeat.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { main } from '../../src/cli/main.ts';
import type { TrialResult } from '../../src/training/trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function gm(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const { signal } = new AbortController();
  const print = (line: string): number => out.push(line);
  const code = await main(argv, { print, note: (line) => err.push(line), signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

it('trains, scores against the optimum, and writes actors that onnxruntime agrees with', async () => {
  const argv = ['train', '--market', 'full3', '--agents', '3', '--updates', '2', '--json'];
  const { code, out } = await gm(...argv, '--out', folder);
  expect(code).toBe(0);
  const result = JSON.parse(out) as TrialResult & { written: readonly { path: string; parity: number }[] };
  expect(result).toMatchObject({ market: 'full3', agents: 3, updates: 2, leak: false });
  expect(result.perSeed).toHaveLength(1);
  expect(result.written.every(({ path, parity }) => existsSync(path) && parity <= 1e-5)).toBe(true);
  const names = ['strategic', 'risk', 'execution'].flatMap((agent) => [
    `full3-${agent}.card.json`,
    `full3-${agent}.onnx`,
  ]);
  expect(readdirSync(folder)).toEqual(names.toSorted());
  const card = readCard(readFileSync(join(folder, 'full3-risk.card.json'), 'utf8'));
  expect(card).toMatchObject({ agent: 'risk', input_shape: [1, 12], output_shape: [1, 5] });
  const again = JSON.parse((await gm(...argv)).out) as TrialResult;
  expect(again.seeds[0]?.weights).toEqual(result.seeds[0]?.weights);
});

it('refuses markets and settings that do not exist', async () => {
  expect(await gm('train', '--market', 'moon')).toMatchObject({ code: 2 });
  expect((await gm('train', '--agents', '2')).err).toContain('--agents 2');
  expect((await gm('train', '--order', 'any')).err).toContain('simultaneous, sequential');
});
