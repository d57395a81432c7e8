// Which part of a long list is on the screen.

const step = 5; // rows by which the window moves: not every pixel draws anew, and no picture draws many
const margin = 10; // rows above and below what is seen

/** The first and the last row to draw, with a margin of rows around what is seen; the last is -1 when there is none. */
export function windowOf(top: number, seen: number, row: number, count: number): { from: number; to: number } {
  const first = Math.floor(top / row / step) * step - margin;
  const last = Math.ceil((top + seen) / row / step) * step + margin;
  return { from: Math.max(0, Math.min(first, count - 1)), to: Math.min(count - 1, last) };
}

/** The pages, from 1, that hold these rows. */
export function pagesOf(from: number, to: number, size: number): number[] {
  const pages: number[] = [];
  for (let page = Math.floor(from / size); page <= Math.floor(to / size); page++) {
    pages.push(page + 1);
  }
  return pages;
}
