// The rows of the page, known before anything runs, each beside what the seeds published for it and what that
// figure had measured.

/** What the seeds claimed, and what lay behind it. */
export interface Published {
  readonly claim: string;
  readonly measured: string;
}

/** One row of the page. */
export interface CatalogueRow {
  readonly id: string;
  readonly name: string;
  /** What one unit of work is: "bar", "matrix". */
  readonly item: string;
  readonly published?: Published;
}

/** Rows that one part of the suite fills. */
export interface Topic {
  readonly id: TopicId;
  readonly title: string;
  readonly rows: readonly CatalogueRow[];
}

/** The parts, in the order in which they run. */
export type TopicId =
  'indicators' | 'streaming' | 'signals' | 'patterns' | 'policy' | 'risk' | 'scan' | 'engine' | 'training';

const NINE = ['SMA 20', 'EMA 20', 'RSI 14', 'MACD 12/26/9', 'Bollinger 20/2', 'ATR 14', 'ADX 14'].concat([
  'Stochastic 14/3/3',
  'OBV',
]);

const ZERO_ROW = { claim: '38,764 a second', measured: 'the standard deviation of a row of zeros' };
const NOTHING = 'nothing: no such measurement exists';

/** Everything that is measured. */
export const TOPICS: readonly Topic[] = [
  {
    id: 'indicators',
    title: 'Indicators, over a column in place',
    rows: NINE.map((name) => ({ id: name, name, item: 'bar' })),
  },
  {
    id: 'streaming',
    title: 'Streaming, one call a bar',
    rows: [
      { id: 'bundle', name: 'Seven indicators, 11 outputs', item: 'bar' },
      {
        id: 'rsi-call',
        name: 'RSI 14 of 100 prices, one call, every value',
        item: 'call',
        published: {
          claim: '0.002 ms',
          measured: 'the means of the first 14 changes, one number, in Python with numba',
        },
      },
    ],
  },
  {
    id: 'signals',
    title: 'Signals, at a 30-minute close',
    rows: [
      {
        id: 'matrix',
        name: 'strategic48x13: scale, row and the full matrix',
        item: 'matrix',
        published: {
          claim: '23,386 a second',
          measured: 'matrices of zeros, returned below 48 rows; a real one ran at about 21 a second',
        },
      },
      {
        id: 'uncertainty',
        name: 'Uncertainty: conformal interval and level',
        item: 'level',
        published: ZERO_ROW,
      },
      {
        id: 'regime',
        name: 'Regime: one step of the four-state filter',
        item: 'step',
        published: { claim: '152,798 a second', measured: 'thresholds on a number' },
      },
      { id: 'close', name: 'All of it, pattern stored, regime refits included', item: 'close' },
    ],
  },
  {
    id: 'patterns',
    title: 'Patterns, market-like rows of 13 columns, the exact ten nearest',
    rows: [
      {
        id: 'insert',
        name: 'Insert',
        item: 'row',
        published: { claim: '236,299 vectors a second', measured: 'appending to a Python list' },
      },
      { id: 'nearest-few', name: 'Query, the smaller memory', item: 'query' },
      { id: 'nearest-many', name: 'Query, the larger memory', item: 'query' },
    ],
  },
  {
    id: 'policy',
    title: 'Policy of 102,405 parameters, 137 → 256 → 256 → 5',
    rows: [
      { id: 'policy-1', name: 'Batch of 1', item: 'batch' },
      { id: 'policy-64', name: 'Batch of 64', item: 'batch' },
    ],
  },
  {
    id: 'risk',
    title: 'Risk and backtest',
    rows: [
      {
        id: 'monte-carlo',
        name: 'VaR and ES by simulation, 10 assets',
        item: 'call',
        published: { claim: '< 5 ms', measured: NOTHING },
      },
      { id: 'sma-cross', name: 'SMA 20/50 cross with fee, equity and drawdown', item: 'bar' },
    ],
  },
  {
    id: 'scan',
    title: 'Market scan on one worker: a new bar of every symbol',
    rows: [{ id: 'scan', name: 'Signals, four votes and verdict', item: 'symbol' }],
  },
  {
    id: 'engine',
    title: 'Whole engine: bars to votes to orders, with its journal',
    rows: [
      {
        id: 'bars',
        name: 'Simulated bars through to orders',
        item: 'bar',
        published: { claim: '12,604 samples a second', measured: '20 items of zeros' },
      },
      {
        id: 'decision-p50',
        name: 'A bar that ends in a decision, p50',
        item: 'decision',
        published: { claim: 'strategic < 2 ms, tactical < 1 ms', measured: NOTHING },
      },
      {
        id: 'decision-p99',
        name: 'A bar that ends in a decision, p99',
        item: 'decision',
        published: { claim: 'P99 < 5 ms', measured: NOTHING },
      },
    ],
  },
  {
    id: 'training',
    title: 'Training',
    rows: [
      { id: 'environment', name: 'Step of a planted market, features included', item: 'step' },
      {
        id: 'episodes',
        name: 'Ten episodes of three agents of 102,405 parameters, four epochs',
        item: 'run',
        published: { claim: '10 episodes in under 1 s', measured: '0 steps: the episodes were empty' },
      },
    ],
  },
];
