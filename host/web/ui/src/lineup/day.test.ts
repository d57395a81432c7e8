import { expect, test } from "vitest";

import { dayOf } from "./day";

test("a day begins at midnight and ends where the next one begins", () => {
  const now = new Date(2026, 1, 28, 15, 30).getTime();
  expect(dayOf(now, 0)).toEqual({ from: new Date(2026, 1, 28), to: new Date(2026, 2, 1) });
  expect(dayOf(now, 1).from).toEqual(new Date(2026, 2, 1));
  expect(dayOf(now, -28).from).toEqual(new Date(2026, 0, 31));
});
