// Node, Deno, Bun: one JSON line on stdout.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';

console.log(JSON.stringify(await runEngine(models)));
