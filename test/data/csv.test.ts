import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { barAt } from '../../src/data/bar-table.ts';
import { readCsv } from '../../src/data/csv.ts';
import { rejectionOf } from '../../src/market/bar.ts';
import { sharedData } from '../fixtures/shared-data.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readCsv(bytesOf(text));
const HEAD = 'timestamp,open,high,low,close,volume\n';
const T0 = Date.parse('2024-12-03T00:00:00Z');

/** Two sound 5m rows with given stamps. */
const rows = (first: string, second: string, mark = ','): string =>
  [first, second].map((stamp) => [stamp, '10', '12', '9', '11', '5'].join(mark)).join('\n');

describe('headers', () => {
  it('reads the plain format', async () => {
    const table = await read(HEAD + rows('2024-12-03T00:00:00Z', '2024-12-03T00:05:00Z') + '\n');
    expect(table).toMatchObject({ rows: 2, noVolume: false, intervalMs: 300_000 });
    expect(barAt(table, 1, 'X')).toEqual({
      symbol: 'X',
      tsMs: T0 + 300_000,
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 5,
    });
    expect(table.report).toMatchObject({
      separator: ',',
      timeFormats: ['iso'],
      timeZone: 'given',
      problemCount: 0,
    });
  });

  it('accepts names with a slip and says so', async () => {
    const body = rows('2024-12-03 00:00:00', '2024-12-03 00:05:00');
    const table = await read(`Date,Open,High,Llow,Close,Volume\n${body}`);
    expect(table.report.corrections).toEqual(['Llow read as low']);
    expect(table.low[0]).toBe(9);
    expect(table.report.timeZone).toBe('taken as UTC');
  });

  it('finds columns by name in any order, past others, with a byte-order mark, quotes and CRLF', async () => {
    const text =
      '\ufeff"Open time",Symbol,Volume USDT,"Close","Low","High","Open"\r\n1733184000000,X,5,"11",9,12,10\r\n';
    const table = await read(text);
    expect(barAt(table, 0, 'X')).toMatchObject({
      tsMs: T0,
      open: 10,
      high: 12,
      low: 9,
      close: 11,
      volume: 5,
    });
    expect(table.report.timeFormats).toEqual(['epoch-ms']);
  });

  it('joins date and time columns, tab-separated, with names in brackets', async () => {
    const text =
      '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2024.12.03\t00:00:00\t10\t12\t9\t11\t5\n';
    expect((await read(text)).tsMs[0]).toBe(T0);
    const bare = await read('2024.12.03,00:00,10,12,9,11,5\n2024.12.03,00:05,10,12,9,11,5\n');
    expect([...bare.tsMs]).toEqual([T0, T0 + 300_000]);
    expect(bare.report.named).toBe(false);
  });

  it('reads semicolons with decimal commas', async () => {
    const table = await read(
      `time;open;high;low;close\n13.12.2024 00:00;1,5;2,25;1,25;2\n13.12.2024 00:05;1,5;2;1;2`,
    );
    expect([...table.open]).toEqual([1.5, 1.5]);
    expect(table.high[0]).toBe(2.25);
    expect(table).toMatchObject({ noVolume: true });
    expect(table.report).toMatchObject({ decimal: ',', dateOrder: 'day/month' });
  });
});

