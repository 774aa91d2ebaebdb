// Fair value gaps of the simulated market as it is made, so that their follow-through can be planted. The
// definition is that of system.md §3; it looks only at bars already made.

/** Oldest live gap, bars. */
const AGE_MAX = 50;
/** Bars of follow-through after a held first touch. */
const FOLLOW_BARS = 6;
const ATR_BARS = 14;

interface Gap {
  readonly side: 1 | -1;
  readonly top: number;
  readonly bottom: number;
  age: number;
}

/** Watches the bars and says in which direction the next one is pushed. */
export class GapEdge {
  private readonly tick: number;
  private gaps: Gap[] = [];
  private seen = 0;
  private close = 0;
  private atr = 0;
  private high1 = 0;
  private high2 = 0;
  private low1 = 0;
  private low2 = 0;
  private side: 1 | 0 | -1 = 0;
  private left = 0;

  constructor(tick: number) {
    this.tick = tick;
  }

  /** Direction planted in the next bar: 1, -1 or 0 for none. */
  get push(): 1 | 0 | -1 {
    return this.left > 0 ? this.side : 0;
  }

  /** A hole in time: three bars across it are no gap. */
  interrupt(): void {
    this.seen = 0;
  }

  /** Takes a finished bar. */
  take(high: number, low: number, close: number): void {
    if (this.left > 0) this.left -= 1;
    this.touch(high, low, close);
    const range = this.close > 0 ? Math.max(high, this.close) - Math.min(low, this.close) : high - low;
    this.atr += (range - this.atr) / ATR_BARS;
    if (this.seen >= 2) this.open(high, low);
    this.high2 = this.high1;
    this.low2 = this.low1;
    this.high1 = high;
    this.low1 = low;
    this.close = close;
    this.seen += 1;
  }

  private touch(high: number, low: number, close: number): void {
    // Most bars find no gap open; what they would leave behind is most of what the generator allocates.
    if (this.gaps.length === 0) return;
    let [bull, bear] = [false, false];
    this.gaps = this.gaps.filter((gap) => {
      gap.age += 1;
      const touched = gap.side > 0 ? low <= gap.top : high >= gap.bottom;
      if (touched && gap.side > 0 && close > gap.bottom) bull = true;
      if (touched && gap.side < 0 && close < gap.top) bear = true;
      return !touched && gap.age < AGE_MAX;
    });
    if (bull === bear) return;
    this.side = bull ? 1 : -1;
    this.left = FOLLOW_BARS;
  }

  private open(high: number, low: number): void {
    const size = Math.max(2 * this.tick, 0.05 * this.atr);
    if (low - this.high2 >= size) this.gaps.push({ side: 1, top: low, bottom: this.high2, age: 0 });
    else if (this.low2 - high >= size) this.gaps.push({ side: -1, top: this.low2, bottom: high, age: 0 });
  }
}
