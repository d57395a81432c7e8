// A secret: the host says only whether it is set.

import { Button, Group, PasswordInput, Text } from "@mantine/core";

import type { Schema } from "../api/types";
import type { Path } from "./path";
import { useField, type FormStore } from "./store";

export function SecretInput({ store, schema, path }: { store: FormStore; schema: Schema; path: Path }) {
  const { value, set, text, error } = useField(store, path);
  const isSet = store.secrets[text] ?? false;
  const clearing = value === null && isSet;
  const state = clearing ? "It will be removed when you save." : isSet ? "Set. It is never shown; type to replace it." : "Not set.";
  return (
    <PasswordInput
      id={`field-${text}`}
      label={schema.title ?? String(path.at(-1))}
      withAsterisk={Boolean(schema["x-required"])}
      error={error}
      inputWrapperOrder={["label", "description", "input", "error"]}
      description={
        <>
          {schema.description && <span>{schema.description} </span>}
          <Group component="span" gap={8} display="inline-flex">
            <Text span size="xs" c={clearing ? "var(--mantine-color-error)" : "dimmed"}>
              {state}
            </Text>
            {isSet && (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => set(clearing ? undefined : null)}
                aria-label={`${clearing ? "Keep" : "Remove"} ${schema.title ?? text}`}
              >
                {clearing ? "Keep it" : "Remove it"}
              </Button>
            )}
          </Group>
        </>
      }
      placeholder={isSet ? "••••••••" : (schema["x-placeholder"] ?? "")}
      autoComplete="new-password"
      value={typeof value === "string" ? value : ""}
      // An input that is empty again leaves the secret as it is.
      onChange={(e) => set(e.currentTarget.value === "" ? undefined : e.currentTarget.value)}
      maw={480}
    />
  );
}
