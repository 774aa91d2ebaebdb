// workerd: the report is the answer to any request.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';

export default {
  async fetch(): Promise<Response> {
    return Response.json(await runEngine(models));
  },
};
