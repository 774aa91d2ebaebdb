import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import {
  assertionOf,
  createSynergy,
  pushSynergy,
  synergyCodec,
  synergyStateCodec,
} from '../../src/signals/synergy.ts';
import type { Assertion, SignalKind, Synergy, SynergyState } from '../../src/signals/synergy.ts';

const M5 = 300_000;
const T0 = Date.UTC(2025, 0, 6);

/** One line of a script: bar number, then 'kind+0.8' or 'kind-0.8' for what is said at that close. */
type Line = readonly [number, ...string[]];

function play(lines: readonly Line[], state: SynergyState = createSynergy()): (Synergy | null)[] {
  return lines.map(([bar, ...said]) => {
    const of = (kind: SignalKind): Assertion | null => {
      const word = said.find((one) => one.startsWith(kind));
      if (word === undefined) return null;
      const strength = Number(word.slice(kind.length + 1));
      return { direction: word[kind.length] === '+' ? 2 : 0, strength };
    };
    return pushSynergy(state, { tsMs: T0 + bar * M5, fvg: of('fvg'), mlmi: of('mlmi'), nwrqk: of('nwrqk') });
  });
}

const types = (found: (Synergy | null)[]): (string | null)[] => found.map((one) => one?.type ?? null);

describe('synergy', () => {
  it('names the four orders, and no fifth', () => {
    const orders: [Line[], string | null][] = [
      [
        [
          [0, 'mlmi+.6'],
          [1, 'nwrqk+.6'],
          [2, 'fvg+.6'],
        ],
        'TYPE_1',
      ],
      [
        [
          [0, 'mlmi+.6'],
          [1, 'fvg+.6'],
          [2, 'nwrqk+.6'],
        ],
        'TYPE_2',
      ],
      [
        [
          [0, 'nwrqk-.6'],
          [1, 'fvg-.6'],
          [2, 'mlmi-.6'],
        ],
        'TYPE_3',
      ],
      [
        [
          [0, 'nwrqk-.6'],
          [1, 'mlmi-.6'],
          [2, 'fvg-.6'],
        ],
        'TYPE_4',
      ],
      [
        [
          [0, 'fvg+.6'],
          [1, 'mlmi+.6'],
          [2, 'nwrqk+.6'],
        ],
        null,
      ],
    ];
    for (const [lines, type] of orders) expect(types(play(lines)).at(-1)).toBe(type);
  });

  it('reports what completed it, when it is known and until when it counts', () => {
    const found = play([
      [0, 'mlmi+.9'],
      [6, 'nwrqk+.5'],
      [8, 'fvg+.7'],
    ]).at(-1);
    expect(found).toEqual({
      type: 'TYPE_1',
      direction: 2,
      confidence: (0.9 + 0.5 + 0.7) / 3,
      tsMs: T0 + 8 * M5,
      knownAtMs: T0 + 9 * M5,
      expiresAtMs: T0 + 15 * M5,
      signalSequence: [
        { kind: 'mlmi', direction: 2, strength: 0.9, tsMs: T0 },
        { kind: 'nwrqk', direction: 2, strength: 0.5, tsMs: T0 + 6 * M5 },
        { kind: 'fvg', direction: 2, strength: 0.7, tsMs: T0 + 8 * M5 },
      ],
      barsToComplete: 8,
    });
  });

  it('within one close takes fvg first, then the stronger 30-minute signal, mlmi when equal', () => {
    expect(
      types(
        play([
          [0, 'mlmi+.6', 'nwrqk+.7'],
          [1, 'fvg+.6'],
        ]),
      ),
    ).toEqual([null, 'TYPE_4']);
    expect(
      types(
        play([
          [0, 'mlmi+.7', 'nwrqk+.7'],
          [1, 'fvg+.6'],
        ]),
      ),
    ).toEqual([null, 'TYPE_1']);
    expect(
      types(
        play([
          [0, 'mlmi+.7'],
          [6, 'fvg+.6', 'nwrqk+.7'],
        ]),
      ),
    ).toEqual([null, 'TYPE_2']);
    expect(
      types(
        play([
          [0, 'fvg+.6', 'mlmi+.7', 'nwrqk+.7'],
          [1, 'fvg+.6'],
        ]),
      ),
    ).toEqual([null, 'TYPE_1']);
  });

  it('an opposite signal clears, the same kind again is ignored', () => {
    const state = createSynergy();
    play(
      [
        [0, 'mlmi+.6'],
        [1, 'nwrqk+.6'],
        [2, 'mlmi-.6'],
      ],
      state,
    );
    expect(state.signals.map((one) => [one.kind, one.direction])).toEqual([['mlmi', 0]]);
    const again = createSynergy();
    const found = play(
      [
        [0, 'mlmi+.6'],
        [6, 'mlmi+.9'],
        [7, 'fvg-.6'],
        [8, 'nwrqk+.6'],
        [9, 'fvg+.6'],
      ],
      again,
    );
    expect(types(found).every((type) => type === null)).toBe(true);
    expect(again.signals.map((one) => one.kind)).toEqual(['nwrqk', 'fvg']);
  });

  it('counts ten bars of wall time and drops a gap that would lead after its predecessor expired', () => {
    expect(
      types(
        play([
          [0, 'mlmi+.6'],
          [6, 'nwrqk+.6'],
          [10, 'fvg+.6'],
        ]),
      ).at(-1),
    ).toBe('TYPE_1');
    expect(
      types(
        play([
          [0, 'mlmi+.6'],
          [6, 'nwrqk+.6'],
          [11, 'fvg+.6'],
        ]),
      ).at(-1),
    ).toBe(null);
    const state = createSynergy();
    play(
      [
        [0, 'mlmi+.6'],
        [5, 'fvg+.6'],
        [11, 'nwrqk+.6'],
      ],
      state,
    );
    expect(state.signals.map((one) => one.kind)).toEqual(['nwrqk']);
  });

  it('discards a completion within five bars of the last one, and its signals', () => {
    const lines: Line[] = [
      [0, 'mlmi+.6', 'nwrqk+.5'],
      [1, 'fvg+.6'],
      [5, 'mlmi+.6', 'nwrqk+.5'],
    ];
    const state = createSynergy();
    expect(types(play([...lines, [6, 'fvg+.6']], state))).toEqual([null, 'TYPE_1', null, null]);
    expect(state.signals).toEqual([]);
    expect(types(play([...lines, [7, 'fvg+.6']])).at(-1)).toBe('TYPE_1');
  });

  it('keeps its state and its events through their canonical bytes', () => {
    const state = createSynergy();
    const found = play(
      [
        [0, 'mlmi+.6', 'nwrqk+.5'],
        [1, 'fvg+.6'],
        [2, 'mlmi-.6'],
      ],
      state,
    )[1] as Synergy;
    const writer = new ByteWriter();
    synergyStateCodec.write(writer, state);
    synergyCodec.write(writer, found);
    const reader = new ByteReader(writer.copy());
    const copy = synergyStateCodec.read(reader);
    expect(copy).toEqual(state);
    expect(synergyCodec.read(reader)).toEqual(found);
    (copy.signals[0] as { strength: number }).strength = 0.1;
    expect(synergyStateCodec.difference(state, copy, '')).toBe('signals[0].strength');
  });

  it('reads the kernel: no direction is no assertion, an unranked strength counts as 0', () => {
    expect(assertionOf(0, 0.9)).toBe(null);
    expect(assertionOf(NaN, 0.9)).toBe(null);
    expect(assertionOf(1, NaN)).toEqual({ direction: 2, strength: 0 });
    expect(assertionOf(-1, 0.75)).toEqual({ direction: 0, strength: 0.75 });
  });
});
