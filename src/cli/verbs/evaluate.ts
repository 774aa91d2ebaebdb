// gm evaluate: what models are worth out of sample. Voters on bars they were not fitted on, actors on the
// planted market they were trained on; always the files themselves, by the reference evaluator.

import { barsHash } from '../../backtest/bars-hash.ts';
import { withoutResult } from '../../backtest/trials.ts';
import type { Trial } from '../../backtest/trials.ts';
import { toHex } from '../../core/bytes.ts';
import { GrandModelError } from '../../core/errors.ts';
import type { BarTable } from '../../data/bar-table.ts';
import { acceptedBars } from '../../data/accepted-bars.ts';
import { listingOf } from '../../data/listing.ts';
import { simulatedBars } from '../../data/market-generator.ts';
import { MARKET_DEFAULTS, SIMULATED_SYMBOL } from '../../data/market-options.ts';
import { evaluateTeam } from '../../training/actor-evaluation.ts';
import type { TeamScore } from '../../training/actor-evaluation.ts';
import { HELD_OUT_SEEDS, MARKET_BARS, SAMPLE_EVERY } from '../../training/core-models.ts';
import { createSampler } from '../../training/market-features.ts';
import { SCORED_BARS } from '../../training/score.ts';
import { evaluateVoters } from '../../training/voter-evaluation.ts';
import type { HeldOutMarket, VoterScore } from '../../training/voter-evaluation.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import type { Kernel } from '../../wasm/kernel.ts';
import { loadTraining } from '../../wasm/training.ts';
import { candidatesFrom } from '../candidates.ts';
import type { Candidates } from '../candidates.ts';
import { toJson } from '../decision-record.ts';
import { readInstrument, readMarket, symbolOf } from '../files.ts';
import { Progress } from '../progress.ts';
import { TRIAL_OPTIONS, trialLogger } from '../trial-log.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Arguments, Output, Verb } from '../verb.ts';

export const evaluateVerb: Verb = {
  name: 'evaluate',
  summary: 'say what models are worth on data they were not fitted on',
  usage: '',
  options: {
    models: {
      metavar: 'DIR',
      help: 'voters or actors of a folder or a registry; the shipped voters otherwise',
    },
    model: { metavar: 'FILE', help: 'one .onnx file; FILE.card.json beside it is used when it is there' },
    voter: { metavar: 'ID', help: 'voter that a --model without a card is for; otherwise by its shape' },
    data: { metavar: 'FILE', help: 'judge voters on these bars instead of held-out simulated markets' },
    symbol: { metavar: 'NAME', help: 'symbol of the file; otherwise from its name' },
    instrument: { metavar: 'FILE', help: 'instrument as JSON' },
    'market-seed': {
      metavar: 'N',
      many: true,
      help: `seeds of the simulated markets; otherwise the held-out ${HELD_OUT_SEEDS.join(' and ')}`,
    },
    bars: { metavar: 'N', fallback: String(MARKET_BARS), help: 'bars of each simulated market' },
    edge: { metavar: 'X', fallback: '1', help: 'strength of their planted edge, 0 switches it off' },
    every: {
      metavar: 'N',
      fallback: String(SAMPLE_EVERY),
      help: 'judge the tactical voters at every n-th bar',
    },
    seed: { metavar: 'N', fallback: '1', help: 'seed of the resamples behind the intervals' },
    ...TRIAL_OPTIONS,
  },
  examples: [
    'evaluate',
    'evaluate --data bars.csv.gz --symbol NQ --json',
    'evaluate --model my.onnx --voter momentum --edge 0',
    'evaluate --models out/models',
  ],
  async run(args, output) {
    const logTrial = trialLogger(args, 'evaluate');
    const kernel = await loadKernel();
    const found = await candidatesFrom(kernel, args);
    const voters = await judgeVoters(kernel, found, args, output);
    const teams = voters && (await judgeTeams(kernel, found, output));
    if (!voters || !teams) {
      output.note('stopped before the end; nothing was judged');
      return EXIT_FOUND_WRONG;
    }
    if (voters.file) await logTrial(withoutReturns(kernel, found, voters.file));
    const result = { ok: true, market: voters.market, voters: voters.scores, actors: teams };
    if (args.flag('json')) output.print(toJson(result));
    else
      [...voterLines(voters.market, voters.scores), ...teams.map(teamLine)].forEach((line) =>
        output.print(line),
      );
    return EXIT_OK;
  },
};

interface Judged {
  readonly market: { readonly symbol: string; readonly simulated: boolean; readonly bars: number };
  readonly scores: readonly VoterScore[];
  /** The file as it was read, for the log of trials; null for simulated markets. */
  readonly file: BarTable | null;
}

