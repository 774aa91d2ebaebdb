// Reads a request's JSON: media type first, bytes counted while they arrive, then the schema. Errors name
// field and value.

import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type * as z from 'zod';

/** Largest body, bytes. */
export const BODY_BYTES_MAX = 4 << 20;

/** What an error answer carries. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly value: string | number | boolean | null;
}

/** A request that cannot be answered, with its status. */
export class RequestError extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: ErrorBody;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    place: { field?: string; value?: unknown } = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.body = { code, message, field: place.field ?? null, value: shown(place.value) };
  }
}

/**
 * Parses a request by a schema.
 *
 * @param side  STRATEGIC or TACTICAL: how its error codes start
 * @throws      RequestError 415, 413, 400 or 422
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>, side: string): Promise<T> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    const place = { field: 'content-type', value: type };
    throw new RequestError(
      415,
      `${side}_MEDIA_TYPE`,
      'Cannot read request: it is not application/json',
      place,
    );
  }
  const text = await readText(request, side);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(400, `${side}_NOT_JSON`, 'Cannot read request: the body is not JSON', {
      field: 'body',
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const field = path.length > 0 ? placeOf(path) : 'body';
  throw new RequestError(
    422,
    `${side}_INVALID`,
    `Cannot read request: ${field}: ${issue?.message ?? 'invalid'}`,
    {
      field,
      value: path.reduce<unknown>(
        (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
        value,
      ),
    },
  );
}

/** The counter stops the reading, whatever Content-Length says. */
async function readText(request: Request, side: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let byteSize = 0;
  const reader = request.body?.getReader();
  if (!reader) return text;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    byteSize += value.byteLength;
    if (byteSize > BODY_BYTES_MAX) {
      await reader.cancel();
      const message = `Cannot read request: the body is over ${BODY_BYTES_MAX} bytes`;
      throw new RequestError(413, `${side}_TOO_LARGE`, message, { field: 'body' });
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** market_data, bars, 7, low → market_data.bars[7].low */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((key, i) =>
    typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`,
  );
  return parts.join('');
}

function shown(value: unknown): ErrorBody['value'] {
  if (typeof value === 'string') return value.slice(0, 60);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}