describe('time formats', () => {
  it.each([
    ['2024-12-03T02:00:00+02:00', '2024-12-03T02:05:00+02:00', 'iso'],
    ['2024-12-03T00:00:00.000Z', '2024-12-03T00:05:00.000Z', 'iso'],
    ['2024-12-02T19:00:00-0500', '2024-12-02T19:05:00-0500', 'iso'],
    ['2024-12-03 00:00', '2024-12-03 00:05', 'year-first'],
    ['2024-12-03 00:00:00 UTC', '2024-12-03 00:05:00 UTC', 'iso'],
    ['1733184000', '1733184300', 'epoch-s'],
    ['1733184000.0', '1733184300.0', 'epoch-s'],
    ['1733184000000', '1733184300000', 'epoch-ms'],
    ['1733184000000000', '1733184300000000', 'epoch-us'],
    ['1733184000000000000', '1733184300000000000', 'epoch-ns'],
    ['20241203 000000', '20241203 000500', 'compact'],
    ['20241203000000', '20241203000500', 'compact'],
    ['03/12/2024 12:00:00 AM', '03/12/2024 12:05:00 AM', 'day-month'],
    ['03.12.2024 00:00:00.000 GMT+0000', '03.12.2024 00:05:00.000 GMT+0000', 'day-month'],
  ])('reads %s', async (first, second, shape) => {
    const table = await read(HEAD + rows(first, second));
    expect([...table.tsMs]).toEqual([T0, T0 + 300_000]);
    expect(table.report.timeFormats).toEqual([shape]);
  });

  it('tells day/month from month/day by one day over 12, and by order where no day is', async () => {
    const months = await read(
      HEAD + rows('12/13/2024 23:55', '12/14/2024 00:00') + '\n01/02/2025 00:00,10,12,9,11,5',
    );
    expect(months.report.dateOrder).toBe('month/day');
    expect(months.tsMs[2]).toBe(Date.parse('2025-01-02T00:00:00Z'));
    const stamps = ['11/30/2024', '12/01/2024', '12/02/2024'].map((day) => `${day} 00:00,10,12,9,11,5`);
    expect(
      (await readCsv(bytesOf(HEAD + stamps.slice(1).join('\n')), { interval: 'any' })).report.dateOrder,
    ).toBe('month/day');
  });

  it('settles a file that mixes both orders by its neighbours', async () => {
    const stamps = [
      '31/01/2024 23:55',
      '01/02/2024 00:00',
      '02/13/2024 00:00',
      '02/13/2024 00:05',
      '02/13/2024 00:10',
    ];
    const table = await read(HEAD + stamps.map((stamp) => `${stamp},10,12,9,11,5`).join('\n'));
    expect(table.tsMs[1]).toBe(Date.parse('2024-02-01T00:00:00Z'));
    expect(table.report.dateOrder).toBe('mixed, settled by the neighbouring rows');
  });

  it('turns a file round that is newest first', async () => {
    const table = await read(HEAD + rows('2024-12-03T00:05:00Z', '2024-12-03T00:00:00Z'));
    expect(table.tsMs[0]).toBe(T0);
    expect(table.report.reversed).toBe(true);
  });
});

describe('bad files', () => {
  it.each([
    ['', 'the file is empty'],
    ['\n  \n', 'the file is empty'],
    [HEAD, 'line 2: a header and no rows'],
    ['date,EEM,EWG,TIP,EWJ,EFA\n2008-01-02,1,2,3,4,5\n', 'line 1: no column for open among "date,EEM'],
    ['id,text\n1,x\n', 'line 1: no column for time'],
    [HEAD + rows('noon of May 1', 'noon of May 2'), 'line 2: time "noon of May 1" is in no known format'],
    ['1,2\n', 'line 1: 2 columns without names'],
    ['2024-12-03T00:00:00Z,10,9,12,11,5\n', 'columns 2 to 5 are not open, high, low, close'],
    [HEAD + rows('2024-12-03T00:00:00Z', '2024-12-03T00:15:00Z'), 'its bars are 15 minutes apart'],
    ['\ufffe', 'Cannot read bars'],
  ])('refuses %j and says where', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('reads other intervals for research when asked', async () => {
    const text = HEAD + rows('2024-12-03T00:00:00Z', '2024-12-03T00:15:00Z');
    expect(await readCsv(bytesOf(text), { interval: 'any' })).toMatchObject({ intervalMs: 900_000, rows: 2 });
  });

  it('keeps bad rows for the engine to refuse, with their line', async () => {
    const lines = [
      '2024-12-03T00:00:00Z,10,12,9,11,5',
      '2024-12-03T00:05:00Z,10,12,9,NaN,5',
      '2024-12-03T00:10:00Z,10,inf,9,11,5',
      '2024-12-03T00:15:00Z,-10,12,9,11,5',
      '2024-12-03T00:20:00Z,10,12,13,11,5',
      '2024-12-03T00:20:00Z,10,12,9,11,5',
      '2024-12-03T00:20:00Z,10,12,9,11,5',
      '2024-12-03T00:00:00Z,10,12,9,11,5',
      'yesterday,10,12,9,11,5',
      '2024-12-03T00:25:00Z,10',
      '2024-12-03T00:25:00Z,10,12,9,11,',
      '2024-02-30T00:25:00Z,10,12,9,11,5',
    ];
    const table = await read(HEAD + lines.join('\n'));
    expect(table.rows).toBe(lines.length);
    let previous: number | null = null;
    const reasons: string[] = [];
    for (let i = 0; i < table.rows; i++) {
      const bar = barAt(table, i, 'X');
      const rejection = rejectionOf(bar, previous, 300_000);
      if (rejection === null) previous = bar.tsMs;
      reasons.push(rejection ? `${rejection.reason} ${rejection.field}` : 'ok');
    }
    expect(reasons).toEqual([
      'ok',
      'NON_FINITE close',
      'NON_FINITE high',
      'PRICE_NOT_POSITIVE open',
      'LOW_ABOVE_BODY low',
      'ok',
      'DUPLICATE tsMs',
      'BACKWARD tsMs',
      'NON_FINITE tsMs',
      'NON_FINITE high',
      'NON_FINITE volume',
      'NON_FINITE tsMs',
    ]);
    expect(table.report.problems[0]).toEqual({ line: 3, field: 'close', text: 'NaN' });
    expect(table.report.problems.find((problem) => problem.field === 'time')).toEqual({
      line: 10,
      field: 'time',
      text: 'yesterday',
    });
  });

  it('takes a file without volume and flags it', async () => {
    const empty = await read('timestamp,open,high,low,close,volume\n2024-12-03T00:00:00Z,10,12,9,11,\n');
    expect(empty).toMatchObject({ noVolume: true });
    expect(empty.report.problemCount).toBe(0);
    expect(empty.volume[0]).toBe(0);
  });
});

describe('gzip', () => {
  it('unfolds', async () => {
    const text = HEAD + rows('2024-12-03T00:00:00Z', '2024-12-03T00:05:00Z');
    expect((await readCsv(new Uint8Array(gzipSync(text)))).report).toMatchObject({
      gzip: true,
      byteSize: text.length,
    });
  });

  it('refuses a small file that claims 5 GB, before it allocates', async () => {
    const small = new Uint8Array(gzipSync(HEAD));
    new DataView(small.buffer).setUint32(small.length - 4, 5_000_000_000 % 4_294_967_296, true);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readCsv(small)).rejects.toThrow('declares 705032704 bytes, over the limit of 536870912');
    new DataView(small.buffer).setUint32(small.length - 4, 400_000_000, true);
    await expect(readCsv(small)).rejects.toThrow('cannot hold the 400000000 bytes they declare');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it('refuses a file that unfolds past the limit while it unfolds, whatever it declares', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(32 * 1024 * 1024)));
    new DataView(bomb.buffer, bomb.byteOffset).setUint32(bomb.length - 4, 10, true);
    await expect(readCsv(bomb, { maxBytes: 1 << 20 })).rejects.toThrow('unfolds to at least');
  });

  it('refuses damaged gzip', async () => {
    const broken = new Uint8Array(gzipSync(HEAD + rows('2024-12-03T00:00:00Z', '2024-12-03T00:05:00Z')));
    broken[14] = (broken[14] as number) ^ 0xff;
    await expect(readCsv(broken)).rejects.toThrow('Cannot read gzip: damaged');
    await expect(readCsv(broken.subarray(0, 9))).rejects.toThrow('Cannot read gzip: only 9 bytes');
  });
});

