// The inputs of fields that name something of the host's.

import type { Json, Schema } from "../api/types";
import { isPickKind } from "../pick/kinds";
import { Pick, PickMany } from "../pick/pick";
import { useCommon, type FieldProps } from "./common";
import { textOfValue } from "./kinds";

/** A field of whole numbers keeps numbers; one of texts keeps names, by which plugins find things as well. */
export function PickInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const { schema, bare } = props;
  const what = schema["x-widget"];
  const list = schema.type === "array";
  const numbers = isNumber(list ? schema.items : schema);
  if (!isPickKind(what)) {
    return null;
  }
  const rest = { ...common, what, by: numbers ? ("id" as const) : ("name" as const), ...(bare ? { maw: 1000 } : {}) };
  const kept = (text: string): Json => (numbers ? Number(text) : text);
  if (list) {
    return <PickMany {...rest} value={Array.isArray(value) ? value.map(textOfValue) : []} take={(texts) => set(texts.map(kept))} />;
  }
  const text = textOfValue(value);
  return <Pick {...rest} value={numbers && text === "0" ? "" : text} take={(next) => set(next === null ? (numbers ? null : "") : kept(next))} />;
}

function isNumber(schema: Schema | undefined): boolean {
  return schema?.type === "integer" || schema?.type === "number";
}
