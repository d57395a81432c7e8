// Paths of values in a form, written as the host writes them: limit, server.port, sources[1].port.

import type { Json } from "../api/types";

export type Path = readonly (string | number)[];

export function textOf(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") {
      text += `[${step}]`;
    } else {
      text += text === "" ? step : `.${step}`;
    }
  }
  return text;
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) {
      return undefined;
    }
    if (typeof step === "number") {
      value = Array.isArray(value) ? value[step] : undefined;
    } else {
      // Only what the object holds itself: "constructor" is a fine name for a setting.
      value = !Array.isArray(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }
  }
  return value;
}

/** Returns a copy of root with another value at the path, or without one. Everything beside the path stays the very same. */
export function withValue(root: Json | undefined, path: Path, value: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value ?? null;
  }
  if (typeof step === "number") {
    const list = Array.isArray(root) ? [...root] : [];
    list[step] = withValue(list[step], rest, value);
    return list;
  }
  const object = typeof root === "object" && root !== null && !Array.isArray(root) ? { ...root } : {};
  if (rest.length === 0 && value === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- it is a copy, and the key is data
    delete object[step];
  } else {
    object[step] = withValue(Object.hasOwn(object, step) ? object[step] : undefined, rest, value);
  }
  return object;
}
