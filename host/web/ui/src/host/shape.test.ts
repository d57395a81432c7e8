import { expect, test } from "vitest";

import { schemaOf } from "./shape";

test("a form has a field for each simple value", () => {
  expect(schemaOf({ time_zone: "UTC", max_system_events: 100, buffering_speed: 1.5, auto: true, list: [1], object: {}, nothing: null }).properties).toEqual({
    time_zone: { type: "string", title: "Time zone" },
    max_system_events: { type: "number", title: "Max system events" },
    buffering_speed: { type: "number", title: "Buffering speed" },
    auto: { type: "boolean", title: "Auto" },
  });
});
