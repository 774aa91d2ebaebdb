// The reward R = u − (1 − q)·|u|: what the trade made, less what its failed gates cost. Bounded against
// gaming, not impossible to game.

import { GrandModelError } from '../core/errors.ts';

/** Gates in 0..1, measured by the environment from events; an agent never states its own. */
export interface RewardGates {
  /** Alignment with the strategic direction. */
  readonly strategicGate: number;
  /** Share of the synergy's confidence the trade lived up to; keeps its name, never amplifies. */
  readonly synergyAmplifier: number;
  /** Quality of the fill. */
  readonly executionMultiplier: number;
  /** Distance left to the risk limits. */
  readonly riskHeadroom: number;
}

/**
 * Bounded utility u = c·tanh(x/c), the risk-adjusted profit.
 *
 * @param x     net profit after fees and slippage in units of the risk budget
 * @param c     bound of u, above 0
 * @param tanh  the module's own tanh, so that every host gives the same bits
 * @throws      GrandModelError BAD_ARGUMENT when x is not finite or c not above 0
 */
export function utilityOf(x: number, c: number, tanh: (x: number) => number): number {
  if (!Number.isFinite(x) || !(c > 0))
    throw new GrandModelError('BAD_ARGUMENT', `Cannot value a profit: x ${x}, c ${c}`, { x, c });
  return c * tanh(x / c);
}

/**
 * q, the product of the gates.
 *
 * @throws GrandModelError BAD_ARGUMENT naming the gate outside 0..1
 */
export function gateProduct(gates: RewardGates): number {
  let q = 1;
  for (const [name, gate] of Object.entries(gates) as [string, number][]) {
    if (!(gate >= 0 && gate <= 1))
      throw new GrandModelError('BAD_ARGUMENT', `Cannot reward: ${name} ${gate} is not in 0..1`, {
        name,
        gate,
      });
    q *= gate;
  }
  return q;
}

/**
 * R = u − (1 − q)·|u|: q·u on gains, (2 − q)·u on losses.
 *
 * Sign(R) is that of u or 0; R ≤ u; a failed gate never helps, in profit or loss; R rises with u; no trade
 * gives 0.
 *
 * @param u  utility, finite
 * @param q  product of the gates, 0..1
 * @source   docs/research/multi-agent.md; Skalse et al. 2022 on why no proxy is unhackable
 * @example  rewardOf(0.5, 1) // 0.5
 * @example  rewardOf(-0.5, 0.1) // -0.95
 */
export function rewardOf(u: number, q: number): number {
  return u - (1 - q) * Math.abs(u);
}
