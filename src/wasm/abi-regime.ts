// The kernel's ABI for the scale of returns and the regime. Addresses are byte offsets in kernel memory.

/** The shared scale of 30-minute returns (assembly/statistics/scale.ts). */
export interface ScaleAbi {
  scaleBytes(): number;
  scaleInit(address: number): void;
  /** Takes one closed 30-minute bar: open stamp in ms UTC, closing price > 0. */
  scalePush(address: number, tsMs: number, close: number): void;
}

/** The regime (assembly/statistics/regime.ts); its outputs lie at the offsets of src/signals/regime.ts. */
export interface RegimeAbi {
  /** Bytes of one regime: outputs, parameters and the window of 8,000 inputs. */
  regimeBytes(): number;
  /** Starts a regime that refits itself; 0 when the refit scratch could not be reserved. */
  regimeInit(address: number): number;
  /** Writes the shipped parameters, scaled by f64[count] inputs, as 80 bytes at `out`. */
  regimeDefault(inputs: number, count: number, out: number): void;
  /** Starts a regime with 80 bytes of given parameters: no refits, answers from the first bar. */
  regimeInitFixed(address: number, parameters: number): void;
  /** Takes the bar that the Scale at `scale` has just taken. */
  regimePush(address: number, scale: number): void;
  /** Takes one log return already divided by its time-of-day factor; NaN only ages the state. */
  regimePushInput(address: number, input: number): void;
  /** Address of the 80 bytes of parameters inside a regime. */
  regimeParameters(address: number): number;
  /**
   * Fits on f64[count] inputs, oldest first; the model written at `out` (1 tied, 2 free), or −1 and `out`
   * untouched.
   */
  fitRegime(inputs: number, count: number, out: number, work: number): number;
  /** Scratch bytes that `fitRegime` needs. */
  fitRegimeWorkBytes(count: number): number;
  /**
   * One step of a general Gaussian Hamilton filter over `states`; returns ln p(y | past). `transition`
   * f64[states²] by rows, `predicted` f64[states] in and out, `filtered` f64[states] out.
   */
  hamiltonStep(
    states: number,
    transition: number,
    mean: number,
    sd: number,
    y: number,
    predicted: number,
    filtered: number,
  ): number;
}
