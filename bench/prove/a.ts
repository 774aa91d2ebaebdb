// Issue A, every "must show" figure: `npm run prove -- A`. Steps are named and resumable; see
// scripts/prove.mjs.

import { commandSteps } from './commands.ts';
import type { Step } from './figure.ts';
import { coarseRegimeSteps, regimeStep } from './regime.ts';
import { runSteps } from './runs.ts';
import { portfolioSteps, trialSteps } from './trials.ts';
import { verificationSteps } from './verification.ts';

export const steps: readonly Step[] = [
  ...runSteps,
  ...portfolioSteps,
  regimeStep,
  ...coarseRegimeSteps,
  ...commandSteps,
  ...trialSteps,
  ...verificationSteps,
];
