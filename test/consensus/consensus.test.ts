import { beforeAll, describe, expect, it } from 'vitest';
import { decide, trimmedMean, verdictCodec } from '../../src/consensus/quorum.ts';
import type { Ballot, CountedVote } from '../../src/consensus/quorum.ts';
import {
  OUTCOME_BARS,
  PENDING_MAX,
  createReputation,
  hedge,
  openRound,
  reputationCodec,
  resolveRounds,
} from '../../src/consensus/reputation.ts';
import { screenVotes } from '../../src/consensus/validity.ts';
import type { CandidateVote } from '../../src/consensus/validity.ts';
import { baseWeights, capWeights, effectiveWeights, weightCapPpm } from '../../src/consensus/weights.ts';
import type { SynergyKind, VoterRole } from '../../src/consensus/weights.ts';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { HOLD, LONG, PPM, SHORT } from '../../src/core/units.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import golden from '../golden/consensus.json' with { type: 'json' };

const CORE: readonly VoterRole[] = ['fvg', 'momentum', 'entry', 'strategic'];
const UNIFORM = [0.25, 0.25, 0.25, 0.25];

let exp: (x: number) => number;
beforeAll(async () => {
  exp = (await loadKernel()).raw.exp;
});

function vote(short: number, hold: number, long: number): CountedVote {
  return { probabilities: [short, hold, long], abstain: null };
}

function ballot(votes: readonly (CountedVote | null)[], synergy: Ballot['synergyDirection'] = null): Ballot {
  const weightsPpm = effectiveWeights(baseWeights(CORE, 'TYPE_1'), UNIFORM, 1);
  return { votes, weightsPpm, faultTolerance: 1, synergyDirection: synergy };
}

const BUY = vote(0.1, 0.2, 0.7);
const SELL = vote(0.7, 0.2, 0.1);
const WAIT = vote(0.1, 0.8, 0.1);

describe('weights', () => {
  it('agree with the reference projection and with the table of each synergy type', () => {
    expect(
      capWeights(
        golden.cap30.raw.map((w) => w * PPM),
        1,
      ),
    ).toEqual(golden.cap30.capped.map((w) => w * PPM));
    const table: Record<SynergyKind, number[]> = {
      TYPE_1: [300_000, 252_000, 168_000, 280_000],
      TYPE_2: [300_000, 300_000, 150_000, 250_000],
      TYPE_3: [252_000, 300_000, 168_000, 280_000],
      TYPE_4: [262_500, 262_500, 225_000, 250_000],
      NONE: [250_000, 250_000, 250_000, 250_000],
    };
    for (const [kind, expected] of Object.entries(table)) {
      const found = effectiveWeights(baseWeights(CORE, kind as SynergyKind), UNIFORM, 1);
      found.forEach((w, i) => expect(Math.abs(w - (expected[i] ?? NaN)), kind).toBeLessThanOrEqual(1));
    }
  });

  it('never let 2f voters reach 65 % and always let 2f + 1, for f = 1, 2, 3', () => {
    const random = stream(20260718);
    for (let trial = 0; trial < 3000; trial++) {
      const f = 1 + (trial % 3);
      const n = 3 * f + 1;
      const raw = Array.from({ length: n }, () =>
        random() < 0.2 ? 0 : Math.floor(random() * random() * 1e6),
      );
      raw[0] = 1;
      const sorted = capWeights(raw, f).sort((a, b) => a - b);
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      expect(sum(sorted)).toBe(PPM);
      expect(sorted[n - 1]).toBeLessThanOrEqual(weightCapPpm(f));
      expect(sum(sorted.slice(n - 2 * f))).toBeLessThan(650_000);
      expect(sum(sorted.slice(0, 2 * f + 1))).toBeGreaterThanOrEqual(650_000);
    }
  });

  it('move with reputation inside the cap, and share the table with guests', () => {
    const moved = effectiveWeights(baseWeights(CORE, 'TYPE_4'), [0.7, 0.1, 0.1, 0.1], 1);
    expect(moved[0]).toBe(300_000);
    const seven: readonly VoterRole[] = [...CORE, 'guest', 'guest', 'guest'];
    const weights = effectiveWeights(
      baseWeights(seven, 'TYPE_1'),
      seven.map(() => 1 / 7),
      2,
    );
    expect(weights.reduce((a, b) => a + b, 0)).toBe(PPM);
    expect(Math.max(...weights)).toBeLessThanOrEqual(150_000);
  });

  it('refuse three voters for one fault, and four faults', () => {
    expect(() => capWeights([1, 1, 1], 1)).toThrow(/3 voters, but faultTolerance 1 needs 4/);
    expect(() => capWeights([1, 1, 1, 1], 4)).toThrow(/faultTolerance 4/);
    expect(() => capWeights([0, 0, 0, 0], 1)).toThrow(/every weight is 0/);
  });
});

