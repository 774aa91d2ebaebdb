// Colours of the charts, read from the page's custom properties so that one stylesheet decides.

import type { ChartOptions, DeepPartial } from 'lightweight-charts';

/** Colours a chart needs, as CSS values. */
export interface Palette {
  readonly text: string;
  readonly grid: string;
  readonly up: string;
  readonly down: string;
  readonly accent: string;
  readonly muted: string;
}

/** The palette now in force. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: value('--muted'),
    grid: value('--grid'),
    up: value('--up'),
    down: value('--down'),
    accent: value('--accent'),
    muted: value('--faint'),
  };
}

/** Options that both charts share. */
export function chartOptions(palette: Palette): DeepPartial<ChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: palette.text,
      fontFamily: 'ui-sans-serif, system-ui, "Segoe UI", sans-serif',
      fontSize: 11,
      // The logo brings a style element of its own, which the content security policy forbids; the page links
      // instead.
      attributionLogo: false,
    },
    grid: { vertLines: { color: palette.grid }, horzLines: { color: palette.grid } },
    rightPriceScale: { borderVisible: false, minimumWidth: 72, entireTextOnly: true },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false, rightOffset: 4 },
    crosshair: { vertLine: { color: palette.muted }, horzLine: { color: palette.muted } },
    localization: { locale: 'en-GB' },
  };
}
