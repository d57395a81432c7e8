import { expect, test } from "vitest";

import { everyPage, piecesOf } from "./pages";

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

test("a list is cut into pieces", () => {
  expect(piecesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(piecesOf([], 2)).toEqual([]);
});
