// Multiply and add in four lanes, the one place where the two builds of this module differ. The canonical
// build rounds twice: the same bits on every host. The fast build (asc --enable relaxed-simd) lets the
// processor fuse, so its bits belong to the machine that made them.

/** a · b + c. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Whether this is the fast build, from which nothing may be published. */
export function mayFuse(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