describe('quorum', () => {
  it('executes on three of four and stops at two of four', () => {
    const three = decide(ballot([BUY, BUY, BUY, WAIT]));
    expect(three).toMatchObject({ direction: LONG, execute: true, reason: 'EXECUTE', winnerPpm: 720_000 });
    expect(three.sizeConfidence).toBeCloseTo((0.875 + 0.875) / 2, 12);
    expect(decide(ballot([BUY, WAIT, WAIT, BUY]))).toMatchObject({ execute: false, reason: 'NO_QUORUM' });
    expect(decide(ballot([WAIT, WAIT, WAIT, BUY]))).toMatchObject({
      direction: HOLD,
      reason: 'HOLD',
      quorum: true,
    });
  });

  it('keeps the silent and the abstaining in the denominator', () => {
    const silent = decide(ballot([BUY, { ...BUY, abstain: 'expired' }, BUY, BUY]));
    expect(silent).toMatchObject({ winnerPpm: 748_000, validVotes: 3, execute: true });
    expect(decide(ballot([BUY, null, null, BUY]))).toMatchObject({
      reason: 'TOO_FEW_VOTES',
      sizeConfidence: 0,
    });
  });

  it('needs every voter against the synergy', () => {
    expect(decide(ballot([SELL, SELL, SELL, WAIT], LONG)).reason).toBe('AGAINST_SYNERGY');
    expect(decide(ballot([SELL, SELL, SELL, SELL], LONG)).reason).toBe('EXECUTE');
    expect(decide(ballot([SELL, SELL, SELL, WAIT], SHORT)).reason).toBe('EXECUTE');
  });

  it('trims the liar out of the confidence and refuses a thin one', () => {
    expect(decide(ballot([BUY, BUY, BUY, vote(1, 0, 0)])).sizeConfidence).toBeCloseTo(0.875, 12);
    const thin = vote(0.49, 0.01, 0.5);
    expect(decide(ballot([thin, thin, thin, thin]))).toMatchObject({
      reason: 'LOW_CONFIDENCE',
      execute: false,
    });
  });

  it('agrees with the reference trimmed mean and mean', () => {
    for (let k = 0; k < 3; k++) {
      const column = golden.points.map((p) => p[k] ?? NaN);
      expect(trimmedMean(column, 1)).toBeCloseTo(golden.trim1[k] ?? NaN, 12);
      expect(trimmedMean(column, 0)).toBeCloseTo(golden.mean[k] ?? NaN, 12);
    }
  });

  it('refuses weights over the cap, a wrong sum and a wrong count', () => {
    const votes = [BUY, BUY, BUY, BUY];
    const over = {
      votes,
      weightsPpm: [400_000, 200_000, 200_000, 200_000],
      faultTolerance: 1,
      synergyDirection: null,
    };
    expect(() => decide(over)).toThrow(/weight 400000 ppm is outside/);
    expect(() => decide({ ...over, weightsPpm: [250_000, 250_000, 250_000, 200_000] })).toThrow(
      /sum to 950000/,
    );
    expect(() => decide({ ...over, weightsPpm: [250_000] })).toThrow(/do not fit/);
  });

  it('survives its encoding', () => {
    const verdict = decide(ballot([BUY, BUY, BUY, WAIT]));
    const writer = new ByteWriter();
    verdictCodec.write(writer, verdict);
    const back = verdictCodec.read(new ByteReader(writer.copy()));
    expect(verdictCodec.difference(verdict, back, '')).toBeNull();
    expect(verdictCodec.difference(verdict, { ...back, tallyPpm: [0, 1, 2] }, '')).toBe('tallyPpm[1]');
  });
});

