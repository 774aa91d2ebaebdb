// Issue C, every "must show" figure: `npm run prove -- C`. Steps are named and resumable; see
// scripts/prove.mjs.

import { evaluationSteps } from './evaluation.ts';
import type { Step } from './figure.ts';
import { gamingSteps } from './gaming.ts';
import { trainingSteps } from './training.ts';

export const steps: readonly Step[] = [...trainingSteps, ...evaluationSteps, ...gamingSteps];
