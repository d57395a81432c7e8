import { describe, expect, test } from "vitest";

import type { Schema } from "../api/types";
import { textOf, valueAt, withValue } from "./path";
import { FormStore, sentence } from "./store";

const schema: Schema = {
  type: "object",
  properties: {
    limit: { type: "integer", default: 5 },
    name: { type: "string" },
    server: { type: "object", properties: { port: { type: "integer", default: 80 } } },
    rules: {
      type: "array",
      items: { type: "object", properties: { pattern: { type: "string" }, days: { type: "integer" } } },
      default: [{ pattern: "^a" }, { pattern: "^b" }],
    },
  },
};

describe("paths", () => {
  test("are written as the host writes them", () => {
    expect(textOf(["sources", 1, "port"])).toBe("sources[1].port");
  });

  test("do not find what every object inherits", () => {
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt({ a: [1] }, ["a", "length"])).toBeUndefined();
  });

  test("a change keeps what stands beside it, and the old values", () => {
    const before = { a: { b: 1 }, c: { d: 2 } };
    const after = withValue(before, ["a", "b"], 3) as typeof before;
    expect(after).toEqual({ a: { b: 3 }, c: { d: 2 } });
    expect(after.c).toBe(before.c);
    expect(before.a.b).toBe(1);
    expect(withValue(before, ["a", "b"], undefined)).toEqual({ a: {}, c: { d: 2 } });
  });
});

describe("a form", () => {
  test("shows defaults and saves only what was given", () => {
    const store = new FormStore(schema, { name: null });
    expect(store.get(["limit"])).toBe(5);
    expect(store.get(["name"])).toBeNull();
    expect(store.get(["server", "port"])).toBe(80);
    expect(store.get(["rules", 1, "pattern"])).toBe("^b");
    store.set(["server", "port"], 81);
    expect(store.all()).toEqual({ name: null, server: { port: 81 } });
  });

  test("makes the default of a table its own with the first edit", () => {
    const store = new FormStore(schema, {});
    store.set(["rules", 1, "days"], 3);
    expect(store.all()).toEqual({ rules: [{ pattern: "^a" }, { pattern: "^b", days: 3 }] });
  });

  test("knows whether it was changed, also back", () => {
    const store = new FormStore(schema, { limit: 1 });
    store.set(["limit"], 2);
    expect(store.isChanged()).toBe(true);
    store.set(["limit"], 1);
    expect(store.isChanged()).toBe(false);
  });

  test("keeps what was typed while it was saved", () => {
    const store = new FormStore(schema, {});
    store.set(["limit"], 2);
    const posted = store.all();
    store.set(["name"], "typed later");
    store.wasSaved({ limit: 2 }, posted);
    expect(store.all()).toEqual({ limit: 2, name: "typed later" });
    expect(store.isChanged()).toBe(true);
  });

  test("tells the field that changed and those in it, no other", () => {
    const store = new FormStore(schema, {});
    const told: string[] = [];
    for (const key of ["limit", "rules", "rules[0].pattern", "rules[1].pattern"]) {
      store.listen(key, () => told.push(key));
    }
    store.set(["rules", 0, "pattern"], "^x");
    expect(told).toEqual(["rules[0].pattern"]);
    told.length = 0;
    store.set(["rules"], []);
    expect(told).toEqual(["rules", "rules[0].pattern", "rules[1].pattern"]);
  });

  test("drops an error when its value is edited", () => {
    const store = new FormStore(schema, {});
    store.setErrors([
      { field: "limit", message: "has to be 9 or less" },
      { field: "rules[1].days", message: "has to be 1 or more" },
    ]);
    expect(store.error("limit")).toBe("has to be 9 or less");
    store.set(["limit"], 3);
    expect(store.error("limit")).toBeNull();
    store.set(["rules"], []);
    expect(store.errorList()).toEqual([]);
  });
});

test("a message of the host stands alone beside a field", () => {
  expect(sentence("has to be 1 or more")).toBe("Has to be 1 or more.");
});
