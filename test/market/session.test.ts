import { describe, expect, it } from 'vitest';
import { dayOf, isOpen, isUsDaylight, missingSlots, sessionEndsAt } from '../../src/market/session.ts';

const at = (iso: string): number => Date.parse(iso);
const EASTERN_MS = -5 * 3_600_000;

describe('US daylight saving', () => {
  it('agrees with the host time zone data at every hour of the change days, 1990 to 2040', () => {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour12: false,
      hour: '2-digit',
    });
    let checked = 0;
    for (let year = 1990; year <= 2040; year++) {
      for (const [month, first] of [
        [3, 7],
        [4, 1],
        [10, 24],
        [11, 1],
      ] as const) {
        const start = dayOf(year, month, first) * 86_400_000;
        for (let hour = 0; hour < 9 * 24; hour++) {
          const tsMs = start + hour * 3_600_000;
          const local = new Date(tsMs + EASTERN_MS + (isUsDaylight(tsMs, EASTERN_MS) ? 3_600_000 : 0));
          const host = Number(clock.format(tsMs)) % 24;
          if (local.getUTCHours() !== host) expect.fail(`${new Date(tsMs).toISOString()} host ${host}`);
          checked++;
        }
      }
    }
    expect(checked).toBe(51 * 4 * 216);
  });
});

describe('sessions', () => {
  it('opens CME futures Sunday 17:00 and closes daily 16:00 Chicago, winter and summer', () => {
    expect(isOpen('cme', at('2025-01-05T22:59:00Z'))).toBe(false);
    expect(isOpen('cme', at('2025-01-05T23:00:00Z'))).toBe(true);
    expect(isOpen('cme', at('2025-07-06T22:00:00Z'))).toBe(true);
    expect(sessionEndsAt('cme', at('2025-07-08T20:30:00Z'))).toBe(at('2025-07-08T21:00:00Z'));
    expect(isOpen('cme', at('2025-07-08T21:00:00Z'))).toBe(false);
    expect(isOpen('cme', at('2025-07-11T22:00:00Z'))).toBe(false);
  });

  it('knows New York cash hours and the FX week', () => {
    expect(isOpen('us-cash', at('2024-01-16T14:30:00Z'))).toBe(true);
    expect(isOpen('us-cash', at('2024-01-16T14:29:59Z'))).toBe(false);
    expect(sessionEndsAt('us-cash', at('2024-07-16T19:55:00Z'))).toBe(at('2024-07-16T20:00:00Z'));
    expect(sessionEndsAt('fx', at('2024-03-11T12:00:00Z'))).toBe(at('2024-03-15T21:00:00Z'));
    expect(isOpen('fx', at('2024-03-10T20:59:00Z'))).toBe(false);
    expect(isOpen('fx', at('2024-03-10T21:00:00Z'))).toBe(true);
    expect(sessionEndsAt('always', 0)).toBeNull();
  });

  it('counts as missing only slots in which the market is open', () => {
    expect(missingSlots('cme', at('2025-01-10T21:30:00Z'), at('2025-01-12T23:00:00Z'))).toBe(0);
    expect(missingSlots('cme', at('2024-12-18T04:30:00Z'), at('2024-12-18T21:00:00Z'))).toBe(32);
    expect(missingSlots('fx', at('2020-01-03T21:30:00Z'), at('2020-01-05T22:00:00Z'))).toBe(0);
    expect(missingSlots('always', 0, 1_800_000)).toBe(0);
    expect(missingSlots('always', 0, 2 * 86_400_000)).toBe(95);
    expect(missingSlots('us-cash', 0, at('2199-01-01T00:00:00Z'))).toBeLessThanOrEqual(17_568);
  });
});
