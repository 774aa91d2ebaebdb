// Candles with the decisions on them. Keeps a bounded window of bars, so a year of them costs what a month
// does.

import type {
  CandlestickData,
  IChartApi,
  IPriceLine,
  ISeriesApi,
  ISeriesMarkersPluginApi,
  SeriesMarker,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { BAR_VALUES } from '../runtime/session-view.ts';
import type { DecisionView, FillView, PositionView } from '../runtime/session-view.ts';
import { chartOptions, readPalette } from './chart-theme.ts';
import type { Palette } from './chart-theme.ts';
import { h } from './dom.ts';

const WINDOW_BARS = 3_000;
const VISIBLE_BARS = 180;
/** New bars beyond which the whole window is set at once. */
const ONE_BY_ONE_MAX = 60;
const BAR_MS = 300_000;

type Candle = CandlestickData<UTCTimestamp>;

/** The price chart; `ready` once its library has arrived. */
export class PriceChart {
  readonly element: HTMLElement;
  private readonly host: HTMLElement;
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Candlestick'> | null = null;
  private markerLayer: ISeriesMarkersPluginApi<Time> | null = null;
  private candles: Candle[] = [];
  private markers: SeriesMarker<Time>[] = [];
  private palette: Palette | null = null;
  private digits = 2;
  /** Entry, stop, target. */
  private readonly lines: (IPriceLine | null)[] = [null, null, null];

  constructor() {
    this.host = h('div.chart-host', { role: 'img', 'aria-label': 'Price candles of five minutes' });
    this.element = h('div.chart.price-chart', {}, this.host);
  }

  /** Loads the chart library; what came before is shown then. */
  async load(): Promise<void> {
    const library = await import('lightweight-charts');
    this.palette = readPalette(this.element);
    this.chart = library.createChart(this.host, chartOptions(this.palette));
    this.series = this.chart.addSeries(library.CandlestickSeries, { borderVisible: false });
    this.markerLayer = library.createSeriesMarkers(this.series, []);
    this.restyle();
    this.redraw();
  }

  /** Starts over for another session. */
  reset(digits: number): void {
    this.digits = digits;
    this.candles = [];
    this.markers = [];
    this.showPosition(null);
    this.restyle();
    this.redraw();
    this.chart?.timeScale().applyOptions({ barSpacing: 6 });
  }

  /** Takes the palette that is now in force. */
  restyle(): void {
    if (!this.chart || !this.series) return;
    const palette = readPalette(this.element);
    this.palette = palette;
    const { up, down } = palette;
    this.chart.applyOptions(chartOptions(palette));
    this.series.applyOptions({
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      priceFormat: { type: 'price', precision: this.digits, minMove: Number(`1e-${this.digits}`) },
    });
    this.markers = this.markers.map((marker) => ({
      ...marker,
      color: this.colourOf(marker.id ?? ''),
    }));
    this.markerLayer?.setMarkers(this.markers);
  }

  /** Adds bars (rows of BAR_VALUES), decisions and fills. */
  push(bars: Float64Array, decisions: readonly DecisionView[], fills: readonly FillView[]): void {
    const count = bars.length / BAR_VALUES;
    const wholesale = count > ONE_BY_ONE_MAX || this.candles.length > 2 * WINDOW_BARS;
    for (let i = 0; i < bars.length; i += BAR_VALUES) {
      const candle: Candle = {
        time: stamp(bars[i] ?? 0),
        open: bars[i + 1] ?? 0,
        high: bars[i + 2] ?? 0,
        low: bars[i + 3] ?? 0,
        close: bars[i + 4] ?? 0,
      };
      this.candles.push(candle);
      if (!wholesale) this.series?.update(candle);
    }
    const marked = this.mark(decisions, fills);
    if (wholesale) {
      this.candles = this.candles.slice(-WINDOW_BARS);
      this.redraw();
    } else if (marked) this.markerLayer?.setMarkers(this.markers);
  }

  /** Draws the open position with its stop and target; null when flat. */
  showPosition(position: PositionView | null): void {
    const levels = position ? [position.entry, position.stop, position.target] : [null, null, null];
    levels.forEach((price, index) => {
      const line = this.lines[index];
      if (price === null) {
        if (line) this.series?.removePriceLine(line);
        this.lines[index] = null;
      } else if (line) line.applyOptions({ price });
      else if (this.series && this.palette) {
        const color = [this.palette.accent, this.palette.down, this.palette.up][index] ?? this.palette.muted;
        const title = ['entry', 'stop', 'target'][index] ?? '';
        this.lines[index] = this.series.createPriceLine({ price, color, title, lineWidth: 1 });
      }
    });
  }

  /** Brings a decision's bar into view. */
  show(knownAtMs: number): void {
    const index = this.candles.findIndex((candle) => candle.time === stamp(knownAtMs - BAR_MS));
    if (index < 0) return;
    this.chart
      ?.timeScale()
      .setVisibleLogicalRange({ from: index - VISIBLE_BARS / 2, to: index + VISIBLE_BARS / 2 });
  }

  /** Follows the newest bar again. */
  follow(): void {
    this.chart?.timeScale().scrollToRealTime();
  }

  private redraw(): void {
    const first = this.candles[0]?.time ?? 0;
    this.markers = this.markers.filter((marker) => Number(marker.time) >= first);
    this.series?.setData(this.candles);
    this.markerLayer?.setMarkers(this.markers);
  }

  private mark(decisions: readonly DecisionView[], fills: readonly FillView[]): boolean {
    for (const { knownAtMs, ordered, outcome, round } of decisions) {
      if (outcome === 'abstained') continue;
      const long = (ordered ?? 0) > 0;
      const kind = outcome === 'refused' ? 'refused' : long ? 'long' : 'short';
      this.markers.push({
        time: stamp(knownAtMs - BAR_MS),
        position: kind === 'long' ? 'belowBar' : 'aboveBar',
        shape: kind === 'refused' ? 'circle' : long ? 'arrowUp' : 'arrowDown',
        color: this.colourOf(kind),
        size: kind === 'refused' ? 0.5 : 1,
        id: `${kind} ${round}`,
      });
    }
    const exits = fills.filter((fill) => fill.role !== 'ENTRY');
    for (const { tsMs, role } of exits) {
      const kind = role === 'TARGET' ? 'target' : 'stop';
      this.markers.push({
        time: stamp(tsMs),
        position: 'inBar',
        shape: 'square',
        color: this.colourOf(kind),
        size: 0.5,
        id: `${kind} ${tsMs}`,
      });
    }
    this.markers.sort((a, b) => Number(a.time) - Number(b.time));
    return decisions.length + exits.length > 0;
  }

  private colourOf(id: string): string {
    const palette = this.palette;
    if (!palette) return 'gray';
    if (id.startsWith('refused')) return palette.muted;
    return id.startsWith('long') || id.startsWith('target') ? palette.up : palette.down;
  }
}

function stamp(tsMs: number): UTCTimestamp {
  return (tsMs / 1000) as UTCTimestamp;
}
