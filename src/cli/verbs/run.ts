// gm run: bars through the engine into a journal, and what came of it.

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MODELLED } from '../../agents/policies.ts';
import { VOTERS } from '../../agents/roster.ts';
import { openAttestor } from '../../backtest/attestor.ts';
import { runEngine } from '../../backtest/runner.ts';
import type { TallyReport } from '../../backtest/tally.ts';
import { TrialRecorder } from '../../backtest/trial-recorder.ts';
import { toHex } from '../../core/bytes.ts';
import type { EngineEvent } from '../../engine/events.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { decisionRecord, toJson } from '../decision-record.ts';
import { openRun } from '../journal-run.ts';
import { MODELS_OPTION, modelsFrom } from '../models.ts';
import { Progress } from '../progress.ts';
import { openSession, SESSION_OPTIONS } from '../session.ts';
import type { Session } from '../session.ts';
import { TRIAL_OPTIONS, trialLogger } from '../trial-log.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Output, Verb } from '../verb.ts';

export const runVerb: Verb = {
  name: 'run',
  summary: 'run the engine over market data and write a journal that anyone can verify',
  usage: '',
  options: {
    ...SESSION_OPTIONS,
    models: MODELS_OPTION,
    journal: { metavar: 'FILE', help: 'write the journal here (FILE.snap keeps the latest snapshot)' },
    resume: { help: 'go on with the journal that a stop or a crash left open' },
    decisions: { metavar: 'FILE', help: 'write one line of JSON per decision with everything known then' },
    ...TRIAL_OPTIONS,
  },
  examples: [
    'run --data bars.csv.gz --symbol NQ --journal out/nq.gmj',
    'run --simulate 20000 --json',
    'run --data es.csv --data nq.csv --symbol ES --symbol NQ --journal out/both.gmj',
  ],
  async run(args, output) {
    const session = await openSession(args, process.env);
    describe(session, output);
    const models = await modelsFrom(args.text('models'));
    const path = args.text('journal');
    const logTrial = trialLogger(args, 'run');
    const recorder = new TrialRecorder(await loadKernel());
    const run = await openRun(session, models, path, args.flag('resume'), recorder);
    const { engine, tally } = run;
    if (run.bars > 0) output.note(`resuming after ${run.bars} bars`);
    const { attestation, policies } = engine.core.config;
    const seats = attestation === 'full' && policies === 'trained' ? MODELLED : VOTERS;
    const attestor = attestation === 'none' ? null : await openAttestor(models, {}, seats);
    const decisions = await openLines(args.text('decisions'));
    const progress = new Progress(output, 'bars');
    const startedMs = performance.now();
    let count = 0;
    const end = await runEngine(engine, skip(session.source(), run.bars), {
      ...(run.journal ? { journal: run.journal } : {}),
      ...(run.snapshots ? { snapshots: run.snapshots } : {}),
      eventsBefore: run.events,
      ...(attestor ? { attest: attestor.attest } : {}),
      observe(event, effects) {
        tally.observe(event, effects);
        recorder.observe(event, effects);
        for (const effect of effects) {
          if (effect.kind !== 'decision') continue;
          count++;
          decisions?.write(`${toJson(decisionRecord(count, effect, effects, engine))}\n`);
        }
      },
      progress: (events) => progress.report(events, session.total),
      signal: output.signal,
    });
    const wallMs = performance.now() - startedMs;
    await decisions?.close();
    await run.close();
    await attestor?.close();
    if (!end.stopped) await logTrial(recorder.trial(engine, 'run'));
    const report = tally.report();
    const result = {
      symbols: session.listings.map(({ instrument }) => instrument.symbol),
      simulated: engine.core.config.simulated,
      ...report,
      stateHash: toHex(end.stateHash),
      journalHash: end.journalHash && toHex(end.journalHash),
      stopped: end.stopped,
      wallMs: Math.round(wallMs),
      barsPerSecond: Math.round((report.bars + report.rejected) / (wallMs / 1000)),
    };
    if (args.flag('json')) output.print(toJson(result));
    else print(result, path, output);
    return end.stopped ? EXIT_FOUND_WRONG : EXIT_OK;
  },
};

