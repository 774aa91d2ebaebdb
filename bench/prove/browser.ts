// Issue B outside Node: onnxruntime-web over the host matrix, and the benchmark page at full size in
// Chromium.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { CHROMIUM_HINT, chromiumLaunchOptions, findChromium } from '../../scripts/lib/chromium.mjs';
import { buildPage, openPage, startServer } from '../../test/e2e/page.ts';
import { TOPICS } from '../page/catalogue.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Figure, Step, StepResult } from './figure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WASM_HOSTS = ['node20', 'node24', 'deno', 'bun', 'chromium'];
const DIFFERENCE_MAX = 1e-5;
const PAGE_MS_MAX = 600_000;

/** What the seeds published, by row of the page: a rate to reach or a time to stay under. */
const PUBLISHED: readonly (readonly [id: string, perSecond: number, ms?: number])[] = [
  ['matrix', 23_386],
  ['uncertainty', 38_764],
  ['regime', 152_798],
  ['insert', 236_299],
  ['bars', 12_604],
  ['rsi-call', 0, 0.002],
  ['monte-carlo', 0, 5],
  ['decision-p50', 0, 1],
  ['decision-p99', 0, 5],
];

/** Steps of issue B that need other hosts. */
export const browserSteps: readonly Step[] = [
  { name: 'onnxruntime-web over the host matrix', run: async () => proveOnnx() },
  { name: 'benchmark page in Chromium', run: provePage },
];

interface OnnxRow {
  readonly host: string;
  readonly provider: string;
  readonly logitsHash: string | null;
  readonly refused: string | null;
  readonly difference: number | null;
}

function proveOnnx(): StepResult {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test-runtimes.mjs', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const { onnx } = (last.startsWith('{') ? JSON.parse(last) : { onnx: [] }) as { onnx: OnnxRow[] };
  const wasm = onnx.filter(({ provider, refused }) => provider === 'wasm' && refused === null);
  const gpu = onnx.filter(({ provider }) => provider === 'webgpu');
  const workerd = onnx.find(({ host }) => host === 'workerd')?.refused ?? 'it started';
  return resultOf([
    equal('exit code', Number(status), 0),
    equal('hosts that run it on WASM', wasm.map(({ host }) => host).join(' '), WASM_HOSTS.join(' ')),
    equal('different hashes of WASM logits', new Set(wasm.map(({ logitsHash }) => logitsHash)).size, 1),
    within(
      'largest |Δp| against the reference evaluator',
      Math.max(...wasm.map(({ difference }) => difference ?? NaN)),
      0,
      DIFFERENCE_MAX,
    ),
    {
      name: 'workerd',
      asked: 'refused at the start, with the reason',
      measured: workerd,
      ok: workerd.includes('workerd'),
    },
    ...gpu.map(({ host, refused, difference }): Figure => {
      const right = (difference ?? NaN) <= DIFFERENCE_MAX;
      return {
        name: `WebGPU on ${host}, software adapter`,
        asked: `within ${DIFFERENCE_MAX}, or refused with a reason`,
        measured: refused ?? `within ${difference}`,
        ok: refused === null ? right : refused.length > 0,
      };
    }),
  ]);
}

async function provePage(): Promise<StepResult> {
  if (findChromium() === null) return skipped(CHROMIUM_HINT);
  buildPage();
  const [browser, served] = await Promise.all([chromium.launch(chromiumLaunchOptions()), startServer()]);
  try {
    const { page, complaints, hosts } = await openPage(browser, `${served.url}bench/`);
    await page.locator('#run').click();
    await page.locator('grandmodel-bench[data-state=finished]').waitFor({ timeout: PAGE_MS_MAX });
    return resultOf([
      ...(await figuresOf(page)),
      complaintFigure(complaints),
      equal('hosts asked', hosts.size, 1),
    ]);
  } finally {
    await browser.close();
    served.child.kill();
  }
}

function complaintFigure(complaints: readonly string[]): Figure {
  return equal('complaints of the console and the policy', complaints.join('; '), '');
}

async function figuresOf(page: Page): Promise<Figure[]> {
  const rows = await page.locator('tr.done').evaluateAll((found) =>
    found.map((row) => ({
      id: row.getAttribute('data-row') ?? '',
      ns: Number(row.getAttribute('data-ns')),
      checked: row.getAttribute('data-checked'),
    })),
  );
  const nsOf = (id: string): number => rows.find((row) => row.id === id)?.ns ?? NaN;
  const wrong = rows.filter(({ checked }) => checked === 'false').map(({ id }) => id);
  return [
    equal(
      'rows measured',
      rows.length,
      TOPICS.reduce((count, topic) => count + topic.rows.length, 0),
    ),
    equal('rows with a wrong result', wrong.join(' '), ''),
    ...PUBLISHED.map(([id, perSecond, ms]) =>
      ms === undefined
        ? within(`${id}, a second, beside what the seeds published`, 1e9 / nsOf(id), perSecond, Infinity)
        : within(`${id}, ms, beside what the seeds published`, nsOf(id) / 1e6, -Infinity, ms),
    ),
  ];
}
