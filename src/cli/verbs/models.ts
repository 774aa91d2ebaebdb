// gm models: the versions of the voters' and the policies' models, and the commands that alone change which
// one is in force.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isExpired, readCard } from '../../agents/model-card.ts';
import { MODELLED, POLICIES, seatById } from '../../agents/policies.ts';
import { runEngine } from '../../backtest/runner.ts';
import { GrandModelError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/units.ts';
import { openEngine } from '../../engine/open.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { startCanary } from '../../training/canary.ts';
import type { CanaryReport } from '../../training/canary.ts';
import { cardText } from '../../training/core-models.ts';
import { cardFor, checkModel } from '../../training/model-intake.ts';
import { startPolicyCanary } from '../../training/policy-canary.ts';
import type { PolicyCanaryReport } from '../../training/policy-canary.ts';
import {
  addVersion,
  listVersions,
  openRegistry,
  promote,
  readVersion,
  registryModels,
  rollBack,
  versionNamed,
} from '../../training/registry.ts';
import type { Registry, Request } from '../../training/registry.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { readBytes } from '../files.ts';
import { REGISTRY_PATH } from '../models.ts';
import { openSession, SESSION_OPTIONS } from '../session.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Arguments, Output, Verb } from '../verb.ts';

type Action = (args: Arguments, registry: Registry, output: Output) => Promise<number>;

export const modelsVerb: Verb = {
  name: 'models',
  summary: 'list, check, add, try, promote and roll back the models of voters and policies',
  usage: 'list | check | add FILE.onnx --voter ID | canary ID VERSION | promote ID VERSION | rollback ID',
  options: {
    ...SESSION_OPTIONS,
    registry: { metavar: 'DIR', fallback: REGISTRY_PATH, help: 'folder of versions, heads and log' },
    voter: {
      metavar: 'ID',
      help: `voter or policy a new model is for: ${MODELLED.map(({ id }) => id).join(' ')}`,
    },
    name: { metavar: 'TEXT', help: 'name on a new card; otherwise the file name' },
    columns: {
      metavar: 'LIST',
      help: 'columns a new model reads, such as 5,6; the rest is checked to be unused',
    },
    'expires-days': { metavar: 'N', help: 'a new card expires after this many days; otherwise never' },
    who: { metavar: 'NAME', help: 'who asks, for the log; otherwise the user of this machine' },
    why: { metavar: 'TEXT', fallback: '', help: 'reason, for the log; promote and rollback need one' },
  },
  examples: [
    'models list',
    'models add my.onnx --voter momentum --columns 5,6',
    'models canary momentum 1a2b3c4d --simulate 20000',
    'models promote momentum 1a2b3c4d --why "better on June"',
    'models add my-risk.onnx --voter risk',
    'run --simulate 20000 --models out/registry',
  ],
  async run(args, output) {
    const [name = 'list'] = args.positionals;
    const action = ACTIONS.get(name);
    if (!action) {
      throw new GrandModelError(
        'BAD_INPUT',
        `gm models: "${name}" is not one of ${[...ACTIONS.keys()].join(' ')}`,
        {
          name,
        },
      );
    }
    return action(args, await openRegistry(args.text('registry') ?? REGISTRY_PATH), output);
  },
};

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['list', list],
  ['check', check],
  ['add', add],
  ['canary', canary],
  ['promote', promoteOne],
  ['rollback', rollBackOne],
]);

interface Row {
  readonly agent: string;
  readonly version: string;
  readonly head: boolean;
  readonly name: string;
  readonly parameters: number;
  readonly trainedThrough: string;
  readonly expires: string | null;
  readonly expired: boolean;
  readonly lineage: readonly string[];
}

async function list(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const rows = await rowsOf(registry);
  if (args.flag('json')) {
    output.print(JSON.stringify({ registry: registry.folder, versions: rows }));
    return EXIT_OK;
  }
  for (const { agent, version, head, name, parameters, expires, expired } of rows) {
    const life = expires === null ? 'no expiry' : `${expired ? 'EXPIRED' : 'expires'} ${expires}`;
    output.print(
      `${head ? '*' : ' '} ${agent.padEnd(10)} ${version.padEnd(17)} ${name.padEnd(20)} ` +
        `${String(parameters).padStart(6)} parameters  ${life}`,
    );
  }
  output.print(`* is in force; the rest is kept. Registry: ${registry.folder}`);
  return EXIT_OK;
}

async function rowsOf(registry: Registry): Promise<Row[]> {
  const shipped = await shippedModels();
  const added = await listVersions(registry);
  const nowMs = Date.now();
  return MODELLED.flatMap(({ id }) => {
    const own = { agent: id, version: 'shipped', card: readCard(shipped[id]!.card) };
    const head = (registry.heads[id]?.length ?? 0) === 0;
    const all = [{ ...own, head }, ...added.filter(({ agent }) => agent === id)];
    return all.map(({ card, ...version }): Row => ({
      ...version,
      name: card.name,
      parameters: card.parameters,
      trainedThrough: new Date(card.trained_through_ms).toISOString(),
      expires: card.expires_ms === null ? null : new Date(card.expires_ms).toISOString(),
      expired: isExpired(card, nowMs),
      lineage: card.lineage,
    }));
  });
}

