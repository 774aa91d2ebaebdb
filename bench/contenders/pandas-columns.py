# pandas over a column of closing prices, f64: "mean" is the moving average, "cross" the backtest of plain-cross.ts
# without a loop. Answers with the nanoseconds of one run, and leaves the average in "out", or value, drawdown and
# changes.
import sys
import time

import numpy as np
import pandas as pd

folder, fast, slow, fee = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
close = pd.Series(np.fromfile(f"{folder}/close"))


def mean():
    return close.rolling(fast).mean()


def cross():
    held = close.rolling(fast).mean() > close.rolling(slow).mean()
    before = held.shift(1, fill_value=False)
    changed = held != before
    growth = close.pct_change().fillna(0)
    equity = ((1 + growth * before) * (1 - fee * changed)).cumprod()
    drawdown = (1 - equity / equity.cummax().clip(lower=1)).max()
    return [equity.iloc[-1], drawdown, changed.sum()]


for line in sys.stdin:
    run = {"mean": mean, "cross": cross}[line.strip()]
    start = time.perf_counter()
    out = run()
    spent = time.perf_counter() - start
    np.asarray(out, dtype=float).tofile(f"{folder}/out")
    print(spent * 1e9, flush=True)
