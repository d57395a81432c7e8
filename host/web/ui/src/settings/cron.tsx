// The input of a cron expression.

import { TextInput } from "@mantine/core";

import { useCommon, type FieldProps } from "./common";
import { textOfValue } from "./kinds";

export function CronInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  return (
    <TextInput
      {...common}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={textOfValue(value)}
      onChange={(e) => set(e.currentTarget.value)}
      maw={props.bare ? undefined : 280}
    />
  );
}
