// Issue B, its "must show" figures: `npm run prove -- B`. Steps are named and resumable; see
// scripts/prove.mjs.

import { browserSteps } from './browser.ts';
import { engineSteps } from './commands.ts';
import { comparisonSteps } from './comparisons.ts';
import type { Step } from './figure.ts';
import { scanSteps } from './market-scan.ts';
import { sizeSteps } from './size.ts';

export const steps: readonly Step[] = [
  ...comparisonSteps,
  ...scanSteps,
  ...sizeSteps,
  ...engineSteps,
  ...browserSteps,
];
