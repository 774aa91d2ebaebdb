// Bump allocator over linear memory. Nothing is ever freed: an engine reserves all it needs at start.

/** Pages of 64 KiB that the kernel may grow to: 128 MiB, a limit for every caller. */
const PAGES: i32 = 2048;
/** Pages that a kernel with one large index may be allowed: 1 GiB. */
const PAGES_MAX: i32 = 16384;

let top: usize = 0;
let pages: i32 = PAGES;

/** Lets this kernel grow to `count` pages of 64 KiB, at most 16,384; never takes anything back. */
export function allowPages(count: i32): void {
  pages = max(pages, min(count, PAGES_MAX));
}

/** Reserves zeroed bytes on a 16-byte boundary; returns 0 when the limit is reached. */
export function alloc(byteSize: usize): usize {
  if (top == 0) top = (__heap_base + 15) & ~15;
  if (byteSize > <usize>pages << 16) return 0;
  const at = top;
  const end = (at + byteSize + 15) & ~15;
  const wanted = <i32>((end + 0xffff) >> 16);
  if (wanted > pages) return 0;
  const have = memory.size();
  if (wanted > have && memory.grow(wanted - have) < 0) return 0;
  top = end;
  return at;
}
