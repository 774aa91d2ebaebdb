// The journal's header: everything a replay needs to be the same run, and what makes a build another build.

import { ByteReader, ByteWriter, toHex } from '../core/bytes.ts';
import type { Codec } from '../core/codec.ts';
import { fixedBytes, list, oneOf, struct, text, u32 } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { HASH_BYTES } from '../journal/format.ts';
import type { JournalSchema } from '../journal/format.ts';
import { instrumentCodec } from '../market/instrument.ts';
import type { Instrument } from '../market/instrument.ts';
import { LEDGER_SYMBOLS_MAX } from '../execution/ledger.ts';
import { engineConfigCodec } from './config.ts';
import type { EngineConfig } from './config.ts';
import { effectsCodec } from './effects.ts';
import type { Effect } from './effects.ts';
import { eventCodec } from './events.ts';
import type { EngineEvent } from './events.ts';
import { ENGINE_VERSION } from './version.ts';

export const VOLUME_KINDS = ['none', 'ticks', 'quantity'] as const;
export type VolumeKind = (typeof VOLUME_KINDS)[number];

/** One symbol of a run. */
export interface Listing {
  instrument: Instrument;
  /** What the source's volume is: nothing, a count of price changes (FX), or a traded quantity. */
  volume: VolumeKind;
}

/** A voter's model, by the hash of its file. */
export interface PinnedModel {
  agent: string;
  sha256: Uint8Array;
}

export interface JournalHeader {
  engineVersion: number;
  kernelHash: Uint8Array;
  config: EngineConfig;
  models: PinnedModel[];
  listings: Listing[];
}

const VOTERS_MAX = 10;

export const headerCodec: Codec<JournalHeader> = struct<JournalHeader>({
  engineVersion: u32,
  kernelHash: fixedBytes(HASH_BYTES),
  config: engineConfigCodec,
  models: list(struct<PinnedModel>({ agent: text, sha256: fixedBytes(HASH_BYTES) }), VOTERS_MAX),
  listings: list(
    struct<Listing>({ instrument: instrumentCodec, volume: oneOf(VOLUME_KINDS) }),
    LEDGER_SYMBOLS_MAX,
  ),
});

/** What the journal of an engine carries. */
export const engineSchema: JournalSchema<JournalHeader, EngineEvent, Effect> = {
  header: headerCodec,
  event: eventCodec,
  effects: effectsCodec,
};

/**
 * Refuses a header that its journal could not keep as it is: a value outside its field's range, a symbol
 * listed twice.
 *
 * @throws GrandModelError BAD_ARGUMENT naming the field
 */
export function checkHeader(header: JournalHeader): void {
  const writer = new ByteWriter(1024);
  headerCodec.write(writer, header);
  const twice = header.listings.findIndex(({ instrument }, index) =>
    header.listings.some((other, before) => before < index && other.instrument.symbol === instrument.symbol),
  );
  const field =
    twice >= 0
      ? `listings[${twice}].instrument.symbol`
      : headerCodec.difference(headerCodec.read(new ByteReader(writer.view8())), header, '');
  if (field === null) return;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot start: ${field} is repeated or outside its range`, {
    field,
  });
}

/**
 * What makes a header's build another one than this, or null when it is this build.
 *
 * @param kernelHash  SHA-256 of this build's kernel
 */
export function buildDifference(header: JournalHeader, kernelHash: Uint8Array): string | null {
  if (header.engineVersion !== ENGINE_VERSION) {
    return `engineVersion ${header.engineVersion}, this is ${ENGINE_VERSION}`;
  }
  const theirs = toHex(header.kernelHash);
  const ours = toHex(kernelHash);
  return theirs === ours ? null : `kernel ${theirs.slice(0, 12)}, this is ${ours.slice(0, 12)}`;
}
