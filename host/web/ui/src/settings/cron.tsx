// The input of a cron expression, with what it means.

import { Text, TextInput } from "@mantine/core";

import { cronWords } from "../jobs/cron";
import { useCommon, type FieldProps } from "./common";
import { textOfValue } from "./kinds";

export function CronInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const words = cronWords(textOfValue(value));
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
        {words === "" ? "" : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`}
      </Text>
    </div>
  );
}
