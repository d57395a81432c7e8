// The shapes of the REST API; docs/rest.md describes them.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

/** Where a plugin is in its life. */
export type PluginState = "missing" | "disabled" | "idle" | "starting" | "running" | "waiting" | "stopping" | "failed";

/** What is wrong with one value. */
export interface FieldError {
  /** The value's path, as in limit or sources[1].port; empty for all values together. */
  field: string;
  /** Continues the path: has to be 1 or more. */
  message: string;
}

/** A mistake in a plugin's source. */
export interface Problem {
  file: string;
  /** From 1; 0 when it is not known. */
  line: number;
  column: number;
  message: string;
  /** The source line, and a mark below the column. */
  excerpt?: string;
}

export type Fault = "user" | "plugin" | "host";

/** Why a plugin cannot run. */
export interface Trouble {
  message: string;
  fault: Fault;
  /** The next step. */
  hint?: string;
  problems?: Problem[];
  traceback?: string;
  output?: string[];
  errors?: FieldError[];
}

export interface Action {
  id: string;
  label: string;
  description?: string;
  button_label?: string;
  button_variant?: string;
  button_color?: string;
  /** True, or an object with title and message: ask before a run. */
  confirm?: Json;
  events?: string[];
  schedule?: string;
  background?: boolean;
  timeout?: string;
  params_schema?: Schema;
}

/** A field as Dispatcharr's page knows it. */
interface LegacyField {
  id: string;
  type: string;
  default?: Json;
}

export interface Plugin {
  key: string;
  name: string;
  version: string;
  description: string;
  author: string;
  help_url: string;
  enabled: boolean;
  ever_enabled: boolean;
  fields: LegacyField[];
  /** The saved values, without secrets and defaults. Null for whoever is no admin. */
  settings: JsonObject | null;
  actions: Action[];
  missing: boolean;
  trusted: boolean;
  loaded: boolean;
  legacy: boolean;
  logo_url: string | null;
  state: PluginState;
  runtime: "go" | "python" | "executable" | "";
  engine: "interpreted" | "compiled" | "python" | "";
  engine_wish: "auto" | "interpreted" | "compiled";
  /** Why it runs on what it runs on; may be empty. */
  engine_reason: string;
  error: Trouble | null;
  warnings: string[];
  schema: Schema;
  /** For each secret, by its path, whether it is set. */
  secrets: Record<string, boolean> | null;
  settings_errors: FieldError[] | null;
}

/** JSON Schema of a form, with what the host adds about its look. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: Json;
  enum?: Json[];
  format?: string;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  readOnly?: boolean;
  writeOnly?: boolean;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  "x-widget"?: string;
  "x-section"?: string;
  "x-placeholder"?: string;
  "x-visible-if"?: { field: string; value: Json };
  "x-required"?: boolean;
  "x-step"?: number;
  "x-enum-labels"?: Record<string, string>;
  "x-options"?: string;
}

export type RunStatus = "queued" | "running" | "ok" | "error" | "cancelled";

export interface Progress {
  done: number;
  /** 0 when it is not known. */
  total: number;
  message: string;
}

export interface Run {
  id: string;
  plugin: string;
  action: string;
  user_id: number | null;
  trigger: string;
  version: string;
  engine: string;
  params: Json;
  status: RunStatus;
  /** It ended with an error, or the status of its result is "error". */
  failed: boolean;
  progress: Progress;
  result: JsonObject | null;
  error: string;
  fault: Fault | "";
  traceback: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  duration_ms: number | null;
}

export type Level = "debug" | "info" | "warning" | "error";

/** One line of a plugin's log. */
export interface Line {
  time: string;
  source: "log" | "stdout" | "stderr" | "host";
  run?: string;
  level?: Level;
  message: string;
  attrs?: JsonObject;
}

export interface User {
  id: number;
  username: string;
  /** 0 streamer, 1 standard, 10 admin. */
  user_level: number;
}
