// The heading of a view, with what can be done there.

import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Group justify="space-between" mb="md" gap="xs">
      <Title order={1} size="h2" className="break">
        {title}
      </Title>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
