import { expect, test } from "vitest";

import type { Schema } from "../api/types";
import { chosen, chosenTexts, isVisible, kindOf, matches, numberOf, optionsOf, sectionsOf, truthOf, unasked, withChosen } from "./kinds";

test.each<[string, Schema]>([
  ["switch", { type: "boolean" }],
  ["number", { type: "integer" }],
  ["pick", { type: "integer", "x-widget": "channel" }],
  ["pick", { type: "string", "x-widget": "group" }],
  ["picks", { type: "array", items: { type: "integer" }, "x-widget": "profile" }],
  ["text", { type: "string" }],
  ["asked", { type: "string", "x-options": "plugin" }],
  ["asked", { type: "array", items: { type: "string" }, "x-options": "plugin" }],
  ["cron", { type: "string", "x-widget": "cron" }],
  ["textarea", { type: "string", "x-widget": "textarea" }],
  ["color", { type: "string", "x-widget": "color" }],
  ["select", { type: "string", enum: ["a"] }],
  ["select", { type: "integer", enum: [1] }],
  ["secret", { type: "string", writeOnly: true, "x-widget": "password" }],
  ["info", { "x-widget": "info", readOnly: true }],
  ["info", { type: "string", readOnly: true }],
  ["words", { type: "array", items: { type: "string" } }],
  ["choices", { type: "array", items: { type: "string", enum: ["a"] } }],
  ["table", { type: "array", items: { type: "object" } }],
  ["section", { type: "object" }],
  ["text", {}],
])("%s: %j", (kind, schema) => {
  expect(kindOf(schema)).toBe(kind);
});

test.each<[string, Schema]>([
  ["text", { type: "string", "x-options": "plugin" }],
  ["number", { type: "number", "x-options": "plugin" }],
  ["words", { type: "array", items: { type: "string" }, "x-options": "plugin" }],
])("without a plugin to ask it is %s: %j", (kind, schema) => {
  expect(kindOf(unasked(schema))).toBe(kind);
  expect(kindOf(schema)).toBe("asked");
});

test("what is chosen twice is there once, and stays a choice", () => {
  const texts = chosenTexts(["par", "old", "old", 7]);
  expect(texts).toEqual(["par", "old", "7"]);
  expect(chosenTexts(null)).toEqual([]);
  expect(chosenTexts("par")).toEqual(["par"]);
  const paris = { value: "par", label: "Paris" };
  expect(withChosen([paris, paris], texts)).toEqual([paris, { value: "old", label: "old" }, { value: "7", label: "7" }]);
});

test("choices keep their type and have labels", () => {
  const schema: Schema = { type: "integer", enum: [80, 443], "x-enum-labels": { 80: "HTTP" } };
  expect(optionsOf(schema)).toEqual([
    { value: "80", label: "HTTP" },
    { value: "443", label: "443" },
  ]);
  expect(chosen(schema, "443")).toBe(443);
  expect(chosen(schema, "x")).toBe("x");
});

test.each([
  ["", null],
  [" 7 ", 7],
  ["0.50", 0.5],
  ["-3", -3],
  ["seven", "seven"],
])("the number in %j", (text, number) => {
  expect(numberOf(text)).toBe(number);
});

test.each([
  [true, true],
  ["false", false],
  ["Yes", true],
  [0, false],
  [null, false],
  [undefined, false],
])("the truth of %j", (value, truth) => {
  expect(truthOf(value)).toBe(truth);
});

test.each([
  ["fast", "fast", true],
  ["fast", "safe", false],
  [true, "true", true],
  [false, null, true],
  [7, "7", true],
] as const)("visible if it is %j while it is %j", (value, beside, visible) => {
  expect(isVisible({ field: "mode", value }, beside)).toBe(visible);
});

test("headings stand where they are first named, fields without one before them", () => {
  const schema: Schema = { properties: { a: { "x-section": "B" }, b: {}, c: { "x-section": "A" }, d: { "x-section": "B" } } };
  expect(sectionsOf(schema)).toEqual([
    { title: "", names: ["b"] },
    { title: "B", names: ["a", "d"] },
    { title: "A", names: ["c"] },
  ]);
});

test("a search looks at name, label, help and heading", () => {
  expect(matches("api_key", { title: "Token", description: "From the provider", "x-section": "Source" }, "SOURCE token")).toBe(true);
  expect(matches("api_key", { title: "Token" }, "provider")).toBe(false);
});
