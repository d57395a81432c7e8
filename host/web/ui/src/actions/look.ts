// How an action's button looks; a plugin may ask for anything, so what is not known is left out.

import type { Action } from "../api/types";

const variants = ["filled", "light", "outline", "default", "subtle", "transparent", "white", "gradient"];
const colors = ["dark", "gray", "red", "pink", "grape", "violet", "indigo", "blue", "cyan", "teal", "green", "lime", "yellow", "orange"];

export function lookOf(action: Action): { variant: string; color?: string } {
  const variant = action.button_variant ?? "";
  const color = (action.button_color ?? "").trim().toLowerCase();
  const look = { variant: variants.includes(variant) ? variant : "filled" };
  return colors.includes(color.split(".")[0] ?? "") || /^#[0-9a-f]{3,8}$/.test(color) ? { ...look, color } : look;
}
