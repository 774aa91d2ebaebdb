// A round: the voters look at one closed bar, the quorum decides, risk sizes and gates, an order leaves.

import { attestChoice, attestedVote } from '../agents/attestation.ts';
import type { Attestation } from '../agents/attestation.ts';
import { POLICIES, POLICY_CHOICES } from '../agents/policies.ts';
import { VOTERS } from '../agents/roster.ts';
import { abstaining } from '../agents/vote.ts';
import type { Vote } from '../agents/vote.ts';
import { castVote } from '../agents/voter.ts';
import { decide } from '../consensus/quorum.ts';
import { openRound as rememberRound } from '../consensus/reputation.ts';
import { screenVotes } from '../consensus/validity.ts';
import { baseWeights, effectiveWeights } from '../consensus/weights.ts';
import { ByteWriter, toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { barKnownAtMs } from '../market/bar.ts';
import type { Synergy } from '../signals/synergy.ts';
import { NEIGHBOURS } from './decision-row.ts';
import type { Decision, Effect, PatternSummary } from './effects.ts';
import type { EngineCore } from './engine.ts';
import { eventCodec } from './events.ts';
import type { AttestedEvent, AttestedPolicyEvent, BarEvent } from './events.ts';
import type { OpenRound } from './state.ts';
import { halt } from './operator.ts';
import { volumeInLots } from './risk-context.ts';
import { guide, trade } from './trading.ts';

/** Barriers of a round's outcome, in ATR14 (system.md §5). */
const BARRIER_ATR = 1.5;
/** Longest agent name in an attestation, characters. */
const AGENT_LENGTH_MAX = 64;
const LN_3 = 1.0986122886681098;

/** Announces the synergy and casts the votes; without attestation the round is decided at once. */
export function openRound(core: EngineCore, event: BarEvent, synergy: Synergy, effects: Effect[]): void {
  const { state, kernel } = core;
  const listing = core.listings[event.symbol]!;
  const arena = core.arenas[event.symbol]!;
  const { atr, volumeRatio, complete: tacticalComplete } = arena.tactical();
  const synergyId = `${listing.instrument.symbol}-${synergy.tsMs}-${synergy.type}`;
  effects.push({
    kind: 'synergy',
    synergyId,
    correlationId: toHex(kernel.sha256(textBytes(synergyId))).slice(0, 16),
    symbol: event.symbol,
    synergy,
    price: event.close,
    volatility: arena.strategic().sigma,
    volumeRatio,
    nearestLvn: arena.nearestLowNode(event.close),
  });
  const round = ++state.round;
  const barHash = hashBar(core, event);
  arena.writeMatrices();
  const knownAtMs = barKnownAtMs(event.tsMs);
  const votes = VOTERS.map((voter, seat) => {
    const tactical = voter.matrix === 'tactical60x7';
    const complete = tactical ? tacticalComplete : arena.strategicComplete;
    const matrix = complete ? (tactical ? arena.tacticalMatrix : arena.strategicMatrix) : 0;
    return castVote(kernel, voter, core.models[seat]!, { round, barHash, knownAtMs, matrix });
  });
  const open: OpenRound = {
    round,
    symbol: event.symbol,
    knownAtMs,
    synergyId,
    synergy,
    barHash,
    inputsHash: arena.matricesHash(),
    votes,
    attested: votes.map((vote) => vote.abstain !== null),
    atr,
    close: event.close,
    volumeLots: volumeInLots(listing, event.volume),
  };
  if (core.config.attestation === 'none' || !open.attested.includes(false)) {
    conclude(core, open, effects);
    return;
  }
  state.openRounds.push(open);
  effects.push({ kind: 'infer', round, symbol: event.symbol, inputsHash: open.inputsHash });
}

/**
 * Takes the host's evaluation of one voter; the last missing one closes the round. An answer nobody asked for
 * is noted.
 *
 * @throws GrandModelError BAD_ARGUMENT for a round that is no u32 or an agent's name over 64 characters
 */
export function takeAttested(core: EngineCore, event: AttestedEvent, effects: Effect[]): void {
  const { openRounds } = core.state;
  const { round, agent } = event;
  refuseOutside(event);
  const open = openRounds.find((candidate) => candidate.round === round);
  const seat = VOTERS.findIndex((voter) => voter.id === agent);
  const vote = open?.votes[seat];
  if (!open || !vote || open.attested[seat] !== false) {
    effects.push({ kind: 'attestation', round, agent, result: 'unexpected' });
    return;
  }
  const answer = attestedVote(vote, [event.short, event.hold, event.long]);
  open.votes[seat] = answer.vote;
  open.attested[seat] = true;
  effects.push({ kind: 'attestation', round, agent, result: answer.attestation.verdict });
  if (open.attested.includes(false)) return;
  openRounds.splice(openRounds.indexOf(open), 1);
  conclude(core, open, effects);
}

/**
 * Takes the host's evaluation of one policy, asked for after the votes. The second confirmation lets the
 * choice through; a voided one keeps nothing at once.
 *
 * @throws GrandModelError BAD_ARGUMENT as `takeAttested`, and for more answers than choices
 */
export function takeAttestedPolicy(core: EngineCore, event: AttestedPolicyEvent, effects: Effect[]): void {
  const { openRounds } = core.state;
  const { round, agent, probabilities } = event;
  refuseOutside(event);
  const open = openRounds.find((candidate) => candidate.round === round);
  const seat = POLICIES.findIndex(({ id }) => id === agent);
  const place = VOTERS.length + seat;
  if (!open || seat < 0 || open.attested[place] !== false) {
    effects.push({ kind: 'attestation', round, agent, result: 'unexpected' });
    return;
  }
  const { risk, execution } = guide(core, open, judge(core, open).verdict).policy;
  const { verdict } = attestChoice(agent === 'risk' ? risk : execution, probabilities);
  open.attested[place] = true;
  effects.push({ kind: 'attestation', round, agent, result: verdict });
  if (verdict === 'confirmed' && open.attested.includes(false)) return;
  openRounds.splice(openRounds.indexOf(open), 1);
  conclude(core, open, effects, verdict);
}

function refuseOutside(event: AttestedEvent | AttestedPolicyEvent): void {
  const { round, agent } = event;
  const answers = event.kind === 'attestedPolicy' ? event.probabilities.length : 0;
  const [field, value] =
    round >>> 0 !== round
      ? ['round', round]
      : agent.length > AGENT_LENGTH_MAX
        ? ['agent', agent.slice(0, 80)]
        : ['probabilities.length', answers];
  if (field === 'probabilities.length' && answers <= POLICY_CHOICES) return;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot take attestation: ${field} ${value} is out of range`, {
    field,
    value,
  });
}

/**
 * Closes what the host did not attest in time: those voters abstain, because an unknown is never a pass, and
 * for policies that had to be attested it is too late.
 */
export function closeOverdueRounds(core: EngineCore, effects: Effect[]): void {
  const { openRounds } = core.state;
  while (openRounds.length > 0) {
    const open = openRounds.shift()!;
    open.votes = open.votes.map((vote, seat) =>
      open.attested[seat] ? vote : abstaining(vote, 'ATTESTATION_VOID'),
    );
    conclude(core, open, effects, core.config.attestation === 'full' ? 'void' : 'confirmed');
  }
}

/** What the votes of a round come to; the same until the next bar. */
function judge(core: EngineCore, open: OpenRound) {
  const { state, config } = core;
  const roster = VOTERS.map((voter) => voter.id);
  const screening = screenVotes({ roster, round: open.round, barHash: open.barHash }, open.votes);
  const weightsPpm = effectiveWeights(
    baseWeights(roster, open.synergy.type),
    state.reputation.weights,
    config.faultTolerance,
  );
  const verdict = decide({
    votes: screening.accepted,
    weightsPpm,
    faultTolerance: config.faultTolerance,
    synergyDirection: open.synergy.direction,
  });
  return { screening, weightsPpm, verdict };
}

/**
 * Decides. With attestation `full` a verdict that executes waits once more, for the policies.
 *
 * @param policies  what their attestation said; null before it was asked for
 */
function conclude(
  core: EngineCore,
  open: OpenRound,
  effects: Effect[],
  policies: Attestation['verdict'] | null = null,
): void {
  const { state, config, kernel } = core;
  const arena = core.arenas[open.symbol]!;
  const { screening, weightsPpm, verdict } = judge(core, open);
  if (policies === null && verdict.execute && config.attestation === 'full') {
    const { row, risk, execution, quarters } = guide(core, open, verdict).policy;
    if (risk.length > 0 && execution.length > 0) {
      open.attested = [...VOTERS.map(() => true), ...POLICIES.map(() => false)];
      state.openRounds.push(open);
      effects.push({ kind: 'inferPolicies', round: open.round, symbol: open.symbol, row, quarters });
      return;
    }
  }
  const traded = verdict.execute ? trade(core, open, verdict, policies === 'void') : null;
  const decision: Decision = {
    kind: 'decision',
    round: open.round,
    symbol: open.symbol,
    knownAtMs: open.knownAtMs,
    synergyId: open.synergyId,
    barHash: open.barHash,
    inputsHash: open.inputsHash,
    votes: open.votes,
    faults: screening.faults.map(({ agent, kind }) => ({ agent, fault: kind })),
    weightsPpm,
    verdict,
    outcome: traded === null ? 'abstained' : traded.orders.length > 0 ? 'executed' : 'refused',
    refusal: traded?.refusal ?? null,
    sized: traded?.sized ?? null,
    policy: traded?.policy ?? null,
    patterns: patternSummary(core, open.symbol),
    regime: arena.regime().code,
    uncertainty: arena.uncertainty().level,
    equityMicro: state.ledger.equityMicro,
  };
  effects.push(decision);
  for (const end of traded?.replaced ?? []) effects.push({ kind: 'orderEnd', end });
  for (const order of traded?.orders ?? []) effects.push({ kind: 'order', round: open.round, order });
  if (decision.refusal === 'DRAWDOWN_HALT') halt(core, 'DRAWDOWN_HALT', state.nowMs, effects);
  state.symbols[open.symbol]!.confidenceScore = confidenceOf(open.votes, kernel.raw.log);
  rememberRound(state.reputation, {
    round: open.round,
    symbolIndex: open.symbol,
    close: open.close,
    barrier: BARRIER_ATR * open.atr,
    votes: screening.accepted,
  });
}

function patternSummary(core: EngineCore, symbol: number): PatternSummary {
  const { count, outcomeMean, outcomeSpread, hitRate } = core.arenas[symbol]!.patterns(NEIGHBOURS);
  return {
    count,
    mean: outcomeMean ?? Number.NaN,
    spread: outcomeSpread ?? Number.NaN,
    hitRate: hitRate ?? Number.NaN,
  };
}

/** 1 − H(p̄)/ln 3 over the votes that have an opinion; null without one. */
export function confidenceOf(votes: readonly Vote[], log: (x: number) => number): number | null {
  const mean = [0, 0, 0];
  let count = 0;
  for (const vote of votes) {
    if (vote.abstain !== null) continue;
    count++;
    for (let k = 0; k < 3; k++) mean[k]! += vote.probabilities[k]!;
  }
  if (count === 0) return null;
  let entropy = 0;
  for (const sum of mean) if (sum > 0) entropy -= (sum / count) * log(sum / count);
  return 1 - entropy / LN_3;
}

function hashBar(core: EngineCore, event: BarEvent): Uint8Array {
  const writer = new ByteWriter(64);
  eventCodec.write(writer, event);
  return core.kernel.sha256(writer.view8());
}

function textBytes(value: string): Uint8Array {
  const writer = new ByteWriter(64);
  writer.text(value);
  return writer.copy();
}
