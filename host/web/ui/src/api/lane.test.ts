import { expect, test } from "vitest";

import { lane } from "./lane";

type Lane = ReturnType<typeof lane>;

/** Work that ends when it is told to. */
class Work {
  begun = false;
  end: () => void = () => undefined;
  readonly abort = new AbortController();
  readonly over: Promise<unknown>;

  constructor(few: Lane) {
    this.over = few(this.abort.signal, () => {
      this.begun = true;
      return new Promise<void>((resolve) => (this.end = resolve));
    }).catch((error: unknown) => error);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a few at a time, one after the other, and nothing that nobody wants any more", async () => {
  const few = lane(2);
  const [a, b, c, d, e] = [new Work(few), new Work(few), new Work(few), new Work(few), new Work(few)];
  const begun = () => [a, b, c, d, e].map((work) => work.begun);
  await settled();
  expect(begun()).toEqual([true, true, false, false, false]);
  c.abort.abort();
  expect(await c.over).toBeInstanceOf(DOMException);
  expect(begun()).toEqual([true, true, false, false, false]);
  a.end();
  await settled();
  expect(begun()).toEqual([true, true, false, true, false]);
  b.end();
  d.end();
  await settled();
  expect(begun()).toEqual([true, true, false, true, true]);
  e.end();
  await Promise.all([a.over, b.over, d.over, e.over]);
  const last = new Work(few);
  await settled();
  expect(last.begun).toBe(true);
  last.end();
});