/** A source without its first bars, which the journal already has. */
function* skip(source: Iterable<EngineEvent>, bars: number): Generator<EngineEvent> {
  let left = bars;
  for (const event of source) if (left-- <= 0) yield event;
}

/** A text file written line by line, or nothing. */
async function openLines(path: string | null) {
  if (path === null) return null;
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path);
  await once(stream, 'open');
  return {
    write: (line: string): void => void stream.write(line),
    close: async (): Promise<void> => {
      stream.end();
      await once(stream, 'close');
    },
  };
}

/** Says what was detected, so that a wrong guess is seen before a result is believed. */
function describe(session: Session, output: Output): void {
  for (const { path, report } of session.reports) {
    const problems = report.problemCount > 0 ? `, ${report.problemCount} problems` : '';
    output.note(`${path}: ${report.sourceRows} rows of ${report.sourceIntervalMs / 60_000}m${problems}`);
    const order = report.dateOrder === null ? '' : ` (${report.dateOrder})`;
    const columns = Object.entries(report.columns).map(([kind, name]) => `${kind}=${name}`);
    output.note(
      `  time ${report.timeFormats.join(', ')}${order}, zone ${report.timeZone}; ` +
        (report.named ? columns.join(' ') : 'no header, columns by place'),
    );
    for (const correction of report.corrections) output.note(`  ${correction}`);
    if (report.reversed) output.note('  newest first, turned round');
    for (const { line, field, text } of report.problems.slice(0, 3)) {
      output.note(`  line ${line}: ${field} "${text}" cannot be used`);
    }
  }
  for (const { instrument, volume } of session.listings) {
    const inferred = instrument.inferred.length > 0 ? `, inferred: ${instrument.inferred.join(' ')}` : '';
    output.note(
      `${instrument.symbol}: tick ${instrument.tick}, lot ${instrument.lot}, volume ${volume}${inferred}`,
    );
  }
}

type Result = TallyReport & {
  symbols: readonly string[];
  simulated: boolean;
  stateHash: string;
  journalHash: string | null;
  stopped: boolean;
  wallMs: number;
  barsPerSecond: number;
};

function print(result: Result, path: string | null, output: Output): void {
  const share = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(1)} %`);
  const rows: [string, string][] = [
    ['market', `${result.symbols.join(' ')}${result.simulated ? ' (simulated)' : ''}`],
    ['bars', `${result.bars} taken, ${result.rejected} rejected, ${result.gaps} gaps`],
    [
      'synergies',
      Object.entries(result.synergies)
        .map(([type, count]) => `${type} ${count}`)
        .join('  '),
    ],
    ['decisions', `${result.decisions}: ${result.executed} executed, ${result.abstained} abstained`],
    [
      'refused',
      Object.entries(result.refused)
        .map(([code, count]) => `${code} ${count}`)
        .join('  ') || '-',
    ],
    ['trades', `${result.trades} closed from ${result.fills} fills, won ${share(result.winRate)}`],
    ['net', `${result.netPnl.toFixed(2)} after fees of ${result.fees.toFixed(2)}`],
    ['drawdown', `${share(result.maxDrawdown)}${result.halted ? ', trading halted' : ''}`],
    ['sharpe', result.sharpe === null ? '-' : result.sharpe.toFixed(2)],
    ['state', result.stateHash],
    ['journal', result.journalHash ?? '-'],
    ['speed', `${result.barsPerSecond} bars/s`],
  ];
  for (const [name, value] of rows) output.print(`${name.padEnd(10)}${value}`);
  if (path !== null && !result.stopped) output.note(`verify it: npm run -s gm -- verify ${path}`);
  if (result.stopped) output.note('stopped before the end; the same command with --resume goes on');
}
