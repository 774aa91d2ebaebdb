// The host matrix: one program on Node 20, Node 24, Deno, Bun, workerd and Chromium; one hash or it fails.
//   --json   prints {hosts: [{host, evaluator, stateHash, ms}]} and nothing else on stdout
//   --only node20,deno   the named hosts
// A missing host fails under CI=true; otherwise it is reported with how to get it.
import { spawnSync } from 'node:child_process';
import { bundleHosts } from './lib/bundles.mjs';
import { ROOT } from './lib/files.mjs';
import { HOSTS } from './lib/hosts.mjs';
import { installHosts } from './install-hosts.mjs';

const args = process.argv.slice(2);
const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '').split(',') : null;
const build = ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page'];
if (spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);
for (const line of await installHosts()) process.stderr.write(`missing: ${line}\n`);
await bundleHosts();

const reports = [];
const problems = [];
for (const host of HOSTS) {
  if (only !== null && !only.includes(host.name)) continue;
  const path = host.find();
  if (path === null) {
    process.stderr.write(`${host.name} is missing: ${host.how}\n`);
    if (process.env.CI === 'true') problems.push(`${host.name} is missing`);
    continue;
  }
  try {
    const { evaluator, stateHash, ms } = await host.run(path);
    if (!/^(?!0{64})[0-9a-f]{64}$/.test(stateHash)) throw new Error(`its state hash is "${stateHash}"`);
    reports.push({ host: host.name, evaluator, stateHash, ms: Math.round(ms * 10) / 10 });
  } catch (error) {
    problems.push(`${host.name} failed: ${error.message}`);
  }
}
const hashes = new Set(reports.map((report) => report.stateHash));
if (hashes.size > 1) problems.push(`the hosts disagree: ${hashes.size} different state hashes`);
if (reports.length === 0) problems.push('no host ran');

if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ hosts: reports })}\n`);
else {
  for (const { host, evaluator, stateHash, ms } of reports) {
    process.stdout.write(
      `${host.padEnd(9)} ${evaluator.padEnd(10)} ${stateHash}  ${String(ms).padStart(8)} ms\n`,
    );
  }
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
