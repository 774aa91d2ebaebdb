// Progress on standard error for anything over two seconds: a count, a share when the total is known, an
// estimate of the rest.

import type { Output } from './verb.ts';

const FIRST_AFTER_MS = 2_000;
const EVERY_MS = 1_000;

/** Reports how far a long job is; silent for short ones. */
export class Progress {
  private readonly output: Output;
  private readonly label: string;
  private readonly startedMs = performance.now();
  private nextMs = FIRST_AFTER_MS;

  constructor(output: Output, label: string) {
    this.output = output;
    this.label = label;
  }

  /** @param done units finished @param total units in all, or null when unknown */
  report(done: number, total: number | null): void {
    const elapsedMs = performance.now() - this.startedMs;
    if (elapsedMs < this.nextMs) return;
    this.nextMs = elapsedMs + EVERY_MS;
    const rate = done / (elapsedMs / 1000);
    const share = total ? ` of ${total.toLocaleString('en')} (${Math.floor((100 * done) / total)} %)` : '';
    const left = total && rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : '';
    this.output.note(`${this.label}: ${done.toLocaleString('en')}${share}, ${Math.round(rate)}/s${left}`);
  }
}