describe('validity', () => {
  const barHash = Uint8Array.of(1, 2, 3);
  const round = { roster: ['fvg', 'momentum', 'entry', 'strategic'], round: 7, barHash };
  const good: CandidateVote = {
    agent: 'fvg',
    round: 7,
    barHash,
    probabilities: [0.2, 0.3, 0.5],
    abstain: null,
  };

  it('names every provable fault and seats the rest by roster', () => {
    const { accepted, faults } = screenVotes(round, [
      { ...good, agent: 'stranger' },
      { ...good, round: 6 },
      { ...good, round: 8 },
      { ...good, barHash: Uint8Array.of(1, 2, 4) },
      { ...good, probabilities: [0.2, 0.3, 0.5 + 2e-9] },
      { ...good, probabilities: [NaN, 0.5, 0.5] },
      { ...good, probabilities: [-0.1, 0.6, 0.5] },
      good,
      { ...good },
      { ...good, agent: 'entry' },
      { ...good, agent: 'entry', probabilities: [0.5, 0.3, 0.2] },
      { ...good, agent: 'entry' },
    ]);
    expect(faults.map((fault) => fault.kind)).toEqual([
      'UNKNOWN_AGENT',
      'REPLAYED',
      'WRONG_ROUND',
      'STALE_BAR',
      'NOT_SIMPLEX',
      'NOT_SIMPLEX',
      'NOT_SIMPLEX',
      'REPLAYED',
      'CONFLICTING',
      'CONFLICTING',
    ]);
    expect(accepted).toEqual([good, null, null, null]);
  });

  it('refuses a flood before looking at it', () => {
    expect(() =>
      screenVotes(
        round,
        Array.from({ length: 257 }, () => good),
      ),
    ).toThrow(/257 are over 256/);
  });
});

describe('reputation', () => {
  it('agrees with the reference step of Hedge with fixed share', () => {
    const { eta, alpha, loss, weights } = golden.fixedShare;
    const found = hedge(UNIFORM, loss, exp, eta, alpha);
    found.forEach((w, i) => expect(w).toBeCloseTo(weights[i] ?? NaN, 8));
  });

  it('leaves a silent voter where it stood, up to the fixed share', () => {
    const found = hedge([0.4, 0.2, 0.2, 0.2], [null, 0, 0.5, 1], exp, 0.5, 0);
    expect(found[0]).toBeCloseTo(0.4, 12);
    expect(found[1]).toBeGreaterThan(found[3] ?? NaN);
  });

  it('learns a round when a barrier is touched, and calls it HOLD after 12 bars', () => {
    const state = createReputation(4);
    const votes = [BUY, SELL, WAIT, null];
    openRound(state, { round: 1, symbolIndex: 0, close: 100, barrier: 2, votes });
    expect(resolveRounds(state, 1, { high: 200, low: 1 }, exp)).toEqual([]);
    expect(resolveRounds(state, 0, { high: 102, low: 99 }, exp)).toEqual([
      { round: 1, outcome: LONG, judged: 3, correct: 1 },
    ]);
    expect(state.weights[0]).toBeGreaterThan(state.weights[1] ?? NaN);
    openRound(state, { round: 2, symbolIndex: 0, close: 100, barrier: 2, votes });
    for (let i = 1; i < OUTCOME_BARS; i++)
      expect(resolveRounds(state, 0, { high: 101, low: 99 }, exp)).toEqual([]);
    expect(resolveRounds(state, 0, { high: 101, low: 99 }, exp)[0]?.outcome).toBe(HOLD);
  });

  it('forgets a bar that spans both barriers, opens nothing in warm-up and stays bounded', () => {
    const state = createReputation(4);
    openRound(state, { round: 1, symbolIndex: 0, close: 100, barrier: NaN, votes: [BUY, BUY, BUY, BUY] });
    expect(state.pending).toEqual([]);
    for (let i = 0; i < PENDING_MAX + 9; i++) {
      openRound(state, { round: i, symbolIndex: 0, close: 100, barrier: 2, votes: [BUY, BUY, BUY, BUY] });
    }
    expect(state.pending.length).toBe(PENDING_MAX);
    expect(resolveRounds(state, 0, { high: 103, low: 97 }, exp)).toEqual([]);
    expect(state).toEqual(createReputation(4));
  });

  it('survives its encoding', () => {
    const state = createReputation(4);
    openRound(state, { round: 5, symbolIndex: 2, close: 10, barrier: 1, votes: [BUY, null, SELL, WAIT] });
    const writer = new ByteWriter();
    reputationCodec.write(writer, state);
    expect(reputationCodec.read(new ByteReader(writer.copy()))).toEqual(state);
  });
});

function stream(seed: number): () => number {
  let s = seed;
  return () => {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) | 0;
    return (s >>> 0) / 4_294_967_296;
  };
}
