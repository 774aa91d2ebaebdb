// Expected cost of crossing the market, shared by the gate's slippage guard and the paper broker.

/** Share of a bar's volume assumed when the source has none. */
const ASSUMED_PARTICIPATION = 0.01;

/**
 * Square-root impact.
 *
 * @param sigmaBp     standard deviation of the bar's return, basis points, ≥ 0
 * @param lots        lots traded, sign ignored
 * @param volumeLots  the bar's volume in lots; 0 where the source has none (1 % participation is assumed)
 * @returns           basis points, ≥ 0
 * @source            Almgren et al. 2005, Tóth et al. 2011 (prefactor 1)
 * @example           impactBp(10, 4, 400) // 1
 */
export function impactBp(sigmaBp: number, lots: number, volumeLots: number): number {
  const participation = volumeLots > 0 ? Math.abs(lots) / volumeLots : ASSUMED_PARTICIPATION;
  return sigmaBp * Math.sqrt(participation);
}

/**
 * Most lots whose half-spread and impact together stay within a guard.
 *
 * @returns lots ≥ 0, Infinity where nothing binds; NaN inputs give 0
 */
export function lotsWithinSlippage(
  guardBp: number,
  halfSpreadBp: number,
  sigmaBp: number,
  volumeLots: number,
): number {
  const room = guardBp - halfSpreadBp;
  if (!(room >= 0 && sigmaBp >= 0)) return 0;
  if (sigmaBp === 0) return Infinity;
  if (!(volumeLots > 0)) return room >= impactBp(sigmaBp, 1, 0) ? Infinity : 0;
  const ratio = room / sigmaBp;
  return Math.floor(volumeLots * ratio * ratio);
}
