// The tactical answer: indicators of the last 5m bar, what each asked agent says, what the run over the bars
// did.

import { VOTERS } from '../agents/roster.ts';
import { argmax } from '../agents/vote.ts';
import type { Vote } from '../agents/vote.ts';
import { toHex } from '../core/bytes.ts';
import { DIRECTION_NAMES, HOLD, PPM } from '../core/units.ts';
import { askVoters } from '../engine/ask.ts';
import type { Opinion } from '../engine/ask.ts';
import { Adx, Atr, Stochastic } from '../indicators/bars.ts';
import { Bollinger, Ema, Macd, Rsi, Sma } from '../indicators/series.ts';
import { loadIndicators } from '../indicators/memory.ts';
import type { ServerHost } from './host.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import { TACTICAL_COLUMNS, TACTICAL_ROWS } from '../wasm/abi-signals.ts';
import type { Played } from './play.ts';
import { known } from './strategic.ts';
import type { TacticalRequest } from './wire.ts';

/** Room for the eight streaming states of one request. */
const INDICATOR_BYTES = 1 << 18;
const SIZE_FACTOR = { LOW: 1, MEDIUM: 0.5, HIGH: 0 } as const;

/** The body of the answer without its times; numbers that are not known yet are null. */
export async function tacticalAnswer(host: ServerHost, played: Played, agents: TacticalRequest['agents']) {
  const { engine, last, synergy } = played;
  const opinion = askVoters(engine, last, synergy);
  const level = UNCERTAINTY_LEVELS[engine.core.arenas[0]!.uncertainty().level];
  const trades = opinion.risk !== null && opinion.risk.refusal === null;
  return {
    indicators: await indicatorsOf(host, played),
    agent_actions: Object.fromEntries(agents.map((agent) => [agent, actionOf(agent, opinion, played)])),
    performance_metrics: performanceOf(played),
    model_exports: [...engine.core.models, ...engine.core.policies].map(({ card, modelHash }) => ({
      agent: card.agent,
      name: card.name,
      file: card.file,
      sha256: toHex(modelHash),
      format: 'onnx',
      size_bytes: card.size_bytes,
    })),
    synergy: synergy && { type: synergy.type, direction: DIRECTION_NAMES[synergy.direction] },
    combined_confidence: trades ? opinion.verdict.sizeConfidence * SIZE_FACTOR[level] : 0,
  };
}

function actionOf(agent: string, opinion: Opinion, played: Played) {
  const { verdict, risk, weightsPpm } = opinion;
  const seat = VOTERS.findIndex((voter) => voter.id === agent);
  const vote = opinion.votes[seat];
  if (vote) return voterAction(vote, (weightsPpm[seat] ?? 0) / PPM);
  const direction = DIRECTION_NAMES[verdict.direction];
  if (agent === 'tactical') {
    return {
      source: 'quorum',
      action: verdict.execute ? direction : 'HOLD',
      direction,
      execute: verdict.execute,
      reason: verdict.reason,
      weight: verdict.winnerPpm / PPM,
      quorum: verdict.quorum,
      valid_votes: verdict.validVotes,
      size_confidence: verdict.sizeConfidence,
    };
  }
  const { lot } = played.engine.core.listings[0]!.instrument;
  const approved = risk !== null && risk.refusal === null;
  const guided = played.engine.core.policies.length > 0;
  if (agent === 'risk') {
    return {
      source: guided ? 'model, then the gate' : 'deterministic gate',
      trained: guided,
      quarters: risk?.policy.quarters ?? null,
      probabilities: guided ? (risk?.policy.risk ?? null) : null,
      action: risk === null ? 'NOT_ASKED' : approved ? 'APPROVED' : 'REFUSED',
      code: risk?.refusal ?? null,
      quantity: risk === null ? 0 : risk.sized.lots * lot,
      risk_fraction: risk?.sized.riskFraction ?? 0,
    };
  }
  return {
    source: guided ? 'model' : 'deterministic rule',
    trained: guided,
    probabilities: guided ? (risk?.policy.execution ?? null) : null,
    action: approved ? risk.policy.style : 'NONE',
    quantity: approved ? risk.sized.lots * lot : 0,
  };
}

function voterAction(vote: Vote, weight: number) {
  const [short, hold, long] = vote.probabilities;
  return {
    source: 'model',
    action: DIRECTION_NAMES[vote.abstain === null ? argmax(vote.probabilities) : HOLD],
    probabilities: { SHORT: short, HOLD: hold, LONG: long },
    abstain: vote.abstain,
    weight,
    evidence: Object.fromEntries(vote.evidence.map(({ name, value }) => [name, known(value)])),
    model_sha256: toHex(vote.modelHash),
  };
}

async function indicatorsOf(host: ServerHost, { engine, events }: Played) {
  const memory = await loadIndicators({
    module: await host.indicatorsModule(),
    memoryBytes: INDICATOR_BYTES,
  });
  const { kernel } = engine.core;
  const arena = engine.core.arenas[0]!;
  const sma = new Sma(memory, 20);
  const ema = new Ema(memory, 20);
  const rsi = new Rsi(memory);
  const macd = new Macd(memory);
  const bands = new Bollinger(memory);
  const atr = new Atr(memory);
  const adx = new Adx(memory);
  const stochastic = new Stochastic(memory);
  for (const bar of events) {
    for (const series of [sma, ema, rsi, macd, bands]) series.push(bar.close);
    for (const indicator of [atr, adx, stochastic]) indicator.push(bar);
  }
  arena.writeMatrices();
  const width = TACTICAL_COLUMNS.length;
  const rows = kernel.f32(arena.tacticalMatrix, TACTICAL_ROWS * width);
  const newest = TACTICAL_COLUMNS.map(
    (name, i) =>
      [name, arena.tactical().complete ? known(rows[(TACTICAL_ROWS - 1) * width + i]) : null] as const,
  );
  return {
    sma_20: known(sma.value),
    ema_20: known(ema.value),
    rsi_14: known(rsi.value),
    macd: known(macd.value),
    macd_signal: known(macd.signal),
    macd_histogram: known(macd.histogram),
    bollinger_upper: known(bands.upper),
    bollinger_middle: known(bands.value),
    bollinger_lower: known(bands.lower),
    atr_14: known(atr.value),
    adx_14: known(adx.value),
    stochastic_k: known(stochastic.value),
    stochastic_d: known(stochastic.slowD),
    ...Object.fromEntries(newest),
  };
}

/** What the paper account did over the given bars, and how fast the engine was. */
function performanceOf({ report, seconds }: Played) {
  return {
    bars: report.bars,
    engine_seconds: seconds,
    bars_per_second: seconds > 0 ? report.bars / seconds : null,
    decisions: report.decisions,
    executed: report.executed,
    trades: report.trades,
    net_pnl: report.netPnl,
    max_drawdown: report.maxDrawdown,
    win_rate: report.winRate,
  };
}
