// ABI of the training module (assembly/training). Addresses are byte offsets; counts are elements; arrays are
// f32 unless said otherwise.

/** Raw exports of the training module. */
export interface TrainingExports
  extends LayerAbi, HeadAbi, OptimiserAbi, PlantedAbi, EngineMarketAbi, RowAbi {
  readonly memory: WebAssembly.Memory;
  alloc(byteSize: number): number;
  sha256(from: number, byteSize: number, out: number): void;
  /** State of the generator: 4 bytes at p. */
  rngInit(p: number, seed: number): void;
  rngNext(p: number): number;
  rngUniform(p: number): number;
  rngNormal(p: number): number;
  normalCdf(x: number): number;
  exp(x: number): number;
  tanh(x: number): number;
}

/** Matrix product and what stands between two of them. */
export interface LayerAbi {
  /** 1 in the fast build, whose products may be fused with their sums. */
  mayFuse(): number;
  /** Scratch bytes of a product with n columns. */
  packBytes(n: number): number;
  /** out[m, n] = (accumulate ? out : 0) + a[m, k] · b[k, n]; strides in floats. */
  matrixProduct(
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    out: number,
    outRow: number,
    m: number,
    n: number,
    k: number,
    accumulate: number,
    pack: number,
  ): void;
  /** activation: 0 none, 1 tanh, 2 relu. */
  biasActivate(y: number, bias: number, rows: number, n: number, activation: number): void;
  activationGradient(dy: number, y: number, count: number, activation: number): void;
  columnSums(x: number, sums: number, rows: number, n: number): void;
  /** rowStatistics: f32[rows][2]. */
  layerNormForward(
    x: number,
    gain: number,
    shift: number,
    y: number,
    rowStatistics: number,
    rows: number,
    n: number,
    epsilon: number,
  ): void;
  layerNormBackward(
    dy: number,
    x: number,
    gain: number,
    rowStatistics: number,
    dx: number,
    dGain: number,
    dShift: number,
    rows: number,
    n: number,
  ): void;
  patchesOf(
    x: number,
    patches: number,
    rows: number,
    length: number,
    channels: number,
    kernel: number,
    stride: number,
  ): void;
  patchesBack(
    dPatches: number,
    dx: number,
    rows: number,
    length: number,
    channels: number,
    kernel: number,
    stride: number,
  ): void;
}

/** Policies and losses; `statistics` is f64[4]: loss, entropy, divergence, share clipped. */
export interface HeadAbi {
  logSoftmax(logits: number, out: number, rows: number, n: number): void;
  /** actions: i32[rows]. */
  chooseActions(logP: number, rows: number, n: number, actions: number, rng: number, greedy: number): void;
  pickColumns(table: number, index: number, out: number, rows: number, n: number): void;
  ppoCategorical(
    logP: number,
    rows: number,
    n: number,
    actions: number,
    oldLogP: number,
    advantages: number,
    clip: number,
    entropyWeight: number,
    dLogits: number,
    statistics: number,
  ): void;
  /** oldLogP and advantages for every action: f32[rows, n]; advantages in units of the step. */
  mirrorStep(
    logP: number,
    rows: number,
    n: number,
    oldLogP: number,
    advantages: number,
    reach: number,
    cooling: number,
    dLogits: number,
    statistics: number,
  ): void;
  ppoGaussian(
    mean: number,
    logSigma: number,
    rows: number,
    n: number,
    actions: number,
    oldLogP: number,
    advantages: number,
    clip: number,
    entropyWeight: number,
    dMean: number,
    dLogSigma: number,
    statistics: number,
  ): void;
  drawGaussian(
    mean: number,
    logSigma: number,
    rows: number,
    n: number,
    actions: number,
    logP: number,
    rng: number,
    greedy: number,
  ): void;
  valueLoss(values: number, targets: number, count: number, weight: number, dValues: number): number;
}