describe('minutes', () => {
  it('makes a 5m bar of the minutes there are, and reports those it left out', async () => {
    const lines = [0, 1, 2, 3, 4, 5, 7, 11].map((minute) => {
      const bad = minute === 7 ? 'NaN' : '11';
      return `2024-12-03T00:${String(minute).padStart(2, '0')}:00Z,10,${12 + minute},${9 - minute / 10},${bad},1`;
    });
    const table = await read(HEAD + lines.join('\n'));
    expect([...table.tsMs]).toEqual([T0, T0 + 300_000, T0 + 600_000]);
    expect([...table.high]).toEqual([16, 17, 23]);
    expect([...table.volume]).toEqual([5, 1, 1]);
    expect(table.report).toMatchObject({ sourceIntervalMs: 60_000, sourceRows: 8, incompleteBuckets: 2 });
    expect(table.report.problems.at(-1)).toEqual({ line: 8, field: 'close', text: 'NON_FINITE NaN' });
  });
});

describe('shared files', () => {
  const nq = sharedData('NQ_5m.csv.gz');
  it.skipIf(nq === null)('reads NQ exactly and fast', async () => {
    const source = new Uint8Array(readFileSync(nq as string));
    await readCsv(source);
    const start = performance.now();
    const table = await readCsv(source);
    const ms = performance.now() - start;
    console.log(`NQ_5m: ${table.rows} rows in ${ms.toFixed(1)} ms`);
    expect(table).toMatchObject({ rows: 51_321, intervalMs: 300_000, noVolume: false });
    expect(table.report.problemCount).toBe(0);
    expect(table.close[0]).toBe(22175.75);
    expect(ms).toBeLessThan(600);
  });

  const btc = sharedData('BTCUSDT_1m_2021w.csv.gz');
  it.skipIf(btc === null)('aggregates a week of BTC minutes', async () => {
    const table = await readCsv(new Uint8Array(readFileSync(btc as string)));
    expect(table).toMatchObject({ rows: 2016, intervalMs: 300_000 });
    expect(table.report).toMatchObject({ sourceIntervalMs: 60_000, incompleteBuckets: 0 });
  });
});
