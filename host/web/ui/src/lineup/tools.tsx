// What narrows a long list.

import { Group, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

import { Icon } from "../frame/icons";

/** The words that are searched for once nobody types any more. */
export function useWords(): { typed: string; words: string; type: (text: string) => void } {
  const [typed, type] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 250);
  return { typed, words, type };
}

export function Tools({ what, typed, type, children }: { what: string; typed: string; type: (text: string) => void; children?: ReactNode }) {
  return (
    <Group gap="xs" mb="sm" className="tools">
      <TextInput
        type="search"
        flex="1 1 200px"
        aria-label={`Search ${what}`}
        placeholder={`Search ${what}`}
        leftSection={<Icon of="search" size={16} />}
        value={typed}
        onChange={(e) => type(e.currentTarget.value)}
      />
      {children}
    </Group>
  );
}
