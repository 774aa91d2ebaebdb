// Adam and the arithmetic of a batch: norms, moments, rows by index, generalised advantages.

/** Σ x² over f32[count], in f64. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const v = <f64>load<f32>(x + (<usize>i << 2));
    sum += v * v;
  }
  return sum;
}

/**
 * One Adam step on f32[count], count a multiple of 4 (padding stays 0 where its gradient is 0).
 *
 * @param scale          factor on the gradient, which clips its norm
 * @param firstCorrection   1/(1 − β₁^t)
 * @param secondCorrection  1/√(1 − β₂^t)
 * @source Kingma & Ba 2015, algorithm 1
 */
export function adamStep(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  firstCorrection: f32,
  secondCorrection: f32,
  scale: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(<f32>1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(<f32>1 - beta2);
  const step = f32x4.splat(rate * firstCorrection);
  const floor = f32x4.splat(epsilon);
  const root = f32x4.splat(secondCorrection);
  const factor = f32x4.splat(scale);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const g = f32x4.mul(v128.load(gradient + at), factor);
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first + at)), f32x4.mul(take1, g));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second + at)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const size = f32x4.add(f32x4.mul(f32x4.sqrt(v), root), floor);
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), f32x4.div(f32x4.mul(step, m), size)));
  }
}

/** out[rows, n] = from[index[row], n]; any 4-byte cells. */
export function gatherRows(from: usize, index: usize, out: usize, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(out, from + <usize>load<i32>(index) * bytes, bytes);
    out += bytes;
    index += 4;
  }
}

/** out f64[2] = mean and standard deviation (over count, not count − 1) of f32[count]. */
export function momentsOf(x: usize, count: i32, out: usize): void {
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) sum += <f64>load<f32>(x + (<usize>i << 2));
  const mean = sum / <f64>count;
  let squares: f64 = 0;
  for (let i = 0; i < count; i++) {
    const d = <f64>load<f32>(x + (<usize>i << 2)) - mean;
    squares += d * d;
  }
  store<f64>(out, mean);
  store<f64>(out, Math.sqrt(squares / <f64>count), 8);
}

/** out = (x − shift) · scale over f32[count]; out may be x. */
export function rescale(x: usize, out: usize, count: i32, shift: f64, scale: f64): void {
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, <f32>((<f64>load<f32>(x + at) - shift) * scale));
  }
}

/**
 * Generalised advantages and λ-returns over f32[steps, rows], time-major; values has steps + 1 rows.
 *
 * @source Schulman et al. 2016, eq. 16
 */
export function generalisedAdvantages(
  rewards: usize,
  values: usize,
  steps: i32,
  rows: i32,
  gamma: f64,
  lambda: f64,
  advantages: usize,
  returns: usize,
): void {
  for (let row = 0; row < rows; row++) {
    let advantage: f64 = 0;
    for (let step = steps - 1; step >= 0; step--) {
      const at = <usize>(step * rows + row) << 2;
      const value = <f64>load<f32>(values + at);
      const next = <f64>load<f32>(values + at + (<usize>rows << 2));
      advantage = <f64>load<f32>(rewards + at) + gamma * next - value + gamma * lambda * advantage;
      store<f32>(advantages + at, <f32>advantage);
      store<f32>(returns + at, <f32>(advantage + value));
    }
  }
}
