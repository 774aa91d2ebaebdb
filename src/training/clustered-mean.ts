// A mean whose observations come in clusters that share their luck, a market or a week each: its 95 %
// interval is over the clusters, few as they may be, and not over the observations.

/** A mean with its 95 % interval. */
export interface MeanInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Sums of one cluster. */
export interface Cluster {
  readonly sum: number;
  /** Observations in it; clusters weigh by them. */
  readonly count: number;
}

/** Student's t at 97.5 % by degrees of freedom, 1 to 30. */
const T_975 = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
  2.200985, 2.178813, 2.160369, 2.144787, 2.13145, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614,
  2.073873, 2.068658, 2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.04523, 2.042272,
] as const;
const NORMAL_975 = 1.959964;

/**
 * Mean over all observations, with Student's interval from the spread of the clusters around it.
 *
 * @returns  null without observations, or with fewer than two clusters that have any
 * @source   the ratio estimator's variance, Cochran 1977 §6.4; beyond 30 degrees of freedom t is its normal
 *           limit with two terms of Cornish and Fisher's expansion, within 2e-4
 * @example  clusteredMean([{ sum: 1, count: 1 }, { sum: 3, count: 1 }])?.high // 14.706205
 */
export function clusteredMean(clusters: readonly Cluster[]): MeanInterval | null {
  const known = clusters.filter(({ count }) => count > 0);
  if (known.length < 2) return null;
  const count = known.reduce((all, cluster) => all + cluster.count, 0);
  const value = known.reduce((all, { sum }) => all + sum, 0) / count;
  const square = known.reduce((all, cluster) => {
    const away = cluster.sum - value * cluster.count;
    return all + away * away;
  }, 0);
  const degrees = known.length - 1;
  const error = Math.sqrt((square * known.length) / degrees) / count;
  const reach = studentQuantile(degrees) * error;
  return { value, low: value - reach, high: value + reach };
}

function studentQuantile(degrees: number): number {
  const tabled = T_975[degrees - 1];
  if (tabled !== undefined) return tabled;
  const z = NORMAL_975;
  const square = z * z;
  const first = (z * (square + 1)) / 4;
  const second = (z * (5 * square * square + 16 * square + 3)) / 96;
  return z + (first + second / degrees) / degrees;
}
