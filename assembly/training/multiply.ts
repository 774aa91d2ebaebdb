// Multiply and add in four lanes, rounded twice: the same bits on every host, which a fused form does not
// give.

/** a · b + c. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
