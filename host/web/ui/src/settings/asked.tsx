// The input of a field whose choices the plugin knows.

import { MultiSelect, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";

import { call, messageOf } from "../api/client";
import { pathOf } from "../api/queries";
import { useCommon, type FieldProps } from "./common";
import { numberOf, textOfValue, type Option } from "./kinds";
import { useAllValues } from "./store";

/** The key of the plugin that a form is of; empty for a form of the host's own. */
export const FormOf = createContext("");

const quick = 400; // ms without an edit after which the plugin is asked again

/** What can be chosen, given what the form holds. A field in a table is named without the row. */
function useOptions(props: FieldProps) {
  const plugin = useContext(FormOf);
  const field = props.path.filter((step) => typeof step === "string").join(".");
  const [settings] = useDebouncedValue(useAllValues(props.store), quick);
  return useQuery({
    queryKey: ["options", plugin, field, settings],
    queryFn: async ({ signal }) =>
      (await call<{ options: Option[] }>(`${pathOf(plugin)}options/`, { method: "POST", json: { field, settings }, signal })).options,
    enabled: plugin !== "",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

export function AskedInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const options = useOptions(props);
  const { schema, bare } = props;
  const list = schema.type === "array";
  const kind = (list ? schema.items : schema)?.type;
  const kept = (text: string) => (kind === "integer" || kind === "number" ? numberOf(text) : text);
  const chosen = list ? (Array.isArray(value) ? value.map(textOfValue) : []) : [textOfValue(value)].filter((text) => text !== "");
  const known = new Map((options.data ?? []).map((option) => [option.value, option]));
  const data = [...known.values(), ...chosen.filter((text) => !known.has(text)).map((text) => ({ value: text, label: text }))];
  const shared = {
    ...common,
    searchable: true,
    data,
    nothingFoundMessage: options.isFetching ? "The plugin is asked…" : "Nothing fits",
    ...(bare ? {} : { maw: 480 }),
  };
  return (
    <div>
      {list ? (
        <MultiSelect {...shared} value={chosen} onChange={(texts) => set(texts.map(kept))} />
      ) : (
        <Select {...shared} clearable value={chosen[0] ?? null} onChange={(next) => set(next === null ? null : kept(next))} clearButtonProps={{ "aria-label": "Choose none" }} />
      )}
      {options.isError && (
        <Text size="xs" c="var(--mantine-color-error)" mt={4} role="status">
          The choices could not be listed: {messageOf(options.error)}
        </Text>
      )}
    </div>
  );
}
