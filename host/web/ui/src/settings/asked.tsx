// The input of a field whose choices the plugin knows.

import { MultiSelect, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";

import { call, messageOf } from "../api/client";
import { pathOf } from "../api/queries";
import { useCommon, type FieldProps } from "./common";
import { chosenTexts, numberOf, withChosen, type Option } from "./kinds";
import { useAllValues } from "./store";

/** The key of the plugin that a form is of; empty for a form of the host's own. */
export const FormOf = createContext("");

const quick = 400; // ms without an edit after which the plugin is asked again

interface Choices {
  options: Option[];
  /** Why they could not be listed; empty when they could. */
  fault: string;
}

/** What can be chosen, given what the form holds. A field in a table is named without the row. */
function useOptions(props: FieldProps) {
  const plugin = useContext(FormOf);
  const field = props.path.filter((step) => typeof step === "string").join(".");
  const [settings] = useDebouncedValue(useAllValues(props.store), quick);
  return useQuery({
    queryKey: ["options", plugin, field, settings],
    // A fault is an answer too: it is kept while the plugin is asked anew, or the input would change while it is typed into.
    queryFn: async ({ signal }): Promise<Choices> => {
      try {
        const { options } = await call<{ options: Option[] }>(`${pathOf(plugin)}options/`, { method: "POST", json: { field, settings }, signal });
        return { options, fault: "" };
      } catch (error) {
        if (signal.aborted) {
          throw error;
        }
        return { options: [], fault: messageOf(error) };
      }
    },
    enabled: plugin !== "",
    placeholderData: keepPreviousData,
    staleTime: ({ state }) => (state.data?.fault === "" ? 30_000 : 0),
    retry: false,
  });
}

interface AskedProps extends FieldProps {
  /** The input where nobody can be asked, or nobody answers. */
  plain: ReactNode;
}

export function AskedInput({ plain, ...props }: AskedProps) {
  const plugin = useContext(FormOf);
  const { value, set, common } = useCommon(props);
  const options = useOptions(props);
  const { schema, bare } = props;
  const list = schema.type === "array";
  const kind = (list ? schema.items : schema)?.type;
  const kept = (text: string) => (kind === "integer" || kind === "number" ? numberOf(text) : text);
  const chosen = chosenTexts(value);
  const data = withChosen(options.data?.options ?? [], chosen);
  const fault = options.data?.fault ?? "";
  if (plugin === "" || fault !== "") {
    return (
      <div>
        {plain}
        {fault !== "" && (
          <Text size="xs" c="var(--mantine-color-error)" mt={4} role="status">
            The choices could not be listed: {fault}
          </Text>
        )}
      </div>
    );
  }
  const shared = {
    ...common,
    searchable: true,
    data,
    nothingFoundMessage: options.isFetching ? "The plugin is asked…" : "Nothing fits",
    ...(bare ? {} : { maw: 480 }),
  };
  return list ? (
    <MultiSelect {...shared} value={chosen} onChange={(texts) => set(texts.map(kept))} />
  ) : (
    <Select {...shared} clearable value={chosen[0] ?? null} onChange={(next) => set(next === null ? null : kept(next))} clearButtonProps={{ "aria-label": "Choose none" }} />
  );
}
