import { expect, test } from "vitest";

import { pagesOf, windowOf } from "./window";

test.each([
  ["the top", [0, 600, 44, 100_000], { from: 0, to: 25 }],
  ["the middle", [440_000, 600, 44, 100_000], { from: 9990, to: 10_025 }],
  ["the end", [4_399_400, 600, 44, 100_000], { from: 99_975, to: 99_999 }],
  ["a short list", [0, 600, 44, 3], { from: 0, to: 2 }],
  ["a list that became short while it was scrolled", [44_000, 600, 44, 3], { from: 2, to: 2 }],
  ["nothing", [0, 600, 44, 0], { from: 0, to: -1 }],
] as const)("%s", (_name, [top, seen, row, count], want) => {
  expect(windowOf(top, seen, row, count)).toEqual(want);
});

test("rows lie on pages", () => {
  expect(pagesOf(0, 99, 100)).toEqual([1]);
  expect(pagesOf(90, 210, 100)).toEqual([1, 2, 3]);
  expect(pagesOf(0, -1, 100)).toEqual([]);
});
