import { expect, test } from "vitest";

import type { Json, JsonObject } from "../api/types";
import { questionOf } from "./confirm";
import { lookOf } from "./look";

const usual = { title: "Run Sort?", message: 'This runs "Sort" of Tools.' };

function ask(confirm: Json | undefined, settings: JsonObject | null = {}, field?: Json) {
  const fields = field === undefined ? [] : [{ id: "confirm", type: "boolean", default: field }];
  return questionOf({ name: "Tools", settings, schema: {}, fields }, { id: "sort", label: "Sort", ...(confirm === undefined ? {} : { confirm }) });
}

interface Case {
  name: string;
  confirm?: Json;
  settings?: JsonObject;
  /** The default of the plugin's setting "confirm". */
  field?: Json;
  want: unknown;
}

test.each<Case>([
  { name: "true asks", confirm: true, want: usual },
  { name: "an object asks with its words", confirm: { title: "Sure?", message: "All of them." }, want: { title: "Sure?", message: "All of them." } },
  { name: "an object may lack words", confirm: {}, want: usual },
  { name: "an object may say that it does not ask", confirm: { required: false }, field: true, want: null },
  { name: "a text says nothing, and the setting is not looked at", confirm: "yes", field: true, want: null },
  { name: "nothing and no setting", want: null },
  { name: "the setting's default", field: true, want: usual },
  { name: "false leaves it to the setting", confirm: false, field: true, want: usual },
  { name: "the setting", settings: { confirm: false }, field: true, want: null },
  { name: "the setting as a text", settings: { confirm: "true" }, field: false, want: usual },
])("$name", ({ confirm, settings, field, want }) => {
  expect(ask(confirm, settings, field)).toEqual(want);
});

test.each([
  [{}, { variant: "filled" }],
  [{ button_variant: "outline", button_color: "Red" }, { variant: "outline", color: "red" }],
  [{ button_variant: "url(x)", button_color: "url(x)" }, { variant: "filled" }],
  [{ button_color: "#aa00ff" }, { variant: "filled", color: "#aa00ff" }],
])("a button asked to look as %j", (action, look) => {
  expect(lookOf({ id: "a", label: "A", ...action })).toEqual(look);
});
