// pandas over a column of closing prices, in a process of its own.

import { readFileSync } from 'node:fs';
import { PythonProcess } from '../lib/python.ts';
import { FAST, FEE, SLOW } from './plain-cross.ts';

const PROGRAM = new URL('./pandas-columns.py', import.meta.url);

/** Opens it on a column. Where pandas may be missing: `pythonMissing('pandas')`. */
export function openPandas(close: Float64Array) {
  const python = new PythonProcess(
    readFileSync(PROGRAM, 'utf8'),
    { close: [close] },
    [FAST, SLOW, FEE].map(String),
  );
  return {
    /** Nanoseconds of one run: the moving average of FAST bars, or the backtest. */
    run: async (what: 'mean' | 'cross'): Promise<number> => Number(await python.ask(what)),
    /** What the last run gave: f64 of the average, or value, drawdown and changes. */
    output: (): Float64Array => new Float64Array(python.read('out')),
    close: (): void => python.close(),
  };
}
