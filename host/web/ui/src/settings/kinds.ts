// Reads from a schema how a value is edited.

import type { Json, Schema } from "../api/types";
import { isPickKind } from "../pick/kinds";

export type Kind =
  | "switch"
  | "number"
  | "text"
  | "textarea"
  | "select"
  | "secret"
  | "info"
  | "words"
  | "choices"
  | "section"
  | "table"
  | "color"
  | "pick"
  | "picks"
  | "cron"
  | "asked";

export function kindOf(schema: Schema): Kind {
  if (schema["x-widget"] === "info" || schema.readOnly) {
    return "info";
  }
  if (schema.writeOnly || schema["x-widget"] === "password") {
    return "secret";
  }
  if (schema["x-options"] === "plugin") {
    return "asked";
  }
  switch (schema.type) {
    case "object":
      return "section";
    case "array":
      if (schema.items?.type === "object") {
        return "table";
      }
      if (isPickKind(schema["x-widget"])) {
        return "picks";
      }
      return schema.items?.enum ? "choices" : "words";
    case "boolean":
      return "switch";
  }
  if (schema.enum) {
    return "select";
  }
  if (isPickKind(schema["x-widget"])) {
    return "pick";
  }
  if (schema.type === "integer" || schema.type === "number") {
    return "number";
  }
  switch (schema["x-widget"]) {
    case "cron":
      return "cron";
    case "textarea":
      return "textarea";
    case "color":
      return "color";
    default:
      return "text";
  }
}

export interface Option {
  value: string;
  label: string;
}

/** The choices of a select, as texts. */
export function optionsOf(schema: Schema): Option[] {
  const labels = schema["x-enum-labels"] ?? {};
  return (schema.enum ?? schema.items?.enum ?? []).map((value) => {
    const text = textOfValue(value);
    return { value: text, label: Object.hasOwn(labels, text) ? (labels[text] ?? text) : text };
  });
}

/** The schema of a field that is typed into because nobody can be asked for its choices. */
export function unasked(schema: Schema): Schema {
  const plain = { ...schema };
  delete plain["x-options"];
  return plain;
}

/** The texts of what is chosen; a saved list may hold one twice. */
export function chosenTexts(value: Json | undefined): string[] {
  const texts = Array.isArray(value) ? value.map(textOfValue) : [textOfValue(value)].filter((text) => text !== "");
  return [...new Set(texts)];
}

/** What can be chosen, each once, and what is chosen already though it is no choice any more. */
export function withChosen(options: Option[], texts: string[]): Option[] {
  const known = new Map(options.map((option) => [option.value, option]));
  return [...known.values(), ...texts.filter((text) => !known.has(text)).map((text) => ({ value: text, label: text }))];
}

/** The value in the schema that a text stands for: numbers stay numbers. */
export function chosen(schema: Schema, text: string): Json {
  return (schema.enum ?? schema.items?.enum ?? []).find((value) => textOfValue(value) === text) ?? text;
}

/** A value as it stands in an input. */
export function textOfValue(value: Json | undefined): string {
  if (value === undefined || value === null) {
    return "";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a switch shows; old values may be texts. */
export function truthOf(value: Json | undefined): boolean {
  return typeof value === "string" ? ["true", "1", "yes", "on"].includes(value.toLowerCase()) : Boolean(value);
}

/** The number that was typed; null for an empty input, the text itself when it is none, so that the host can say so. */
export function numberOf(text: string): Json {
  const trimmed = text.trim();
  if (trimmed === "") {
    return null;
  }
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

/** Whether a field is shown while the one beside it has this value. */
export function isVisible(condition: NonNullable<Schema["x-visible-if"]>, beside: Json | undefined): boolean {
  const { value } = condition;
  if (typeof value === "boolean") {
    return truthOf(beside) === value;
  }
  return textOfValue(beside) === textOfValue(value);
}

/** The fields of a form under their headings, in the order of the declaration; those without a heading come first. */
export function sectionsOf(schema: Schema): { title: string; names: string[] }[] {
  const sections = new Map<string, string[]>([["", []]]);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const title = field["x-section"] ?? "";
    const names = sections.get(title);
    if (names) {
      names.push(name);
    } else {
      sections.set(title, [name]);
    }
  }
  return [...sections].filter(([, names]) => names.length > 0).map(([title, names]) => ({ title, names }));
}

/** Whether a field has these words in its name or its help. */
export function matches(name: string, field: Schema, words: string): boolean {
  const text = `${name} ${field.title ?? ""} ${field.description ?? ""} ${field["x-section"] ?? ""}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
