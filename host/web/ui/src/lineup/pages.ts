// Long lists that are taken as a whole, and sent in pieces.

import type { PageOf } from "./types";

/** The rows of all pages, asked for one after the other. */
export async function everyPage<T>(ask: (page: number) => Promise<PageOf<T>>): Promise<T[]> {
  const rows: T[] = [];
  for (let page = 1; ; page++) {
    const { results, next } = await ask(page);
    rows.push(...results);
    if (next === null) {
      return rows;
    }
  }
}

/** A list cut into pieces of at most size. */
export function piecesOf<T>(list: T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < list.length; at += size) {
    pieces.push(list.slice(at, at + size));
  }
  return pieces;
}
