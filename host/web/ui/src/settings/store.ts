// The values of a form while they are edited. Each field listens for its own value, so that typing
// draws one field anew and not the form.

import { useCallback, useSyncExternalStore } from "react";

import type { FieldError, Json, JsonObject, Schema } from "../api/types";
import { textOf, valueAt, withValue, type Path } from "./path";

export class FormStore {
  readonly schema: Schema;
  /** For each secret whether one is saved. */
  secrets: Record<string, boolean>;
  private saved: string;
  private values: JsonObject;
  private errors = new Map<string, string>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private changed = false;

  constructor(schema: Schema, values: JsonObject, secrets: Record<string, boolean> = {}) {
    this.schema = schema;
    this.secrets = secrets;
    this.values = values;
    this.saved = JSON.stringify(values);
  }

  /** What would be saved. */
  all(): JsonObject {
    return this.values;
  }

  /** The value that was given, or the default; the caller does not change it. */
  get(path: Path): Json | undefined {
    const value = valueAt(this.values, path);
    return value === undefined ? this.fallback(path) : value;
  }

  /** The value that was given, without a default. */
  given(path: Path): Json | undefined {
    return valueAt(this.values, path);
  }

  set(path: Path, value: Json | undefined): void {
    let root: Json = this.values;
    // A table that was never edited shows its default: the first edit makes it the form's own.
    const at = path.findIndex((step) => typeof step === "number");
    if (at > 0) {
      const table = path.slice(0, at);
      if (valueAt(root, table) === undefined) {
        root = withValue(root, table, this.fallback(table) ?? []);
      }
    }
    this.values = withValue(root, path, value) as JsonObject;
    const text = textOf(path);
    this.forget(text);
    this.tellBelow(text);
    this.tell(anyKey);
    this.see();
  }

  isChanged(): boolean {
    return this.changed;
  }

  /** The values are saved now; edits since then, if any, stay. */
  wasSaved(values: JsonObject, posted: JsonObject, secrets = this.secrets): void {
    this.secrets = secrets;
    this.saved = JSON.stringify(values);
    if (this.values === posted) {
      this.values = values;
    }
    this.tellAll();
    this.see();
  }

  setErrors(list: FieldError[]): void {
    this.errors = new Map(list.map((e) => [e.field, e.message]));
    this.tellAll();
  }

  error(text: string): string | null {
    return this.errors.get(text) ?? null;
  }

  errorList(): FieldError[] {
    return [...this.errors].map(([field, message]) => ({ field, message }));
  }

  listen(key: string, tell: () => void): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set);
    set.add(tell);
    return () => set.delete(tell);
  }

  private fallback(path: Path): Json | undefined {
    let schema: Schema | undefined = this.schema;
    let value: Json | undefined;
    for (const step of path) {
      schema = typeof step === "number" ? schema?.items : schema?.properties?.[step];
      // A default of a whole table or section holds those of its parts.
      value = schema?.default ?? (value === undefined ? undefined : valueAt(value, [step]));
    }
    return value;
  }

  private forget(text: string): void {
    let some = false;
    for (const field of [...this.errors.keys()]) {
      if (field === text || isBelow(field, text)) {
        this.errors.delete(field);
        some = true;
      }
    }
    if (some) {
      this.tell(errorsKey);
    }
  }

  private see(): void {
    const changed = JSON.stringify(this.values) !== this.saved;
    if (changed !== this.changed) {
      this.changed = changed;
      this.tell(changedKey);
    }
  }

  private tell(key: string): void {
    this.listeners.get(key)?.forEach((tell) => tell());
  }

  private tellBelow(text: string): void {
    this.tell(text);
    for (const key of this.listeners.keys()) {
      if (isBelow(key, text)) {
        this.tell(key);
      }
    }
  }

  private tellAll(): void {
    for (const set of this.listeners.values()) {
      set.forEach((tell) => tell());
    }
  }
}

// No path begins with a space.
const changedKey = " changed";
const errorsKey = " errors";
const anyKey = " any";

function isBelow(text: string, of: string): boolean {
  return text.length > of.length && text.startsWith(of) && (text[of.length] === "." || text[of.length] === "[");
}

/** The value of one field and what is wrong with it. */
export function useField(store: FormStore, path: Path) {
  const text = textOf(path);
  const listen = useCallback((tell: () => void) => store.listen(text, tell), [store, text]);
  const value = useSyncExternalStore(listen, () => store.get(path));
  const said = useSyncExternalStore(listen, () => store.error(text));
  const set = useCallback((next: Json | undefined) => store.set(path, next), [store, path]);
  return { value, set, text, error: said === null ? null : sentence(said) };
}

/** All values of the form, whichever changes. */
export function useAllValues(store: FormStore): JsonObject {
  return useSyncExternalStore(
    useCallback((tell) => store.listen(anyKey, tell), [store]),
    () => store.all(),
  );
}

/** How many rows a table has; cells may change without it. */
export function useRowCount(store: FormStore, path: Path): number {
  const text = textOf(path);
  return useSyncExternalStore(
    useCallback((tell) => store.listen(text, tell), [store, text]),
    () => {
      const rows = store.get(path);
      return Array.isArray(rows) ? rows.length : 0;
    },
  );
}

export function useChanged(store: FormStore): boolean {
  return useSyncExternalStore(
    useCallback((tell) => store.listen(changedKey, tell), [store]),
    () => store.isChanged(),
  );
}

export function useErrorCount(store: FormStore): number {
  return useSyncExternalStore(
    useCallback((tell) => store.listen(errorsKey, tell), [store]),
    () => store.errorList().length,
  );
}

/** The host's messages continue a path; beside a field they stand alone. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
