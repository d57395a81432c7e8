// Whether an action asks before it runs, and what it asks.

import type { Action, Plugin, Schema } from "../api/types";
import { truthOf } from "../settings/kinds";

interface Question {
  title: string;
  message: string;
}

/** Returns the question before a run; null when it runs at once. An action may say true, or an object with its own words;
 * an action that says nothing follows the plugin's setting "confirm", if there is one. */
export function questionOf(plugin: Pick<Plugin, "name" | "settings" | "schema" | "fields">, action: Action): Question | null {
  const question = {
    title: `Run ${action.label}?`,
    message: `This runs "${action.label}" of ${plugin.name}.`,
  };
  const { confirm } = action;
  if (confirm === true) {
    return question;
  }
  if (typeof confirm === "object" && confirm !== null && !Array.isArray(confirm)) {
    if (confirm.required === false) {
      return null;
    }
    return { title: words(confirm.title) || question.title, message: words(confirm.message) || question.message };
  }
  if (confirm) {
    return null; // a text or a number says neither yes nor no
  }
  const field = plugin.schema.properties?.confirm ?? plugin.fields.find((f) => f.id === "confirm");
  if (!field) {
    return null;
  }
  return truthOf(plugin.settings?.confirm === undefined ? field.default : plugin.settings.confirm) ? question : null;
}

function words(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

/** The form of an action's parameters; undefined for an action without them. */
export function paramsOf(action: Action): Schema | undefined {
  return Object.keys(action.params_schema?.properties ?? {}).length > 0 ? action.params_schema : undefined;
}

/** Whether an action begins with the click, which then nothing must come between. */
export function asksNothing(plugin: Plugin, action: Action): boolean {
  return questionOf(plugin, action) === null && paramsOf(action) === undefined;
}
