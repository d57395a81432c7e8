// What all inputs of a form have in common.

import type { Schema } from "../api/types";
import type { Path } from "./path";
import { useField, type FormStore } from "./store";

export interface FieldProps {
  store: FormStore;
  schema: Schema;
  path: Path;
  /** In a cell of a table the column says what it is. */
  bare?: boolean;
}

/** What all inputs have in common: label, help, error, and an id to jump to. */
export function useCommon({ store, schema, path, bare }: FieldProps) {
  const field = useField(store, path);
  const name = schema.title ?? String(path.at(-1));
  const label = bare ? { "aria-label": name } : { label: name, description: schema.description };
  // What every input takes, and what only those take that are typed into.
  const plain = { ...label, id: `field-${field.text}`, error: field.error };
  const typed = {
    ...plain,
    // Required in the host's sense; the browser's own bubbles would hide its reasons.
    withAsterisk: Boolean(schema["x-required"]) && !bare,
    "aria-required": Boolean(schema["x-required"]),
    placeholder: schema["x-placeholder"] ?? hintOf(schema),
  };
  return { ...field, plain, common: typed };
}

function hintOf(schema: Schema): string {
  switch (schema["x-widget"]) {
    case "duration":
      return "1h30m";
    case "cron":
      return "minute hour day month weekday, as in 0 4 * * *";
    case "url":
      return "https://…";
    default:
      return "";
  }
}
