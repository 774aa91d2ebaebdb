// Node, Deno, Bun: one JSON line on stdout.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';
import { runOnnx } from './run-onnx.ts';

const engine = await runEngine(models);
console.log(JSON.stringify({ ...engine, onnx: await runOnnx(models, ['wasm']) }));
