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

const most = 500; // rows of a list without pages that the host sends at once

/** Up to limit rows of a list that is asked for from its newest row on, or from what is before a row. */
export async function newest<T>(limit: number, ask: (count: number, before: T | undefined) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  while (rows.length < limit) {
    const wanted = Math.min(most, limit - rows.length);
    const next = await ask(wanted, rows.at(-1));
    rows.push(...next);
    if (next.length < wanted) {
      break;
    }
  }
  return rows;
}

/** A list cut into pieces of at most size. */
export function piecesOf<T>(list: T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < list.length; at += size) {
    pieces.push(list.slice(at, at + size));
  }
  return pieces;
}