async function judgeVoters(
  kernel: Kernel,
  { voters }: Candidates,
  args: Arguments,
  output: Output,
): Promise<Judged | null> {
  if (voters.length === 0) {
    return { market: { symbol: 'planted', simulated: true, bars: 0 }, scores: [], file: null };
  }
  const { markets, symbol, read } = await marketsOf(kernel, args);
  const bars = markets.reduce((sum, { table }) => sum + table.rows, 0);
  const progress = new Progress(output, 'bars');
  const scores = evaluateVoters(kernel, createSampler(kernel), voters, markets, {
    every: Math.floor(args.number('every', 1, 10_000) ?? SAMPLE_EVERY),
    seed: args.number('seed', 0, 0xffffffff) ?? 1,
    progress(done) {
      progress.report(done, bars);
      return !output.signal.aborted;
    },
  });
  return scores && { market: { symbol, simulated: read === null, bars }, scores, file: read };
}

async function marketsOf(
  kernel: Kernel,
  args: Arguments,
): Promise<{ markets: HeldOutMarket[]; symbol: string; read: BarTable | null }> {
  const path = args.text('data');
  const seeds = args.texts('market-seed');
  if (path !== null) {
    if (seeds.length > 0) {
      throw new GrandModelError('BAD_INPUT', 'gm evaluate: --data and --market-seed exclude each other', {});
    }
    const read = await readMarket(path);
    const own = args.text('instrument');
    const { instrument } = listingOf(
      args.text('symbol') ?? symbolOf(path),
      read,
      own === null ? null : await readInstrument(own),
    );
    const market = { table: acceptedBars(read), tick: instrument.tick, session: instrument.session };
    return { markets: [market], symbol: instrument.symbol, read };
  }
  const bars = Math.floor(args.number('bars', 2_000, 10_000_000) ?? MARKET_BARS);
  const edge = args.number('edge', 0, 10) ?? 1;
  const markets = (seeds.length > 0 ? seeds.map(seedOf) : HELD_OUT_SEEDS).map((seed) => ({
    table: simulatedBars(kernel, seed, bars, { edge }),
    tick: MARKET_DEFAULTS.tick,
    session: 'always' as const,
  }));
  return { markets, symbol: SIMULATED_SYMBOL, read: null };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff && text.trim() !== '') return seed;
  throw new GrandModelError(
    'BAD_INPUT',
    `gm evaluate: --market-seed "${text}" is not a number from 0 to 4294967295`,
    {
      seed: text,
    },
  );
}

async function judgeTeams(
  kernel: Kernel,
  { teams }: Candidates,
  output: Output,
): Promise<TeamScore[] | null> {
  const scores: TeamScore[] = [];
  for (const team of teams) {
    const progress = new Progress(output, team.market);
    const score = evaluateTeam(kernel, await loadTraining(), team, (bars) => {
      progress.report(bars, SCORED_BARS);
      return !output.signal.aborted;
    });
    if (!score) return null;
    scores.push(score);
  }
  return scores;
}

/** Looking at a file is a try, though it has no returns. */
function withoutReturns(kernel: Kernel, { voters }: Candidates, table: BarTable): Trial {
  const hashes = voters.map(({ model }) => model.card.sha256).join(' ');
  const trial = {
    format: 1 as const,
    verb: 'evaluate',
    symbol: '',
    configHash: toHex(kernel.sha256(new TextEncoder().encode(`evaluate ${hashes}`))),
    dataHash: barsHash(kernel, table),
    bars: table.rows,
    firstDay: 0,
    netPnl: 0,
    sharpe: null,
    returns: [],
  };
  return withoutResult(trial, 'evaluate has no returns');
}

function voterLines(market: Judged['market'], scores: readonly VoterScore[]): string[] {
  if (scores.length === 0) return [];
  const share = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(1)} %`);
  const plain = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
  return [
    `${market.symbol}${market.simulated ? ' (simulated)' : ''}, ${market.bars} bars`,
    ...scores.flatMap((score) => {
      const { accuracy, skill, directionalAccuracy: right } = score;
      const knows =
        skill && skill.low > 0 ? 'better than the base rates' : 'not shown to beat the base rates';
      return [
        `${score.agent.padEnd(10)} ${score.samples} samples in ${score.blocks} days; ` +
          `${score.name} ${score.sha256.slice(0, 8)}`,
        `  accuracy ${share(accuracy?.value ?? null)} (${share(accuracy?.low ?? null)} to ` +
          `${share(accuracy?.high ?? null)}), commonest class ${share(score.accuracyOfCommonest)}`,
        `  log loss ${plain(score.logLoss)}, base rates ${plain(score.logLossOfBaseRates)}: ${knows}`,
        `  brier    ${plain(score.brier)}, base rates ${plain(score.brierOfBaseRates)}, calibration error ` +
          plain(score.calibrationError),
        `  direction ${share(right?.value ?? null)} right (${share(right?.low ?? null)} to ` +
          `${share(right?.high ?? null)}) of ${score.directionalCount} that were followed by a move`,
      ];
    }),
  ];
}

function teamLine({ market, agents, fraction, myopic, optimum, score }: TeamScore): string {
  const team = `${market}, ${agents} agent${agents === 1 ? '' : 's'}`;
  const other = (optimum > 0 ? myopic / optimum : 0).toFixed(3);
  return (
    `${team}: ${fraction.toFixed(3)} of the optimum on fresh paths; the myopic rule gets ${other}; ` +
    `turnover ${score.turnover.toFixed(3)}`
  );
}
