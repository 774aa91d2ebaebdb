// The model card beside every .onnx file: what it is, what it was fitted on, and outputs that every evaluator
// must reproduce.

import { GrandModelError } from '../core/errors.ts';

/** An input with the output that belongs to it. */
export interface Probe {
  /** f32 values, row-major, exactly representable. */
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/** What the model was fitted on. */
export interface CardData {
  readonly source: string;
  /** SHA-256 of the bars it was fitted on, hexadecimal. */
  readonly sha256: string;
  readonly seeds: readonly number[];
  readonly bars: number;
  readonly samples: number;
  readonly from_ms: number;
  readonly through_ms: number;
}

/** A card, as it stands in the file (the names are the file's). */
export interface ModelCard {
  readonly format: typeof CARD_FORMAT;
  readonly name: string;
  /** Voter id the model is for; a model of another agent is refused. */
  readonly agent: string;
  readonly file: string;
  /** SHA-256 of the .onnx file, hexadecimal. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly architecture: string;
  readonly parameters: number;
  readonly input_shape: readonly number[];
  readonly output_shape: readonly number[];
  readonly classes: readonly string[];
  readonly opset: number;
  /** Fixed multiplier of each input column: the agent's emphasis. */
  readonly priors: readonly number[];
  readonly label: string;
  readonly probes: readonly Probe[];
  readonly seed: number;
  readonly data: CardData;
  /** Commit of the training code; null where the file is reproduced by `npm run models`. */
  readonly code_commit: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** Last bar it has seen, ms UTC. */
  readonly trained_through_ms: number;
  /** From this event time on the model abstains; null: never. */
  readonly expires_ms: number | null;
  /** Seconds the fit took; null where the card is reproducible byte for byte. */
  readonly training_time_s: number | null;
  readonly lineage: readonly string[];
  readonly notes: string;
}

/** Version of the card's format. */
export const CARD_FORMAT = 'grandmodel-card/1';
/** Largest card, characters. */
export const CARD_LENGTH_MAX = 1_048_576;
/** Largest |Δ| between an evaluator's output and a probe's. */
export const PROBE_TOLERANCE = 1e-5;

const TEXT_MAX = 2048;
const LIST_MAX = 65_536;
const PROBES_MAX = 8;

type Check<T> = (value: unknown, place: string) => T;

/**
 * Reads a card; every field is required, unknown ones are refused.
 *
 * @param source  JSON text of at most 1 MiB
 * @throws        GrandModelError BAD_MODEL naming the field
 */
export function readCard(source: string): ModelCard {
  if (source.length > CARD_LENGTH_MAX)
    throw badCard('card', `${source.length} characters are over ${CARD_LENGTH_MAX}`);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new GrandModelError(
      'BAD_MODEL',
      'Cannot read model card: it is not JSON',
      { place: 'card' },
      cause,
    );
  }
  const card = readFields(value, 'card');
  if (!/^[0-9a-f]{64}$/.test(card.sha256)) throw badCard('sha256', 'it is not 64 hexadecimal digits');
  if (card.probes.length === 0) throw badCard('probes', 'there is none');
  return card;
}

/** Whether a model no longer votes at an event time. */
export function isExpired(card: ModelCard, knownAtMs: number): boolean {
  return card.expires_ms !== null && knownAtMs >= card.expires_ms;
}

/** The error of a refused card. */
export function badCard(place: string, reason: string): GrandModelError {
  return new GrandModelError('BAD_MODEL', `Cannot read model card: ${place}: ${reason}`, { place });
}

const number: Check<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badCard(place, 'it is not a finite number');
  return value;
};

const integer: Check<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw badCard(place, 'it is not an integer');
  return value;
};

const text: Check<string> = (value, place) => {
  if (typeof value !== 'string' || value.length > TEXT_MAX)
    throw badCard(place, `it is not text of up to ${TEXT_MAX}`);
  return value;
};

const cardFormat: Check<typeof CARD_FORMAT> = (value, place) => {
  if (value !== CARD_FORMAT) throw badCard(place, `it is not "${CARD_FORMAT}"`);
  return CARD_FORMAT;
};

function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, place) => (value === null ? null : check(value, place));
}

function listOf<T>(check: Check<T>, max: number): Check<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length > max) throw badCard(place, `it is not a list of up to ${max}`);
    return value.map((item: unknown, index) => check(item, `${place}[${index}]`));
  };
}

function recordOf<T>(fields: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw badCard(place, 'it is not an object');
    const source = new Map(Object.entries(value));
    const record: Partial<T> = {};
    for (const name in fields) {
      if (!source.delete(name)) throw badCard(`${place}.${name}`, 'it is missing');
      record[name] = fields[name]((value as Record<string, unknown>)[name], `${place}.${name}`);
    }
    for (const name of source.keys()) throw badCard(`${place}.${name.slice(0, 64)}`, 'it is unknown');
    return record as T;
  };
}

const metrics: Check<Readonly<Record<string, number>>> = (value, place) => {
  if (typeof value !== 'object' || value === null) throw badCard(place, 'it is not an object');
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, number(item, `${place}.${name}`)]),
  );
};

const readFields = recordOf<ModelCard>({
  format: cardFormat,
  name: text,
  agent: text,
  file: text,
  sha256: text,
  size_bytes: integer,
  architecture: text,
  parameters: integer,
  input_shape: listOf(integer, 6),
  output_shape: listOf(integer, 6),
  classes: listOf(text, 16),
  opset: integer,
  priors: listOf(number, 256),
  label: text,
  probes: listOf(
    recordOf<Probe>({ input: listOf(number, LIST_MAX), output: listOf(number, 256) }),
    PROBES_MAX,
  ),
  seed: integer,
  data: recordOf<CardData>({
    source: text,
    sha256: text,
    seeds: listOf(integer, 256),
    bars: integer,
    samples: integer,
    from_ms: integer,
    through_ms: integer,
  }),
  code_commit: orNull(text),
  metrics,
  trained_through_ms: integer,
  expires_ms: orNull(integer),
  training_time_s: orNull(number),
  lineage: listOf(text, 64),
  notes: text,
});
