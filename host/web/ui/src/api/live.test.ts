import { expect, test } from "vitest";

import { ApiError, type Refusal } from "./client";
import { progressOf, touched } from "./follow";
import { newsOf, pause } from "./live";
import { endOf } from "./session";

test.each([
  ['{"type":"update","data":{"type":"plugin_state","plugin":"a"}}', { type: "plugin_state", plugin: "a" }],
  ['{"type":"connection_established","data":{"success":true}}', null],
  ['{"type":"update","data":null}', null],
  ['{"type":"update","data":{"type":7}}', null],
  ["null", null],
  ["{", null],
])("the message %s", (text, news) => {
  expect(newsOf(text)).toEqual(news);
});

test("tries wait longer and longer, never all at once, never for ever", () => {
  expect(pause(0, 0.5)).toBe(1000);
  expect(pause(3, 0.5)).toBe(8000);
  expect(pause(30, 1)).toBe(37_500);
  expect(pause(1, 0)).toBeLessThan(pause(1, 1));
});

test.each([
  [{ type: "plugin_state", plugin: "a" }, [["plugins"], ["plugin", "a"]]],
  [{ type: "run_finished", run: "r", plugin: "a" }, [["run", "r"], ["runs", "a"]]],
  [{ type: "epg_refresh" }, []],
])("what %j makes worth asking", (news, keys) => {
  expect(touched(news)).toEqual(keys);
});

test("progress may lack its parts", () => {
  expect(progressOf({ type: "run_progress", progress: { done: 3 } })).toEqual({ done: 3, total: 0, message: "" });
  expect(progressOf({ type: "run_progress" })).toBeNull();
});

test("a token says when it ends", () => {
  expect(endOf("e30.eyJleHAiOjF9.x")).toBe(1000);
  expect(endOf("no token")).toBe(0);
});

test.each([
  [0, {}, "The host does not answer. Look whether it is running, then try again."],
  [403, { detail: "No.", message: "Only an admin may do this." }, "No. Only an admin may do this."],
  [400, { error: "short", message: "Long and what to do." }, "Long and what to do."],
  [400, { username: ["It is taken."] }, "username: It is taken."],
  [502, {}, "The host answered with status 502."],
])("status %i %j", (status, body, message) => {
  expect(new ApiError(status, body as Refusal).message).toBe(message);
});
