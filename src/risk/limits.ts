// Risk limits as parts per million of equity, and their reading from configuration. The strictest of default,
// profile and configured value wins: configuration can tighten a limit and never loosen one.

import { struct, u16, u32 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { PPM } from '../core/units.ts';

/** Limits of one engine. Fractions are ppm of equity. */
export interface RiskLimits {
  /** Drawdown from the high-water mark that warns, halves new risk, halts. */
  drawdownWarnPpm: number;
  drawdownHalvePpm: number;
  drawdownHaltPpm: number;
  dailyLossPpm: number;
  perTradeLossPpm: number;
  grossPpm: number;
  netPpm: number;
  /** One instrument, in runs of several symbols. */
  instrumentPpm: number;
  /** Instruments correlated with |ρ| ≥ .7, together. */
  groupPpm: number;
  ordersPerMinute: number;
  var95Ppm: number;
  var99Ppm: number;
  slippageGuardBp: number;
  /** Scales the sized quantity before the caps, 1,000,000..2,000,000. */
  riskMultiplierPpm: number;
}

/** Canonical encoding of limits. */
export const riskLimitsCodec: Codec<RiskLimits> = struct<RiskLimits>({
  drawdownWarnPpm: u32,
  drawdownHalvePpm: u32,
  drawdownHaltPpm: u32,
  dailyLossPpm: u32,
  perTradeLossPpm: u32,
  grossPpm: u32,
  netPpm: u32,
  instrumentPpm: u32,
  groupPpm: u32,
  ordersPerMinute: u16,
  var95Ppm: u32,
  var99Ppm: u32,
  slippageGuardBp: u16,
  riskMultiplierPpm: u32,
});

/** Default limits (system.md §8). */
export const DEFAULT_LIMITS: Readonly<RiskLimits> = {
  drawdownWarnPpm: 50_000,
  drawdownHalvePpm: 100_000,
  drawdownHaltPpm: 150_000,
  dailyLossPpm: 30_000,
  perTradeLossPpm: 10_000,
  grossPpm: 2_000_000,
  netPpm: 1_000_000,
  instrumentPpm: 150_000,
  groupPpm: 300_000,
  ordersPerMinute: 20,
  var95Ppm: 20_000,
  var99Ppm: 50_000,
  slippageGuardBp: 25,
  riskMultiplierPpm: 1_000_000,
};

/** Drawdown steps of the conservative profile: warn .01, halve .015, halt .02. */
const CONSERVATIVE_DRAWDOWN = { drawdownWarnPpm: 10_000, drawdownHalvePpm: 15_000, drawdownHaltPpm: 20_000 };

type Setting = number | string | undefined;

/**
 * Configuration as it comes from a file or from environment variables: numbers or their text; fractions of
 * equity.
 */
export interface LimitsConfig {
  readonly profile?: string | undefined;
  readonly MAX_DRAWDOWN?: Setting;
  readonly RISK_MULTIPLIER?: Setting;
  readonly dailyLoss?: Setting;
  readonly perTradeLoss?: Setting;
  readonly gross?: Setting;
  readonly net?: Setting;
  readonly instrument?: Setting;
  readonly group?: Setting;
  readonly ordersPerMinute?: Setting;
  readonly var95?: Setting;
  readonly var99?: Setting;
  readonly slippageGuardBp?: Setting;
}

const FRACTIONS = [
  ['dailyLoss', 'dailyLossPpm'],
  ['perTradeLoss', 'perTradeLossPpm'],
  ['gross', 'grossPpm'],
  ['net', 'netPpm'],
  ['instrument', 'instrumentPpm'],
  ['group', 'groupPpm'],
  ['var95', 'var95Ppm'],
  ['var99', 'var99Ppm'],
] as const;

const COUNTS = ['ordersPerMinute', 'slippageGuardBp'] as const;

/**
 * Reads limits from configuration.
 *
 * @throws  GrandModelError BAD_ARGUMENT naming the field and its value
 * @example parseLimits({ MAX_DRAWDOWN: '0.08' }).drawdownHalvePpm // 80000
 */
export function parseLimits(config: LimitsConfig): RiskLimits {
  const limits: RiskLimits = { ...DEFAULT_LIMITS };
  if (config.profile === 'conservative') Object.assign(limits, CONSERVATIVE_DRAWDOWN);
  else if (config.profile !== undefined && config.profile !== 'default') {
    throw refused('profile', config.profile, 'default or conservative');
  }
  for (const [field, limit] of FRACTIONS) {
    const fraction = numberOf(config, field, 0, 10);
    if (fraction !== null) limits[limit] = Math.min(limits[limit], Math.round(fraction * PPM));
  }
  for (const field of COUNTS) {
    const count = numberOf(config, field, 0, 65_535);
    if (count !== null) limits[field] = Math.min(limits[field], Math.floor(count));
  }
  const drawdown = numberOf(config, 'MAX_DRAWDOWN', 1e-6, 1);
  if (drawdown !== null)
    limits.drawdownHaltPpm = Math.min(limits.drawdownHaltPpm, Math.round(drawdown * PPM));
  limits.drawdownHalvePpm = Math.min(limits.drawdownHalvePpm, limits.drawdownHaltPpm);
  limits.drawdownWarnPpm = Math.min(limits.drawdownWarnPpm, limits.drawdownHalvePpm);
  const multiplier = numberOf(config, 'RISK_MULTIPLIER', 1, 2);
  if (multiplier !== null) limits.riskMultiplierPpm = Math.round(multiplier * PPM);
  return limits;
}

function numberOf(config: LimitsConfig, field: keyof LimitsConfig, low: number, high: number): number | null {
  const given = config[field];
  if (given === undefined) return null;
  const value = typeof given === 'string' && given.trim() === '' ? NaN : Number(given);
  if (!(value >= low && value <= high)) throw refused(field, String(given), `a number ${low}..${high}`);
  return value;
}

function refused(field: string, value: string, wanted: string): GrandModelError {
  const shown = value.slice(0, 80);
  return new GrandModelError('BAD_ARGUMENT', `Cannot read limits: ${field} "${shown}" is not ${wanted}`, {
    field,
    value: shown,
  });
}
