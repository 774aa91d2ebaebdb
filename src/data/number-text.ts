// Numbers out of bytes, without strings: correctly rounded for the digits that market files hold.

const POWERS = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
] as const;
const latin = new TextDecoder('latin1');

/**
 * The number written in a range of bytes; NaN when it is none. Up to 15 digits it is one exact integer
 * divided by one exact power of ten, hence correctly rounded (Clinger 1990); longer or exponential ones go
 * through the host's own exact conversion. Accepts inf and infinity in any case.
 *
 * @param bytes    ASCII
 * @param from     first byte
 * @param to       byte after the last
 * @param decimal  code of the decimal mark, 46 "." or 44 ","
 * @example        numberAt(new TextEncoder().encode('12.25'), 0, 5, 46) // 12.25
 */
export function numberAt(bytes: Uint8Array, from: number, to: number, decimal: number): number {
  let at = from;
  const negative = bytes[at] === 45;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte >= 48 && byte <= 57) {
      mantissa = mantissa * 10 + byte - 48;
      digits++;
    } else if (byte === decimal && point < 0) {
      point = at + 1;
    } else {
      return slowNumber(bytes, from, to, decimal);
    }
  }
  if (digits === 0) return Number.NaN;
  if (digits > 15) return slowNumber(bytes, from, to, decimal);
  const value = point < 0 ? mantissa : mantissa / (POWERS[to - point] as number);
  return negative ? -value : value;
}

function slowNumber(bytes: Uint8Array, from: number, to: number, decimal: number): number {
  if (to - from > 64) return Number.NaN;
  const text = latin.decode(bytes.subarray(from, to)).trim();
  const plain = decimal === 44 ? text.replace(',', '.') : text;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(plain);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
