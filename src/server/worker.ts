// The app on workerd: no files and no page, models and kernel are part of the deployment.

import { indicatorsModule } from '#indicators';
import { kernelHash, kernelModule } from '#kernel';
import { models } from 'gm:models';
import { MODELLED } from '../agents/policies.ts';
import type { ModelFiles } from '../engine/open.ts';
import { createApp } from './app.ts';

const decoder = new TextDecoder();
const entries = MODELLED.map(({ id, file, card }) => {
  const [onnx, text] = [models[file], models[card]];
  if (!onnx || !text) throw new Error(`Cannot start: ${file} is not part of the deployment`);
  return [id, { onnx, card: decoder.decode(text) }] as const;
});

const app = createApp({
  models: Object.fromEntries(entries) satisfies ModelFiles,
  kernelModule,
  indicatorsModule,
  kernelHash,
  now: () => Date.now(),
  clock: () => performance.now(),
  asset: null,
  market: null,
});

export default { fetch: (request: Request) => app.fetch(request) };
