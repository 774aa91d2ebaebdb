// A moving-average cross over a whole column in one pass: equity written, drawdown and trades counted. The
// benchmark's strategy and the sweep's example; the engine's own backtest is `step`.

/**
 * Long while the fast mean of the last closes is above the slow one, flat otherwise; a position taken at a
 * close earns from the next bar on.
 * @param close    f64[n], prices > 0
 * @param fast     bars, 1 ≤ fast < slow ≤ n
 * @param feeRate  share of equity paid at each change of position
 * @param equity   f64[n], filled with the account after each bar; it starts at 1
 * @param out      f64[3]: final equity, largest drawdown 0..1, changes of position
 */
export function smaCross(
  close: usize,
  n: i32,
  fast: i32,
  slow: i32,
  feeRate: f64,
  equity: usize,
  out: usize,
): void {
  let value = 1.0;
  let peak = 1.0;
  let drawdown = 0.0;
  let changes = 0;
  let held = false;
  let fastSum = 0.0;
  let slowSum = 0.0;
  const kept = 1.0 - feeRate;
  const ratio = <f64>slow / <f64>fast;
  const fastBack = <usize>fast << 3;
  const slowBack = <usize>slow << 3;
  const warm = min(slow, n);
  for (let i = 0; i < warm; i++) {
    const price = load<f64>(close + (<usize>i << 3));
    slowSum += price;
    if (i >= slow - fast) fastSum += price;
    store<f64>(equity + (<usize>i << 3), 1.0);
  }
  if (n >= slow && fastSum * ratio > slowSum) {
    held = true;
    changes = 1;
    value = kept;
    store<f64>(equity + (<usize>(slow - 1) << 3), value);
    drawdown = feeRate;
  }
  // units instead of returns: no division on the way from bar to bar
  let units = n > 0 ? value / load<f64>(close + (<usize>(warm - 1) << 3)) : 0.0;
  const end = close + (<usize>n << 3);
  const shift = equity - close;
  for (let at = close + slowBack; at < end; at += 8) {
    const price = load<f64>(at);
    if (held) value = units * price;
    fastSum += price - load<f64>(at - fastBack);
    slowSum += price - load<f64>(at - slowBack);
    const wanted = fastSum * ratio > slowSum;
    if (wanted != held) {
      held = wanted;
      value *= kept;
      units = value / price;
      changes++;
    }
    if (value > peak) peak = value;
    else if (value < peak * (1.0 - drawdown)) drawdown = 1.0 - value / peak;
    store<f64>(at + shift, value);
  }
  store<f64>(out, value);
  store<f64>(out, drawdown, 8);
  store<f64>(out, <f64>changes, 16);
}