/** Adam and the arithmetic of batches. */
export interface OptimiserAbi {
  sumOfSquares(x: number, count: number): number;
  /** count a multiple of 4. */
  adamStep(
    parameters: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    firstCorrection: number,
    secondCorrection: number,
    scale: number,
  ): void;
  gatherRows(from: number, index: number, out: number, rows: number, n: number): void;
  /** out: f64[2] = mean, standard deviation. */
  momentsOf(x: number, count: number, out: number): void;
  rescale(x: number, out: number, count: number, shift: number, scale: number): void;
  /** values has steps + 1 rows. */
  generalisedAdvantages(
    rewards: number,
    values: number,
    steps: number,
    rows: number,
    gamma: number,
    lambda: number,
    advantages: number,
    returns: number,
  ): void;
}

/** The planted market; positions in −1..1, value tables have `nodes` entries from −1 to 1. */
export interface PlantedAbi {
  marketBytes(n: number): number;
  marketInit(state: number, n: number, spread: number, rng: number): void;
  marketStep(
    state: number,
    n: number,
    phi: number,
    spread: number,
    gain: number,
    rng: number,
    returns: number,
    expected: number,
  ): void;
  /** shown: 0 hides x, 1 shows it, 2 leaks the next return. */
  marketFeatures(state: number, n: number, shown: number, out: number): void;
  marketForecast(state: number, n: number, shown: number, out: number): void;
  targetsOf(
    positions: number,
    agents: number,
    first: number,
    second: number,
    third: number,
    targets: number,
    n: number,
  ): void;
  settle(
    positions: number,
    targets: number,
    returns: number,
    n: number,
    cost: number,
    risk: number,
    rewards: number,
  ): void;
  nodeValues(tables: number, nodes: number, positions: number, rows: number, values: number): void;
  nodeLoss(
    tables: number,
    nodes: number,
    positions: number,
    targets: number,
    rows: number,
    dTables: number,
  ): number;
  actionWorths(
    positions: number,
    agents: number,
    first: number,
    second: number,
    returns: number,
    next: number,
    nodes: number,
    repeat: number,
    rows: number,
    cost: number,
    risk: number,
    gamma: number,
    worths: number,
  ): void;
  meanWorths(worths: number, logP: number, rows: number, n: number, means: number): void;
  centreWorths(worths: number, logP: number, rows: number, n: number): void;
}

/** The engine's own market: a tape and n paths over it; see assembly/training/engine-market.ts. */
export interface EngineMarketAbi {
  engineTapeBytes(): number;
  enginePathBytes(n: number): number;
  engineTapeInit(
    at: number,
    prices: number,
    volumes: number,
    conditions: number,
    decisions: number,
    leans: number,
    features: number,
    width: number,
    noVolume: number,
    tickMicro: number,
    feePpm: number,
    budgetMicro: number,
    bound: number,
    exposure: number,
    unit: number,
  ): void;
  enginePlace(paths: number, path: number, decision: number, lots: number, seed: number): void;
  /** returns 0: the last scene of a stretch has none. */
  engineScene(tape: number, paths: number, n: number, step: number, features: number, returns: number): void;
  /** net: f64[n]. */
  enginePlay(
    tape: number,
    paths: number,
    n: number,
    step: number,
    agents: number,
    first: number,
    second: number,
    third: number,
    positions: number,
    after: number,
    rewards: number,
    net: number,
  ): void;
  engineWorths(
    tape: number,
    paths: number,
    step: number,
    agents: number,
    first: number,
    second: number,
    positions: number,
    returns: number,
    next: number,
    nodes: number,
    repeat: number,
    rows: number,
    gamma: number,
    out: number,
  ): void;
}

/** Rows of a batch. */
export interface RowAbi {
  agentRows(
    features: number,
    width: number,
    positions: number,
    repeat: number,
    rows: number,
    seen: number,
    first: number,
    second: number,
    out: number,
  ): void;
  repeatCells(from: number, out: number, rows: number, times: number): void;
  blend(a: number, b: number, out: number, count: number, weight: number): void;
  rescaleTables(
    x: number,
    out: number,
    rows: number,
    n: number,
    shift: number,
    scale: number,
    spread: number,
  ): void;
  scaleByRatio(out: number, after: number, before: number, rows: number): void;
  /** i32[count]. */
  shuffle(out: number, count: number, rng: number): void;
}
