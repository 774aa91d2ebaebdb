// The packed tarball, unpacked as a user's install: out/package/node_modules/grandmodel-edge, with programs
// that import it beside it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder that stands for a user's project. */
export const PROJECT = resolve('out/package');

/** What every host and bundle must report: bits of RSI and SMA over the same 300 prices. */
const PROBE = `
import { loadIndicators, rsi, Sma } from 'grandmodel-edge/indicators';
export async function probe() {
  const indicators = await loadIndicators();
  const close = indicators.column(300);
  for (let i = 0; i < 300; i++) close[i] = 100 + ((i * 37) % 17) / 8 - ((i * 11) % 7) / 4;
  const out = rsi(indicators, close, 14, indicators.column(300));
  let bits = 0n;
  for (const word of new BigUint64Array(out.buffer, out.byteOffset + 14 * 8, 286)) {
    bits = (bits * 31n + word) & 0xffffffffffffffffn;
  }
  return bits.toString(16) + ' ' + new Sma(indicators, 20).pushAll(close)[299];
}
`;

const PROGRAMS: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "user", "private": true, "type": "module" }\n',
  'probe.mjs': PROBE,
  'run.mjs': "import { probe } from './probe.mjs';\nconsole.log(await probe());\n",
  'page.mjs': "import { probe } from './probe.mjs';\nglobalThis.report = probe();\n",
  'worker.mjs':
    "import { probe } from './probe.mjs';\n" +
    'export default { fetch: async () => new Response(await probe()) };\n',
  'index.html': '<!doctype html><title>user</title><script type="module" src="./page.mjs"></script>\n',
  'one.mjs':
    "import { loadIndicators, sma } from 'grandmodel-edge/indicators';\nconsole.log(loadIndicators, sma);\n",
  'typed.ts':
    "import { loadIndicators, macd } from 'grandmodel-edge/indicators';\n" +
    'const lines = macd(await loadIndicators(), new Float64Array(9));\n' +
    'export const last: number | undefined = lines.histogram[8];\n',
};

/** Packs this repository and unpacks it into the project; returns the packed file names. */
export function unpack(): string[] {
  rmSync(PROJECT, { recursive: true, force: true });
  const home = join(PROJECT, 'node_modules/grandmodel-edge');
  mkdirSync(home, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', PROJECT], { encoding: 'utf8' });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const tarball = readdirSync(PROJECT).find((name) => name.endsWith('.tgz')) ?? '';
  execFileSync('tar', ['-xzf', join(PROJECT, tarball), '-C', home, '--strip-components=1']);
  for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(PROJECT, name), text);
  return files.map(({ path }) => path);
}
