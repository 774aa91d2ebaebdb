// Bump allocator over linear memory. Nothing is ever freed: an engine reserves all it needs at start.

/** Pages of 64 KiB the kernel may grow to (128 MiB); a limit for every caller. */
const PAGES_MAX: i32 = 2048;

let top: usize = 0;

/** Reserves zeroed bytes on a 16-byte boundary; returns 0 when the limit is reached. */
export function alloc(byteSize: usize): usize {
  if (top == 0) top = (__heap_base + 15) & ~15;
  if (byteSize > <usize>PAGES_MAX << 16) return 0;
  const at = top;
  const end = (at + byteSize + 15) & ~15;
  const pages = <i32>((end + 0xffff) >> 16);
  if (pages > PAGES_MAX) return 0;
  const have = memory.size();
  if (pages > have && memory.grow(pages - have) < 0) return 0;
  top = end;
  return at;
}
