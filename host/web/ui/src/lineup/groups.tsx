// Channel groups and channel profiles: names that channels are sorted by.

import { Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { Editor } from "../settings/editor";
import { nameForm } from "./forms";
import { paths, useAll, useRemove, useSave } from "./queries";
import { Tool } from "./sourcecard";
import type { Named } from "./types";

export default function Groups() {
  return (
    <div>
      <Heading title="Groups and profiles" />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Names title="Groups" noun="group" path={paths.groups} gone="Its channels and streams stay, without a group.">
          Headings of channels and streams. Playlists bring their own.
        </Names>
        <Names title="Profiles" noun="profile" path={paths.profiles} gone="The channels stay.">
          Selections of channels for some viewers. Every channel is in a new profile.
        </Names>
      </SimpleGrid>
    </div>
  );
}

const most = 200; // rows that are drawn; words narrow them

function Names({ title, noun, path, gone, children }: { title: string; noun: string; path: string; gone: string; children: string }) {
  const admin = useAdmin();
  const rows = useAll<Named>(path);
  const save = useSave(path);
  const remove = useRemove(path, paths.channels, paths.streams);
  const [words, setWords] = useState("");
  const [editing, setEditing] = useState<Named | "new" | null>(null);
  const [removing, setRemoving] = useState<Named | null>(null);
  const shown = (rows.data ?? []).filter((row) => row.name.toLowerCase().includes(words.toLowerCase()));
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title}
          </Title>
          {admin && (
            <Button size="xs" variant="default" leftSection={<Icon of="plus" size={14} />} onClick={() => setEditing("new")}>
              Add a {noun}
            </Button>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {children}
        </Text>
        {(rows.data?.length ?? 0) > 10 && (
          <TextInput type="search" aria-label={`Search ${noun}s`} placeholder={`Search ${noun}s`} value={words} onChange={(e) => setWords(e.currentTarget.value)} />
        )}
        {rows.isPending && <Waiting what={title.toLowerCase()} />}
        {rows.isError && <Failed what={title} error={rows.error} retry={() => rows.refetch()} />}
        {rows.data?.length === 0 && <Text size="sm">None yet.</Text>}
        <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
          {shown.slice(0, most).map((row) => (
            <Group key={row.id} component="li" className="row" justify="space-between" wrap="nowrap" px="xs">
              <Text size="sm" className="break" py={6}>
                {row.name}
              </Text>
              {admin && (
                <Group gap={0} wrap="nowrap">
                  <Tool of="pencil" label={`Rename ${row.name}`} act={() => setEditing(row)} />
                  <Tool of="trash" label={`Delete ${row.name}`} act={() => setRemoving(row)} />
                </Group>
              )}
            </Group>
          ))}
        </Stack>
        {shown.length > most && <Text size="sm">and {shown.length - most} more: search for them</Text>}
      </Stack>
      {editing !== null && (
        <Editor
          title={editing === "new" ? `Add a ${noun}` : `Rename ${editing.name}`}
          verb={editing === "new" ? "Add" : "Save"}
          schema={nameForm}
          values={editing === "new" ? {} : (editing as unknown as JsonObject)}
          save={(values) => save.mutateAsync({ id: editing === "new" ? undefined : editing.id, values })}
          close={() => setEditing(null)}
        />
      )}
      {removing !== null && (
        <Sure title={`Delete ${removing.name}?`} act={() => remove.mutateAsync(removing.id)} close={() => setRemoving(null)}>
          {gone}
        </Sure>
      )}
    </Paper>
  );
}
