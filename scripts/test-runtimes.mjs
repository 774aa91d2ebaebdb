// The host matrix: one program on Node 20, Node 24, Deno, Bun, workerd and Chromium; one state hash or it
// fails. Its second table is onnxruntime-web on the same hosts: one hash of the voters' logits for each
// execution provider, and probabilities within 1e-5 of the reference evaluator's, or it fails.
// The hosts with files also train, with no, one and three workers and after a resume: one hash or it fails.
//   --json prints {hosts: [{host, evaluator, stateHash, ms, training}], onnx: [{host, provider, logitsHash,
//   refused,
//            difference, ms}]} and nothing else on stdout
//   --only node20,deno   the named hosts
// A missing host fails under CI=true; otherwise it is reported with how to get it. The last line counts the
// hashes and what failed.
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

/** Where onnxruntime-web may not start: workerd would need its 14 MB as a module of the worker. */
const MAY_REFUSE = new Set(['workerd wasm', 'chromium webgpu']);
const DIFFERENCE_MAX = 1e-5;

const reports = [];
const onnx = [];
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
    const { evaluator, stateHash, ms, onnx: providers } = await host.run(path);
    if (!/^(?!0{64})[0-9a-f]{64}$/.test(stateHash)) throw new Error(`its state hash is "${stateHash}"`);
    const training = host.trains ? await host.run(path, 'training.mjs') : null;
    reports.push({ host: host.name, evaluator, stateHash, ms: Math.round(ms * 10) / 10, training });
    for (const report of providers) {
      onnx.push({ host: host.name, ...report, ms: Math.round(report.ms * 10) / 10 });
    }
  } catch (error) {
    problems.push(`${host.name} failed: ${error.message}`);
  }
}
const hashes = new Set(reports.map((report) => report.stateHash));
if (hashes.size > 1) problems.push(`the hosts disagree: ${hashes.size} different state hashes`);
const trained = reports.flatMap(({ training }) => Object.entries(training ?? {}));
for (const way of new Set(trained.map(([run]) => run.split(',')[0]))) {
  const found = new Set(trained.filter(([run]) => run.startsWith(way)).map(([, hash]) => hash));
  if (found.size > 1) problems.push(`training by ${way} gave ${found.size} different hashes`);
}
if (reports.length === 0) problems.push('no host ran');
for (const { host, provider, refused, difference } of onnx) {
  if (refused !== null && !MAY_REFUSE.has(`${host} ${provider}`)) {
    problems.push(`onnxruntime-web ${provider} did not start on ${host}: ${refused}`);
  }
  if (refused === null && !(difference <= DIFFERENCE_MAX)) {
    problems.push(`onnxruntime-web ${provider} on ${host} is ${difference} off the reference evaluator`);
  }
}
for (const provider of ['wasm', 'webgpu']) {
  const found = new Set(onnx.filter((row) => row.provider === provider).map((row) => row.logitsHash));
  found.delete(null);
  if (found.size > 1) problems.push(`the hosts disagree: ${found.size} hashes of ${provider} logits`);
}

if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ hosts: reports, onnx })}\n`);
else printTables();
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);

function printTables() {
  const print = (line) => process.stdout.write(`${line}\n`);
  for (const { host, evaluator, stateHash, ms } of reports) {
    print(`${host.padEnd(9)} ${evaluator.padEnd(11)} ${stateHash}  ${String(ms).padStart(8)} ms`);
  }
  print('\nonnxruntime-web: logits of the four voters and of a policy of 102,405 parameters,');
  print('16 seeded inputs each; one hash for each provider');
  for (const { host, provider, logitsHash, refused, difference, ms } of onnx) {
    const result =
      refused === null
        ? `${logitsHash}  ${String(ms).padStart(8)} ms, reference within ${difference.toExponential(0)}`
        : `refused: ${refused}`;
    print(`${host.padEnd(9)} ${`onnx-${provider}`.padEnd(11)} ${result}`);
  }
  print(
    '\ntraining: a checkpoint after three updates of three agents, 0, 1 and 3 workers, and after a resume',
  );
  for (const { host, training } of reports) {
    for (const [run, hash] of Object.entries(training ?? {})) print(`${host.padEnd(9)} ${hash}  ${run}`);
  }
  const logits = onnx.filter(({ refused }) => refused === null);
  const hashCount = reports.length + logits.length + trained.length;
  print(`\n${hashCount} hashes passed, ${problems.length} failed`);
}
