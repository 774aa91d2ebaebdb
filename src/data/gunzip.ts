// Bytes of a file, plain or gzip. A size over the limit is refused before or while it unfolds, never after.

import { GrandModelError } from '../core/errors.ts';

/** Largest file taken by default, bytes after decompression (512 MiB). */
export const FILE_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Deflate cannot expand more than about 1032 : 1 (RFC 1951, one bit per 258-byte match); with room for the
 * headers.
 */
const RATIO_MAX = 1040;

/** True when bytes start as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses gzip bytes, and returns any others as they are.
 *
 * @param maxBytes  limit on the decompressed size, bytes
 * @throws          GrandModelError LIMIT when the declared or the actual size is over the limit, BAD_INPUT
 *                  when the
 *                  gzip is damaged, UNSUPPORTED when this host has no DecompressionStream
 */
export async function gunzip(bytes: Uint8Array, maxBytes = FILE_BYTES_MAX): Promise<Uint8Array> {
  if (!isGzip(bytes)) {
    if (bytes.length > maxBytes) throw tooLarge(bytes.length, maxBytes, 'has');
    return bytes;
  }
  const declared = declaredSize(bytes);
  if (declared > maxBytes) throw tooLarge(declared, maxBytes, 'declares');
  if (declared > bytes.length * RATIO_MAX) {
    const message = `Cannot read gzip: ${bytes.length} bytes cannot hold the ${declared} bytes they declare`;
    throw new GrandModelError('BAD_INPUT', message, { byteSize: bytes.length, declared });
  }
  if (typeof DecompressionStream === 'undefined') {
    throw new GrandModelError('UNSUPPORTED', 'Cannot read gzip: this host has no DecompressionStream', {});
  }
  return unfold(bytes, declared, maxBytes);
}

async function unfold(bytes: Uint8Array, declared: number, maxBytes: number): Promise<Uint8Array> {
  const unzip = new DecompressionStream('gzip');
  const writer = unzip.writable.getWriter();
  // The reading side below reports what fails; these two only mark the same failure as seen.
  const ignore = (): void => undefined;
  writer.write(new Uint8Array(bytes)).catch(ignore);
  writer.close().catch(ignore);
  const reader = unzip.readable.getReader();
  let held = new Uint8Array(Math.max(declared, 1024));
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length > maxBytes)
        throw tooLarge(length + value.length, maxBytes, 'unfolds to at least');
      if (length + value.length > held.length) {
        const grown = new Uint8Array(Math.min(maxBytes, Math.max(length + value.length, 2 * held.length)));
        grown.set(held.subarray(0, length));
        held = grown;
      }
      held.set(value, length);
      length += value.length;
    }
  } catch (cause) {
    reader.cancel().catch(ignore);
    if (cause instanceof GrandModelError) throw cause;
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot read gzip: damaged after ${length} bytes`,
      { length },
      cause,
    );
  }
  return held.subarray(0, length);
}

/** ISIZE, the size modulo 2^32 that the last member declares. */
function declaredSize(bytes: Uint8Array): number {
  if (bytes.length < 18)
    throw new GrandModelError('BAD_INPUT', `Cannot read gzip: only ${bytes.length} bytes`, {});
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
}

function tooLarge(size: number, maxBytes: number, verb: string): GrandModelError {
  return new GrandModelError(
    'LIMIT',
    `Cannot read file: it ${verb} ${size} bytes, over the limit of ${maxBytes}`,
    {
      size,
      maxBytes,
    },
  );
}
