// Makes a form of values that come without one.

import type { Json, JsonObject, Schema } from "../api/types";

/** A field for every text, number and switch; lists and objects are left to programs. */
export function schemaOf(values: JsonObject): Schema {
  const properties: Record<string, Schema> = {};
  for (const [name, value] of Object.entries(values)) {
    const type = typeOf(value);
    if (type !== null) {
      properties[name] = { type, title: titleOf(name) };
    }
  }
  return { type: "object", properties };
}

function typeOf(value: Json): string | null {
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "number":
      return "number";
    case "string":
      return "string";
    default:
      return null;
  }
}

/** A name as a heading, as in Time zone. */
export function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
