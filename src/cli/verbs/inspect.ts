// gm inspect: opens a journal at any decision and shows what was known, who voted what, and which rule
// answered.

import { kernelHash } from '#kernel';
import { fromHex } from '../../core/bytes.ts';
import { DIRECTION_NAMES } from '../../core/units.ts';
import { DECISION_OUTCOMES } from '../../engine/effects.ts';
import type { Decision, Effect } from '../../engine/effects.ts';
import type { Engine } from '../../engine/engine.ts';
import { openEngineFor } from '../../engine/open.ts';
import { verifyJournal } from '../../engine/verify.ts';
import type { Verification, Verifier } from '../../engine/verify.ts';
import { openJournal } from '../files.ts';
import { REGIMES } from '../../signals/regime.ts';
import { UNCERTAINTY_LEVELS } from '../../signals/uncertainty.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { decisionRecord, toJson } from '../decision-record.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { Progress } from '../progress.ts';
import { EXIT_BAD_INPUT, EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Output, Verb } from '../verb.ts';

interface Found {
  number: number;
  decision: Decision;
  effects: readonly Effect[];
  record: object;
}

export const inspectVerb: Verb = {
  name: 'inspect',
  summary: 'replay a journal and open any decision: matrices, votes, weights, verdict, the rule that refused',
  usage: 'JOURNAL',
  options: {
    decision: { metavar: 'N', help: 'the decision to open, from 1; without it, all are listed' },
    outcome: { metavar: 'NAME', help: 'list only executed | abstained | refused' },
  },
  examples: [
    'inspect out/nq.gmj',
    'inspect out/nq.gmj --decision 12',
    'inspect out/nq.gmj --decision 12 --json',
  ],
  async run(args, output) {
    const [path] = args.positionals;
    if (path === undefined || args.positionals.length > 1) {
      output.note('gm inspect: give one JOURNAL. See gm inspect --help');
      return EXIT_BAD_INPUT;
    }
    const wanted = args.number('decision', 1, 1e9);
    const outcome = args.text('outcome');
    if (outcome !== null && !DECISION_OUTCOMES.some((name) => name === outcome)) {
      output.note(`gm inspect: --outcome "${outcome}" is not one of ${DECISION_OUTCOMES.join(' ')}`);
      return EXIT_BAD_INPUT;
    }
    const models = await shippedModels();
    const progress = new Progress(output, 'events');
    const lines: object[] = [];
    let found: Found | null = null;
    let count = 0;
    const collect = (effects: readonly Effect[], engine: Engine): void => {
      for (const effect of effects) {
        if (effect.kind !== 'decision') continue;
        count++;
        if (wanted === count) {
          const record = decisionRecord(count, effect, effects, engine);
          found = { number: count, decision: effect, effects, record };
        } else if (wanted === null && (outcome === null || outcome === effect.outcome)) {
          lines.push(listed(count, effect, engine));
        }
      }
    };
    const store = await openJournal(path);
    const verifier: Verifier = {
      hasher: await loadKernel(),
      kernelHash: fromHex(kernelHash),
      engineFor: (header) => openEngineFor(header, models),
      onEvent: (_seq, _event, effects, engine) => collect(effects, engine),
      onProgress: (events) => progress.report(events, null),
    };
    let verification: Verification;
    try {
      verification = await verifyJournal(store.chunks(), verifier);
    } finally {
      await store.close();
    }
    if (!verification.ok) output.note(`the journal does not verify: ${verification.message}`);
    if (wanted !== null && found === null) {
      output.note(`gm inspect: decision ${wanted} is not there; the journal has ${count}`);
      return EXIT_BAD_INPUT;
    }
    if (found !== null) show(found, args.flag('json'), output);
    else if (args.flag('json')) output.print(toJson({ ok: verification.ok, decisions: lines }));
    else for (const line of lines) output.print(Object.values(line).join('  '));
    return verification.ok ? EXIT_OK : EXIT_FOUND_WRONG;
  },
};

function listed(number: number, decision: Decision, engine: Engine): object {
  return {
    number,
    time: new Date(decision.knownAtMs).toISOString(),
    symbol: engine.core.listings[decision.symbol]!.instrument.symbol,
    direction: DIRECTION_NAMES[decision.verdict.direction],
    outcome: decision.outcome,
    why: decision.refusal ?? decision.verdict.reason,
  };
}

function show({ number, decision, record }: Found, json: boolean, output: Output): void {
  if (json) {
    output.print(toJson(record));
    return;
  }
  const { verdict, votes, weightsPpm, sized, patterns } = decision;
  const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(1)} %`;
  output.print(
    `decision ${number} at ${new Date(decision.knownAtMs).toISOString()} on ${decision.synergyId}`,
  );
  output.print(`outcome     ${decision.outcome}: ${decision.refusal ?? verdict.reason}`);
  output.print(
    `verdict     ${DIRECTION_NAMES[verdict.direction]} with ${percent(verdict.winnerPpm)} of the weight, ` +
      `${verdict.validVotes} valid votes, size confidence ${verdict.sizeConfidence.toFixed(4)}`,
  );
  output.print(
    `context     ${REGIMES[decision.regime]}, uncertainty ${UNCERTAINTY_LEVELS[decision.uncertainty]}`,
  );
  output.print(`patterns    ${patterns.count} alike, mean outcome ${patterns.mean.toFixed(3)} σ`);
  votes.forEach((vote, seat) => {
    const [short, hold, long] = vote.probabilities.map((p) => p.toFixed(4));
    const said = vote.abstain ?? `SHORT ${short}  HOLD ${hold}  LONG ${long}`;
    const shown = vote.evidence.map(({ name, value }) => `${name} ${value.toFixed(3)}`).join(', ');
    output.print(
      `${vote.agent.padEnd(12)}${percent(weightsPpm[seat] ?? 0).padStart(7)}  ${said}  (${shown})`,
    );
  });
  if (sized)
    output.print(
      `size        ${sized.lots} lots, ${(100 * sized.riskFraction).toFixed(3)} % at risk before caps`,
    );
  const { policy } = decision;
  if (policy) {
    const said = (name: string, p: readonly number[]): string =>
      p.length === 0 ? '' : `  (${name} ${p.map((value) => value.toFixed(3)).join(' ')})`;
    output.print(`kept        ${policy.quarters}/4${said('risk', policy.risk)}`);
    output.print(`sent        ${policy.style}${said('execution', policy.execution)}`);
  }
  output.print('--json shows both matrices and the account');
}
