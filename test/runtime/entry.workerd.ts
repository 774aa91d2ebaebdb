// workerd: the report is the answer to any request.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';
import { runOnnx } from './run-onnx.ts';

export default {
  async fetch(): Promise<Response> {
    const engine = await runEngine(models);
    return Response.json({ ...engine, onnx: await runOnnx(models, ['wasm']) });
  },
};
