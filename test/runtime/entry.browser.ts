// Chromium: the page's script leaves the report where the test can await it.
import { models } from 'gm:models';
import { runEngine } from './run-engine.ts';

Object.assign(globalThis, { report: runEngine(models) });
