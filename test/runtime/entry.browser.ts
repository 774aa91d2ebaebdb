// Chromium: the page's script leaves the report where the test can await it.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';
import { runOnnx } from './run-onnx.ts';

async function report(): Promise<object> {
  const engine = await runEngine(models);
  return { ...engine, onnx: await runOnnx(models, ['wasm', 'webgpu']) };
}

Object.assign(globalThis, { report: report() });
