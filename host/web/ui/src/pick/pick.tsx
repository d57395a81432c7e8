// Chooses one or several of what the host has: channels, groups, and so on.

import { MultiSelect, Select, type OptionsFilter } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { call } from "../api/client";
import { piecesOf } from "../lineup/pages";
import { addressOf, allRows, type Filter } from "../lineup/queries";
import type { PageOf } from "../lineup/types";
import { where, type PickKind } from "./kinds";
import { labelOf, type Pickable } from "./label";

const none: Filter = {};
const offered = 50; // choices at once; more words narrow them

interface Common {
  what: PickKind;
  /** What a choice is kept as: its number, or its name. */
  by?: "id" | "name";
  label?: string;
  description?: string | undefined;
  error?: React.ReactNode;
  id?: string;
  placeholder?: string;
  withAsterisk?: boolean;
  maw?: number;
  filter?: Filter;
  disabled?: boolean;
  "aria-label"?: string;
}

/** Which rows there are to choose from. */
interface Asked {
  what: PickKind;
  by: "id" | "name";
  filter: Filter;
}

interface Choice {
  value: string;
  label: string;
}

/** The rows that fit what was typed, and those that are chosen. */
function useChoices({ what, by, filter }: Asked, words: string, chosen: string[]): Choice[] {
  const kept = useKept(what, by, chosen);
  // The label of what is chosen stands in the input, too, and is no search.
  const typed = kept.some((choice) => choice.label === words) ? "" : words.trim();
  const [search] = useDebouncedValue(typed, 200);
  const found = useQuery({
    queryKey: ["rows", where[what], "pick", filter, search],
    queryFn: ({ signal }) => call<PageOf<Pickable>>(addressOf(where[what], { ...filter, search }, 1, offered), { signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const choices = new Map(kept.map((choice) => [choice.value, choice.label]));
  for (const row of found.data?.results ?? []) {
    choices.set(by === "id" ? String(row.id) : row.name, by === "id" ? labelOf(row) : row.name);
  }
  return [...choices].map(([value, label]) => ({ value, label }));
}

/** What is chosen, with its names. What is gone, or was typed before there was a list, stays to be seen. */
function useKept(what: PickKind, by: "id" | "name", chosen: string[]): Choice[] {
  const numbers = chosen.filter((id) => /^\d+$/.test(id)).sort();
  const current = useQuery({
    queryKey: ["rows", where[what], "picked", numbers],
    queryFn: async ({ signal }) => {
      const filters = byNumber.has(what) ? piecesOf(numbers, 500).map((piece) => ({ id: piece.join() })) : [none];
      return (await Promise.all(filters.map((filter) => allRows<Pickable>(where[what], filter, signal)))).flat();
    },
    enabled: by === "id" && numbers.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const rows = new Map((current.data ?? []).map((row) => [String(row.id), labelOf(row)]));
  return chosen
    .filter((value) => value !== "")
    .map((value) => ({ value, label: by === "name" ? value : (rows.get(value) ?? (current.isFetched ? `${value} (not in the lineup)` : "…")) }));
}

// Only these can be asked for by their numbers; the lists of the others are short.
const byNumber = new Set<PickKind>(["channel", "group", "stream", "station", "logo"]);

/** The host has searched already. */
const all: OptionsFilter = ({ options }) => options;

export function Pick({ value, take, what, by = "id", filter = none, ...rest }: Common & { value: string; take: (value: string | null) => void }) {
  const [words, setWords] = useState("");
  const data = useChoices({ what, by, filter }, words, value === "" ? [] : [value]);
  return (
    <Select
      {...rest}
      searchable
      clearable
      filter={all}
      data={data}
      value={value === "" ? null : value}
      searchValue={words}
      onSearchChange={setWords}
      onChange={take}
      nothingFoundMessage="Nothing fits"
      clearButtonProps={{ "aria-label": "Choose none" }}
      maw={rest.maw ?? 480}
    />
  );
}

export function PickMany({ value, take, what, by = "id", filter = none, ...rest }: Common & { value: string[]; take: (values: string[]) => void }) {
  const [words, setWords] = useState("");
  const data = useChoices({ what, by, filter }, words, value);
  return (
    <MultiSelect
      {...rest}
      searchable
      filter={all}
      data={data}
      value={value}
      searchValue={words}
      onSearchChange={setWords}
      onChange={take}
      nothingFoundMessage="Nothing fits"
      maw={rest.maw ?? 480}
    />
  );
}
