// The settings of the host, group by group.

import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";

import type { Json, JsonObject } from "../api/types";
import { Heading } from "../frame/head";
import { Empty, Failed, Waiting } from "../frame/states";
import { useAll, useNames, useSave } from "../lineup/queries";
import type { Named } from "../lineup/types";
import { cellOf } from "../runs/shape";
import { Editor } from "../settings/editor";
import { Doctor } from "./doctor";
import { schemaOf, titleOf } from "./shape";

interface SettingGroup extends Named {
  key: string;
  value: JsonObject | null;
}

const path = "/api/core/settings/";

export default function HostSettings() {
  const groups = useAll<SettingGroup>(path);
  const save = useSave(path);
  const agents = useNames("/api/core/useragents/");
  const profiles = useNames("/api/core/streamprofiles/");
  const shown = (name: string, value: Json) => {
    const names = name === "default_user_agent" ? agents : name === "default_stream_profile" ? profiles : undefined;
    const known = names?.get(Number(value));
    return known ?? (typeof value === "boolean" ? (value ? "on" : "off") : cellOf(value));
  };
  const [editing, setEditing] = useState<SettingGroup | null>(null);
  if (groups.isPending) {
    return <Waiting what="the settings" />;
  }
  if (!groups.data) {
    return <Failed what="The settings" error={groups.error} retry={() => groups.refetch()} />;
  }
  const filled = groups.data.filter((group) => Object.keys(group.value ?? {}).length > 0);
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title="Settings" />
      {filled.length === 0 && <Empty title="Nothing is set" />}
      <Stack gap="sm">
        {filled.map((group) => (
          <Paper withBorder p="md" key={group.id} component="section" aria-label={group.name}>
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h4">
                {group.name}
              </Title>
              <Button size="xs" variant="default" onClick={() => setEditing(group)} aria-label={`Edit ${group.name}`}>
                Edit
              </Button>
            </Group>
            {Object.entries(group.value ?? {}).map(([name, value]) => (
              <Group key={name} justify="space-between" gap="xs" py={2}>
                <Text size="sm" c="dimmed" className="break">
                  {titleOf(name)}
                </Text>
                <Text size="sm" className="break">
                  {shown(name, value)}
                </Text>
              </Group>
            ))}
          </Paper>
        ))}
      </Stack>
      <Doctor />
      {editing !== null && (
        <Editor
          title={editing.name}
          schema={schemaOf(editing.value ?? {})}
          values={editing.value ?? {}}
          // What the form has no field for stays.
          save={(values) => save.mutateAsync({ id: editing.id, values: { value: { ...editing.value, ...values } } })}
          close={() => setEditing(null)}
        />
      )}
    </Stack>
  );
}
