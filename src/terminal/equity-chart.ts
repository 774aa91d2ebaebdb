// The equity curve against its start, at most a few thousand points however long the run.

import type { BaselineData, IChartApi, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import { chartOptions, readPalette } from './chart-theme.ts';
import { h } from './dom.ts';

const POINTS_MAX = 4_000;

type Point = BaselineData<UTCTimestamp>;

/** Equity over event time. */
export class EquityChart {
  readonly element: HTMLElement;
  private readonly host: HTMLElement;
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Baseline'> | null = null;
  private points: Point[] = [];
  private start = 0;
  private stride = 1;
  private seen = 0;

  constructor() {
    this.host = h('div.chart-host', { role: 'img', 'aria-label': 'Equity curve' });
    this.element = h('div.chart.equity-chart', {}, this.host);
  }

  /** Loads the chart library; what came before is shown then. */
  async load(): Promise<void> {
    const library = await import('lightweight-charts');
    this.chart = library.createChart(this.host, chartOptions(readPalette(this.element)));
    this.series = this.chart.addSeries(library.BaselineSeries, {
      lineWidth: 2,
      priceLineVisible: false,
      priceFormat: { type: 'price', precision: 0, minMove: 1 },
    });
    this.restyle();
    this.redraw();
  }

  /** Starts over at an equity. */
  reset(start: number): void {
    this.start = start;
    this.points = [];
    this.stride = 1;
    this.seen = 0;
    this.restyle();
    this.redraw();
  }

  /** Takes the palette that is now in force. */
  restyle(): void {
    if (!this.chart || !this.series) return;
    const palette = readPalette(this.element);
    this.chart.applyOptions({
      ...chartOptions(palette),
      handleScroll: false,
      handleScale: false,
      rightPriceScale: {
        borderVisible: false,
        minimumWidth: 72,
        entireTextOnly: true,
        scaleMargins: { top: 0.16, bottom: 0.12 },
      },
      // with times, or two marks of one day would both read as its number
      timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, minBarSpacing: 0.001 },
    });
    this.series.applyOptions({
      baseValue: { type: 'price', price: this.start },
      topLineColor: palette.up,
      bottomLineColor: palette.down,
      topFillColor1: `${palette.up}40`,
      topFillColor2: `${palette.up}08`,
      bottomFillColor1: `${palette.down}08`,
      bottomFillColor2: `${palette.down}40`,
    });
  }

  /** Adds pairs of knownAtMs and equity. */
  push(pairs: Float64Array): void {
    if (pairs.length === 0) return;
    for (let i = 0; i < pairs.length; i += 2) {
      if (this.seen++ % this.stride !== 0) continue;
      const time = ((pairs[i] ?? 0) / 1000) as UTCTimestamp;
      if (Number(this.points.at(-1)?.time ?? 0) < time) this.points.push({ time, value: pairs[i + 1] ?? 0 });
    }
    if (this.points.length > POINTS_MAX) {
      this.points = this.points.filter((_, index) => index % 2 === 0);
      this.stride *= 2;
    }
    this.redraw();
  }

  private redraw(): void {
    this.series?.setData(this.points);
    this.chart?.timeScale().fitContent();
  }
}
