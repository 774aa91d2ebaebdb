// Finds out which field of a damaged journal record was changed, as far as its stored hash can tell.

import { ByteReader } from '../core/bytes.ts';
import { placeOf } from '../core/codec.ts';
import { RECORD_EVENT } from '../journal/format.ts';
import type { RawRecord } from '../journal/reader.ts';
import { eventCodec } from './events.ts';

/** Kind, number and the longest bar of an event record: where a single damaged byte is looked for. */
const REPAIR_BYTES = 64;
/** Where a record's event begins: after kind and number. */
const EVENT_AT = 9;

/**
 * The field whose repair in one byte makes a record fit its stored hash.
 *
 * @param hashOf  hash of a body at its place in the chain
 * @returns       'hash' when the stored hash itself was changed; null when the damage is larger than one byte
 *                or lies in
 *                the effects, which a replay knows
 */
export function damagedField(record: RawRecord, hashOf: (body: Uint8Array) => Uint8Array): string | null {
  if (nearly(hashOf(record.body), record.hash)) return 'hash';
  const body = record.body.slice();
  const bytes = Math.min(body.length, REPAIR_BYTES);
  for (let at = 0; at < bytes; at++) {
    const damaged = body[at] as number;
    for (let flip = 1; flip < 256; flip++) {
      body[at] = damaged ^ flip;
      if (sameBytes(hashOf(body), record.hash)) return fieldAt(body, at);
    }
    body[at] = damaged;
  }
  return null;
}

/** The field of a sound record that a byte belongs to; null where it is none of an event's own. */
function fieldAt(body: Uint8Array, at: number): string | null {
  if (at < 1) return 'kind';
  if (at < EVENT_AT) return 'seq';
  const reader = new ByteReader(body);
  if (reader.u8() !== RECORD_EVENT) return null;
  reader.i64();
  const event = eventCodec.read(reader);
  return at < reader.position ? placeOf(eventCodec, event, 'event', at - EVENT_AT) : null;
}

/** True for hashes that share most of their bytes: then the stored one was changed, not what it covers. */
function nearly(computed: Uint8Array, stored: Uint8Array): boolean {
  let differing = 0;
  for (let i = 0; i < computed.length; i++) if (computed[i] !== stored[i]) differing++;
  return differing <= computed.length / 4;
}

/**
 * First place where two byte strings differ, their shared length when one goes on, −1 when they are equal.
 */
export function differingByte(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) if (left[i] !== right[i]) return i;
  return left.length === right.length ? -1 : shared;
}

/** True for equal byte strings. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return differingByte(left, right) < 0;
}