async function check(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const kernel = await loadKernel();
  const shipped = await shippedModels();
  const results: object[] = [];
  let ok = true;
  for (const { agent, version, head, expired } of await rowsOf(registry)) {
    const file = version === 'shipped' ? shipped[agent]! : await readVersion(registry, agent, version);
    let found: object;
    try {
      found = { ok: !expired, expired, ...(await checkModel(kernel, file.onnx, file.card, agent)) };
      if (expired && head) ok = false;
    } catch (cause) {
      if (!(cause instanceof GrandModelError)) throw cause;
      found = { ok: false, expired, refused: cause.message };
      ok = false;
    }
    results.push({ agent, version, head, ...found });
  }
  if (args.flag('json')) output.print(JSON.stringify({ ok, models: results }));
  else
    for (const result of results)
      output.print(
        Object.entries(result)
          .map((pair) => pair.join(' '))
          .join('  '),
      );
  return ok ? EXIT_OK : EXIT_FOUND_WRONG;
}

async function add(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const path = args.positionals[1];
  if (path === undefined) throw new GrandModelError('BAD_INPUT', 'gm models add: give FILE.onnx', {});
  const onnx = await readBytes(path);
  const kernel = await loadKernel();
  const beside = path.replace(/\.onnx$/, '.card.json');
  const request = requestOf(args);
  const card =
    beside !== path && existsSync(beside)
      ? new TextDecoder().decode(await readBytes(beside))
      : cardText(cardFor(kernel, onnx, factsOf(args, registry, path, request)));
  const { version, check: found } = await addVersion(registry, kernel, { onnx, card }, request);
  const { agent } = readCard(card);
  const next = `gm models promote ${agent} ${version} --why "..."`;
  if (args.flag('json')) output.print(JSON.stringify({ agent, version, ...found, next }));
  else {
    output.print(
      `${agent} ${version}: reference within ${found.referenceDifference}, onnxruntime-web within ` +
        `${found.onnxDifference.toExponential(1)}. It is not in force yet: ${next}`,
    );
  }
  return EXIT_OK;
}

function factsOf(args: Arguments, registry: Registry, path: string, { atMs }: Request) {
  const agent = args.text('voter');
  if (agent === null) {
    throw new GrandModelError('BAD_INPUT', 'gm models add: a model without a card needs --voter ID', {});
  }
  const columns = args.text('columns');
  const days = args.number('expires-days', 0, 36_500);
  const before = registry.heads[agent]?.at(-1);
  return {
    name: args.text('name') ?? basename(path, '.onnx'),
    agent,
    ...(columns === null ? {} : { columns: columns.split(',').map(Number) }),
    ...(days === null ? {} : { expiresMs: atMs + Math.round(days * DAY_MS) }),
    lineage: before === undefined ? [] : [before],
  };
}

async function canary(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const [, agent = '', version = ''] = args.positionals;
  const session = await openSession(args, process.env);
  const models = await registryModels(registry, await shippedModels());
  const file = await readVersion(registry, agent, await versionNamed(registry, agent, version));
  const engine = await openEngine({ models, listings: session.listings, config: session.config });
  const policy = POLICIES.find(({ id }) => id === agent);
  const shadow = policy ? startPolicyCanary(engine, file, policy.id) : startCanary(engine, file, agent);
  await runEngine(engine, session.source(), { observe: shadow.observe, signal: output.signal });
  const report = shadow.report();
  if (args.flag('json')) output.print(JSON.stringify({ version, ...report }));
  else if ('head' in report) policyCanaryLines(report).forEach((line) => output.print(line));
  else canaryLines(report).forEach((line) => output.print(line));
  return EXIT_OK;
}

const shown = (value: number | null): string => value?.toFixed(3) ?? '-';

function canaryLines(report: CanaryReport): string[] {
  return [
    `${report.rounds} rounds, same direction in ${shown(report.agreement)} of them`,
    `${report.judged} outcomes: Brier ${shown(report.canaryBrier)} ` +
      `against the head's ${shown(report.headBrier)}, ` +
      `right ${shown(report.canaryRight)} against ${shown(report.headRight)}. Nothing was promoted.`,
  ];
}

function policyCanaryLines({ agent, rounds, agreement, head, canary: other }: PolicyCanaryReport): string[] {
  const { classes } = seatById(agent);
  const shares = (row: readonly number[]): string =>
    classes.map((name, i) => `${name} ${shown(row[i] ?? 0)}`).join(', ');
  return [
    `${rounds} decisions, same choice in ${shown(agreement)} of them`,
    `head    ${shares(head)}`,
    `version ${shares(other)}. Nothing was promoted; gm evaluate policies says what a version is worth.`,
  ];
}

async function promoteOne(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const [, agent = '', version = ''] = args.positionals;
  const request = reasoned(args);
  const moved = await promote(registry, await loadKernel(), agent, version, request);
  return say(args, moved, agent, output);
}

async function rollBackOne(args: Arguments, registry: Registry, output: Output): Promise<number> {
  const agent = args.positionals[1] ?? '';
  return say(args, await rollBack(registry, agent, reasoned(args)), agent, output);
}

function say(args: Arguments, registry: Registry, agent: string, output: Output): number {
  const head = registry.heads[agent]?.at(-1) ?? 'shipped';
  output.print(args.flag('json') ? JSON.stringify({ agent, head }) : `${agent} is now ${head}`);
  return EXIT_OK;
}

function reasoned(args: Arguments): Request {
  const request = requestOf(args);
  if (request.why !== '') return request;
  throw new GrandModelError('BAD_INPUT', 'gm models: say why with --why TEXT; it goes into the log', {});
}

function requestOf(args: Arguments): Request {
  const who = args.text('who') ?? process.env.USER ?? 'unknown';
  return { who, why: args.text('why') ?? '', atMs: Date.now() };
}
