import { expect, test } from "vitest";

import { everyPage, newest, piecesOf } from "./pages";

test("the rows of every page are there, not those of the first alone", async () => {
  const pages = [[1, 2], [3, 4], [5]];
  const asked: number[] = [];
  const rows = await everyPage((page) => {
    asked.push(page);
    return Promise.resolve({ count: 5, next: page < pages.length ? `?page=${page + 1}` : null, results: pages[page - 1] ?? [] });
  });
  expect(rows).toEqual([1, 2, 3, 4, 5]);
  expect(asked).toEqual([1, 2, 3]);
});

test("a list that is longer than one answer goes on with what is before its last row", async () => {
  const all = Array.from({ length: 1200 }, (_, i) => 1200 - i);
  const ask = (count: number, before = 1201) => Promise.resolve(all.filter((n) => n < before).slice(0, count));
  expect(await newest(800, ask)).toEqual(all.slice(0, 800));
  expect(await newest(5000, ask)).toEqual(all);
});

test("a list is cut into pieces", () => {
  expect(piecesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(piecesOf([], 2)).toEqual([]);
});
