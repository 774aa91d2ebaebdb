// Text to HTML and SVG: escaping in one place, elements as strings, nothing that runs.

/** Values of attributes; undefined leaves one out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text that may stand in HTML, as content or in quotes.
 *
 * @example escaped('<b>') // '&lt;b&gt;'
 */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

/**
 * An element around markup that is already escaped. Numbers are cut to two decimals, enough for a drawing.
 */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(String(value))}"`)
    .join('');
  return `<${name}${written}>${content.join('')}</${name}>`;
}

/** An element around plain text. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  return element(name, attributes, escaped(text));
}

/** A number for a drawing. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A share as a percentage. */
export function percent(value: number | null, digits = 1): string {
  return value === null || !Number.isFinite(value) ? '–' : `${signed(100 * value, digits)} %`;
}

/** A number with a real minus sign. */
export function signed(value: number, digits: number): string {
  const text = value.toFixed(digits).replace('-', '−');
  return Number(value.toFixed(digits)) === 0 ? text.replace('−', '') : text;
}

/** A number, or a dash where there is none. */
export function figure(value: number | null, digits = 2): string {
  return value === null || !Number.isFinite(value) ? '–' : signed(value, digits);
}

/** Money without decimals, thousands apart. */
export function money(value: number): string {
  const grouped = Math.round(Math.abs(value))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return value <= -0.5 ? `−${grouped}` : grouped;
}

/**
 * A count with its noun.
 *
 * @example counted(2, 'trial') // '2 trials'
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Day in UTC. */
export function dayText(tsMs: number): string {
  return new Date(tsMs).toISOString().slice(0, 10);
}

/** Minute in UTC. */
export function minuteText(tsMs: number): string {
  return new Date(tsMs).toISOString().slice(0, 16).replace('T', ' ');
}
