// Why a decision traded or did not, in sentences made from its own numbers.

import type { DecisionView } from '../runtime/session-view.ts';
import { formatNumber, formatPercent, formatUnits } from './format.ts';

/** One step of a decision: what was asked, what came of it. */
export interface Step {
  readonly name: 'Synergy' | 'Votes' | 'Verdict' | 'Risk' | 'Order';
  readonly passed: boolean;
  readonly text: string;
}

/** What each risk rule means. */
const RULES: Readonly<Record<string, string>> = {
  HALTED: 'trading is halted',
  UNKNOWN: 'something it must know is not known yet, and unknown blocks new risk',
  DRAWDOWN_HALT: 'the drawdown limit is reached',
  DAILY_LOSS: 'the daily loss limit is reached',
  GAP_BLOCK: 'there was a gap in the data',
  UNCERTAINTY_HIGH: 'uncertainty is HIGH, which takes no new risk',
  ORDER_RATE: 'too many orders in a minute',
  ZERO_SIZE: 'the size comes to nothing, or the position is already that large',
  PER_TRADE_LOSS: 'the loss limit of one trade',
  GROSS: 'the limit on gross exposure',
  NET: 'the limit on net exposure',
  INSTRUMENT_CAP: 'the limit on one instrument',
  GROUP_CAP: 'the limit on a correlated group',
  VAR95: 'the limit on one-day value at risk (95 %)',
  VAR99: 'the limit on one-day value at risk (99 %)',
  SLIPPAGE_GUARD: 'the slippage guard',
  RISK_POLICY: 'the risk policy keeps none of the size',
  EXECUTION_POLICY: 'the execution policy would not send it',
};

/** How each style sends an entry. */
const STYLES: Readonly<Record<string, string>> = {
  MARKET: 'at market on the next bar',
  LIMIT_TOUCH: 'at the near side of the spread, for half an hour',
  LIMIT_MID: 'at the close as a limit, for half an hour',
  TWAP_3: 'in three parts on the next three bars',
};

/** The steps of a decision up to the one that ended it. */
export function explain(decision: DecisionView): Step[] {
  const steps: Step[] = [];
  const { synergy } = decision;
  if (synergy) {
    const order = synergy.signals.map((signal) => signal.kind).join(' → ');
    const when = `in ${synergy.barsToComplete} bars, confidence ${synergy.confidence.toFixed(2)}`;
    const text = `${synergy.type.replace('_', ' ')} ${synergy.direction}: ${order} ${when}`;
    steps.push({ name: 'Synergy', passed: true, text });
  }
  steps.push({
    name: 'Votes',
    passed: decision.votes.every((vote) => vote.abstain === null),
    text: votesText(decision),
  });
  steps.push({ name: 'Verdict', passed: decision.execute, text: verdictText(decision) });
  if (!decision.execute) return steps;
  steps.push({ name: 'Risk', passed: decision.refusal === null, text: riskText(decision) });
  if (decision.ordered !== null) {
    const side = decision.ordered > 0 ? 'Buy' : 'Sell';
    const units = formatUnits(Math.abs(decision.ordered));
    const how = STYLES[decision.policy?.style ?? 'MARKET'] ?? STYLES['MARKET'];
    const text = `${side} ${units} ${how}, stop 2 ATR, target 3 ATR`;
    steps.push({ name: 'Order', passed: true, text });
  }
  return steps;
}

/** The decision in one short line, for lists and announcements. */
export function headline(decision: DecisionView): string {
  if (decision.ordered !== null) {
    return `${decision.direction} ${formatUnits(Math.abs(decision.ordered))} ordered`;
  }
  if (decision.refusal !== null) return `${decision.direction} refused by ${decision.refusal}`;
  return `no trade: ${decision.reason.toLowerCase().replaceAll('_', ' ')}`;
}

function votesText(decision: DecisionView): string {
  const all = decision.votes.length;
  const silent = decision.votes.filter((vote) => vote.abstain !== null);
  const attested = decision.votes.filter((vote) => vote.attested === 'confirmed').length;
  const counted = `${all - silent.length} of ${all} voters have an opinion`;
  const second = attested > 0 ? `, ${attested} confirmed by the second evaluator` : '';
  const why = silent.map((vote) => `${vote.agent} abstains (${vote.abstain ?? ''})`);
  return [`${counted}${second}`, ...why, ...decision.faults].join('; ');
}

function verdictText(decision: DecisionView): string {
  const winner = `${decision.direction} holds ${formatPercent(decision.winner)} of the weight`;
  switch (decision.reason) {
    case 'EXECUTE':
      return `${winner}, 65 % are needed; size confidence ${decision.sizeConfidence.toFixed(3)}`;
    case 'NO_QUORUM':
      return `No quorum: ${winner}, 65 % are needed`;
    case 'HOLD':
      return `${winner}: the voters agree to stay out`;
    case 'AGAINST_SYNERGY':
      return `${winner} against the synergy's direction, which takes 95 %`;
    case 'LOW_CONFIDENCE':
      return `${winner}, but size confidence ${decision.sizeConfidence.toFixed(3)} is under 0.520`;
    default:
      return 'Too few votes: three of four are needed';
  }
}

function riskText(decision: DecisionView): string {
  const { sized, refusal, uncertainty } = decision;
  if (refusal !== null) return `Refused by ${refusal}: ${RULES[refusal] ?? 'a limit'}`;
  if (sized === null) return 'Approved';
  const risk = `${formatPercent(sized.riskFraction, 2)} of equity at risk at the stop`;
  const factor = uncertainty === 'MEDIUM' ? ', halved by MEDIUM uncertainty' : '';
  const cap = sized.code
    ? `; cut to ${formatUnits(Math.abs(sized.units))} by ${RULES[sized.code] ?? sized.code}`
    : '';
  const kept = decision.policy && decision.policy.quarters < 4 ? `; ${decision.policy.quarters}/4 kept` : '';
  return `Approved: ${risk}${factor}${cap}${kept}`;
}

/** Names of matrix columns as words. */
export function evidenceText(evidence: readonly { name: string; value: number }[]): string {
  return evidence
    .map(({ name, value }) => `${name.replaceAll('_', ' ')} ${formatNumber(value, 2)}`)
    .join(' · ');
}
