// The engine's configuration: pinned in the journal's header, so it never changes behind a run's back.

import type { Codec } from '../core/codec.ts';
import { bool, i64, list, nullable, oneOf, struct, text, u16, u32, u8 } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { MICRO, PPM } from '../core/units.ts';
import { DEFAULT_LIMITS, riskLimitsCodec } from '../risk/limits.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { OPERATORS_MAX } from '../risk/kill-switch.ts';
import { FILL_MODEL_NAMES } from '../execution/fill-model.ts';
import type { FillModelName } from '../execution/fill-model.ts';

/**
 * `none`: the reference evaluator decides alone; `live`: the host's ONNX evaluator must confirm every vote;
 * `full`: every vote, and what the policies choose. New modes go to the end: a journal keeps the index.
 */
export const ATTESTATION_MODES = ['none', 'live', 'full'] as const;
export type AttestationMode = (typeof ATTESTATION_MODES)[number];

/** `trained`: models keep part of a sized quantity and choose how it is sent; `none`: all of it, MARKET. */
export const POLICY_MODES = ['none', 'trained'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

/** Everything an operator chooses before the first event. */
export interface EngineConfig {
  /** Starting cash, micro-quote. */
  equityMicro: number;
  /** Seeds the paper broker's latency draws. */
  seed: number;
  attestation: AttestationMode;
  policies: PolicyMode;
  fillModel: FillModelName;
  limits: RiskLimits;
  /** Faulty voters tolerated, 1..3; the roster needs 3 f + 1. */
  faultTolerance: number;
  /** Symbol whose returns the correlation column compares with, or null. */
  reference: number | null;
  /** Rows of each symbol's pattern memory, a power of two, 256..65,536. */
  patterns: number;
  /** Part of every client order id: a new account, a new epoch. */
  accountEpoch: number;
  /** Names of operators whose keys may reset a halt; with two or more, two must ask. */
  operators: string[];
  /** True when the bars come from the market generator; shown wherever results are. */
  simulated: boolean;
}

export const engineConfigCodec: Codec<EngineConfig> = struct<EngineConfig>({
  equityMicro: i64,
  seed: u32,
  attestation: oneOf(ATTESTATION_MODES),
  policies: oneOf(POLICY_MODES),
  fillModel: oneOf(FILL_MODEL_NAMES),
  limits: riskLimitsCodec,
  faultTolerance: u8,
  reference: nullable(u16),
  patterns: u32,
  accountEpoch: u32,
  operators: list(text, OPERATORS_MAX),
  simulated: bool,
});

/** The configuration of a paper run when nothing is chosen: 100,000 quote units, pessimistic fills. */
export const DEFAULT_CONFIG: Readonly<EngineConfig> = {
  equityMicro: 100_000 * MICRO,
  seed: 1,
  attestation: 'none',
  policies: 'trained',
  fillModel: 'pessimistic',
  limits: DEFAULT_LIMITS,
  faultTolerance: 1,
  reference: null,
  patterns: 65_536,
  accountEpoch: 1,
  operators: [],
  simulated: false,
};

/**
 * Refuses a configuration that cannot run.
 *
 * @param symbols  count of instruments
 * @throws         GrandModelError BAD_ARGUMENT naming the field and its value
 */
export function checkConfig(config: EngineConfig, symbols: number): void {
  const refuse = (field: string, value: number, wanted: string): never => {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot start: ${field} ${value} is not ${wanted}`, {
      field,
      value,
    });
  };
  const { equityMicro, patterns, reference, faultTolerance, seed } = config;
  if (!Number.isSafeInteger(equityMicro) || equityMicro < MICRO) {
    refuse('equityMicro', equityMicro, 'a whole number of at least 1,000,000');
  }
  if (
    !Number.isInteger(patterns) ||
    patterns < 256 ||
    patterns > 65_536 ||
    (patterns & (patterns - 1)) !== 0
  ) {
    refuse('patterns', patterns, 'a power of two from 256 to 65536');
  }
  if (reference !== null && !(reference >= 0 && reference < symbols)) {
    refuse('reference', reference, `a symbol from 0 to ${symbols - 1}`);
  }
  if (faultTolerance !== 1) refuse('faultTolerance', faultTolerance, '1: the roster has four voters');
  const { riskMultiplierPpm } = config.limits;
  if (!(riskMultiplierPpm >= PPM && riskMultiplierPpm <= 2 * PPM))
    refuse('riskMultiplierPpm', riskMultiplierPpm, 'from 1,000,000 to 2,000,000');
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff))
    refuse('seed', seed, 'a 32-bit whole number');
}
