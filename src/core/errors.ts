// One error class with a closed union of codes; expected outcomes are values, not exceptions.

/** Every code this project throws. A new code is added here first. */
export type ErrorCode =
  | 'BAD_ARGUMENT' // a caller passed a value outside the documented range
  | 'BAD_INPUT' // a file, request or message is malformed; data names the place
  | 'BAD_MODEL' // a model file or its card is refused
  | 'BAD_JOURNAL' // journal bytes cannot be read
  | 'LIMIT' // an input exceeds a limit checked before allocation
  | 'OVERFLOW' // an integer left the exact range
  | 'KERNEL' // the WebAssembly kernel is missing or refused
  | 'STORE' // a store could not read or write
  | 'UNSUPPORTED' // this host cannot do it
  | 'WORKER' // a worker of a pool broke
  | 'STOPPED'; // the caller's signal ended it

/** Facts that belong to an error: field names, values, positions. */
export type ErrorData = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The project's only error class.
 *
 * @example
 * new GrandModelError('BAD_INPUT', 'Cannot read bars: line 3: low 5 is above close 4').code // 'BAD_INPUT'
 */
export class GrandModelError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, data: ErrorData = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GrandModelError';
    this.code = code;
    this.data = data;
  }
}
