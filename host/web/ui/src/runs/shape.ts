// How a result is best shown.

import type { Json, JsonObject } from "../api/types";

export interface Grid {
  columns: string[];
  rows: Json[][];
}

const widest = 12;

/** Rows and columns of a list of objects that look alike; null for anything else. */
export function gridOf(value: Json): Grid | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) {
    return null;
  }
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > widest) {
    return null;
  }
  return { columns, rows: value.map((row) => columns.map((column) => row[column] ?? null)) };
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a result holds besides what is shown elsewhere. */
export function restOf(result: JsonObject): [string, Json][] {
  return Object.entries(result).filter(([key, value]) => !(key === "status" || (key === "message" && typeof value === "string")));
}

/** A value in a cell. */
export function cellOf(value: Json): string {
  if (value === null) {
    return "–";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
