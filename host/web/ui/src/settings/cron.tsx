// The input of a cron expression, with what it means and when that is.

import { Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ApiError, call } from "../api/client";
import { cronWords, dueWords, type Due } from "../jobs/cron";
import { schedulesPath } from "../jobs/types";
import { fullTime } from "../runs/words";
import { useCommon, type FieldProps } from "./common";
import { textOfValue } from "./kinds";
import { sentence, useField } from "./store";

const quick = 400; // ms without a letter after which the host is asked

/** When an expression is due, or why it never is; undefined while nobody knows. */
function useNext(cron: string, timezone: string): Due | undefined {
  const [asked] = useDebouncedValue(cron.trim(), quick);
  const [zone] = useDebouncedValue(timezone.trim(), quick);
  const next = useQuery({
    queryKey: ["next", asked, zone],
    queryFn: async ({ signal }): Promise<Due> => {
      const words = new URLSearchParams({ cron: asked, timezone: zone });
      try {
        return { times: (await call<{ next: string[] }>(`${schedulesPath}next/?${words}`, { signal })).next.map(fullTime) };
      } catch (error) {
        if (error instanceof ApiError && error.status === 400) {
          return { fault: sentence(error.message.replace(/^the schedule cannot be: /, "")) };
        }
        throw error;
      }
    },
    enabled: asked !== "",
    staleTime: 30_000,
  });
  return cron.trim() === "" ? undefined : next.data;
}

export function CronInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const beside = useMemo(() => [...props.path.slice(0, -1), "timezone"], [props.path]);
  const zone = useField(props.store, beside);
  const words = cronWords(textOfValue(value));
  const next = useNext(textOfValue(value), textOfValue(zone.value));
  return (
    <div>
      <TextInput
        {...common}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={textOfValue(value)}
        onChange={(e) => set(e.currentTarget.value)}
        maw={props.bare ? undefined : 480}
      />
      <Text size="xs" c="dimmed" mt={4} role="status">
        {words === "" ? "" : `${words.charAt(0).toUpperCase()}${words.slice(1)}. `}
        {dueWords(next)}
      </Text>
    </div>
  );
}
