// SHA-256 (FIPS 180-4). Eight rounds per turn of the loop keep the eight state words in locals without
// shuffling them.

// prettier-ignore
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

const BLOCK: usize = 64;
/** Chaining value, 8 words. */
const STATE = memory.data(32, 16);
/** Message schedule of one block, 64 words. */
const SCHEDULE = memory.data(256, 16);
/** The last one or two blocks with their padding. */
const LAST = memory.data(128, 16);

/**
 * SHA-256 of a range of memory.
 * @param address   first byte
 * @param byteSize  0..2^31
 * @param out       32 bytes, may overlap the input
 */
export function sha256(address: usize, byteSize: usize, out: usize): void {
  store<u64>(STATE, 0xbb67ae856a09e667);
  store<u64>(STATE, 0xa54ff53a3c6ef372, 8);
  store<u64>(STATE, 0x9b05688c510e527f, 16);
  store<u64>(STATE, 0x5be0cd191f83d9ab, 24);
  const whole = byteSize & ~(BLOCK - 1);
  for (let at: usize = 0; at < whole; at += BLOCK) compress(address + at);
  const rest = byteSize - whole;
  memory.fill(LAST, 0, 128);
  memory.copy(LAST, address + whole, rest);
  store<u8>(LAST + rest, 0x80);
  const end: usize = rest < 56 ? BLOCK : 2 * BLOCK;
  store<u64>(LAST + end - 8, bswap<u64>((<u64>byteSize) << 3));
  compress(LAST);
  if (end > BLOCK) compress(LAST + BLOCK);
  v128.store(out, bigEndian(v128.load(STATE)));
  v128.store(out, bigEndian(v128.load(STATE, 16)), 16);
}

function bigEndian(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

function word(t: usize): u32 {
  return load<u32>(SCHEDULE + (t << 2));
}

function extend(at: usize, ago15: u32, ago2: u32): u32 {
  const s0 = rotr(ago15, 7) ^ rotr(ago15, 18) ^ (ago15 >>> 3);
  const s1 = rotr(ago2, 17) ^ rotr(ago2, 19) ^ (ago2 >>> 10);
  return load<u32>(at - 64) + s0 + load<u32>(at - 28) + s1;
}

function first(e: u32, f: u32, g: u32, h: u32, at: usize, k: usize): u32 {
  return h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + load<u32>(at) + load<u32>(k);
}

function second(a: u32, b: u32, c: u32): u32 {
  return (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
}

function compress(block: usize): void {
  v128.store(SCHEDULE, bigEndian(v128.load(block)));
  v128.store(SCHEDULE, bigEndian(v128.load(block, 16)), 16);
  v128.store(SCHEDULE, bigEndian(v128.load(block, 32)), 32);
  v128.store(SCHEDULE, bigEndian(v128.load(block, 48)), 48);
  let x = word(14);
  let y = word(15);
  for (let at = SCHEDULE + 64; at < SCHEDULE + 256; at += 8) {
    x = extend(at, load<u32>(at - 60), x);
    store<u32>(at, x);
    y = extend(at + 4, load<u32>(at - 56), y);
    store<u32>(at, y, 4);
  }
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let i: usize = 0; i < 256; i += 32) {
    const w = SCHEDULE + i;
    const k = K + i;
    h = first(e, f, g, h, w, k);
    d += h;
    h += second(a, b, c);
    g = first(d, e, f, g, w + 4, k + 4);
    c += g;
    g += second(h, a, b);
    f = first(c, d, e, f, w + 8, k + 8);
    b += f;
    f += second(g, h, a);
    e = first(b, c, d, e, w + 12, k + 12);
    a += e;
    e += second(f, g, h);
    d = first(a, b, c, d, w + 16, k + 16);
    h += d;
    d += second(e, f, g);
    c = first(h, a, b, c, w + 20, k + 20);
    g += c;
    c += second(d, e, f);
    b = first(g, h, a, b, w + 24, k + 24);
    f += b;
    b += second(c, d, e);
    a = first(f, g, h, a, w + 28, k + 28);
    e += a;
    a += second(b, c, d);
  }
  store<u32>(STATE, load<u32>(STATE) + a);
  store<u32>(STATE, load<u32>(STATE, 4) + b, 4);
  store<u32>(STATE, load<u32>(STATE, 8) + c, 8);
  store<u32>(STATE, load<u32>(STATE, 12) + d, 12);
  store<u32>(STATE, load<u32>(STATE, 16) + e, 16);
  store<u32>(STATE, load<u32>(STATE, 20) + f, 20);
  store<u32>(STATE, load<u32>(STATE, 24) + g, 24);
  store<u32>(STATE, load<u32>(STATE, 28) + h, 28);
}
