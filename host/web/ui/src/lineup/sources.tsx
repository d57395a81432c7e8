// A list of playlists or of guides.

import { Button, Stack, Title } from "@mantine/core";
import { useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject, Schema } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Empty, Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { Link } from "../router";
import { Editor } from "../settings/editor";
import { sent } from "./forms";
import { useAll, useRemove, useSave } from "./queries";
import { SourceCard } from "./sourcecard";
import type { Source } from "./types";

/** What playlists and guides differ in. */
export interface SourceKind<T extends Source> {
  /** One of them, as in playlist; its page is below /playlists. */
  noun: string;
  path: string;
  /** Lists that change when one is deleted. */
  also: string[];
  form: Schema;
  empty: string;
  /** What happens to what came with it. */
  gone: string;
  /** Whether it is listed. */
  shown: (row: T) => boolean;
  about: (row: T) => string;
  /** What has it refreshed. */
  request: (row: T) => { path: string; json?: unknown };
}

export function Sources<T extends Source>({ kind }: { kind: SourceKind<T> }) {
  const { noun, path, form } = kind;
  const rows = useAll<T>(path);
  const admin = useAdmin();
  const save = useSave(path);
  const remove = useRemove(path, ...kind.also);
  const [editing, setEditing] = useState<T | "new" | null>(null);
  const [removing, setRemoving] = useState<T | null>(null);
  if (rows.isPending) {
    return <Waiting what={`the ${noun}s`} />;
  }
  if (!rows.data) {
    return <Failed what={`The ${noun}s`} error={rows.error} retry={() => rows.refetch()} />;
  }
  const shown = rows.data.filter(kind.shown);
  const add = admin && (
    <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setEditing("new")}>
      Add a {noun}
    </Button>
  );
  return (
    <Stack gap={0} maw={900} mx="auto">
      <Heading title={`${noun[0]?.toUpperCase()}${noun.slice(1)}s`}>{shown.length > 0 && add}</Heading>
      {shown.length === 0 && (
        <Empty title={`No ${noun}s yet`} action={add}>
          {kind.empty}
        </Empty>
      )}
      <Stack gap="sm">
        {shown.map((row) => (
          <SourceCard
            key={row.id}
            path={path}
            source={row}
            title={
              <Title order={2} size="h4">
                <Link href={`/${noun}s/${row.id}`} className="plain break">
                  {row.name}
                </Link>
              </Title>
            }
            about={kind.about(row)}
            request={kind.request(row)}
            edit={() => setEditing(row)}
            remove={() => setRemoving(row)}
          />
        ))}
      </Stack>
      {editing !== null && (
        <Editor
          title={editing === "new" ? `Add a ${noun}` : `Edit ${editing.name}`}
          verb={editing === "new" ? "Add" : "Save"}
          schema={form}
          values={editing === "new" ? {} : (editing as unknown as JsonObject)}
          secrets={editing === "new" ? {} : editing.secrets}
          save={(values) => save.mutateAsync({ id: editing === "new" ? undefined : editing.id, values: sent(values) })}
          close={() => setEditing(null)}
        />
      )}
      {removing !== null && (
        <Sure title={`Delete ${removing.name}?`} act={() => remove.mutateAsync(removing.id)} close={() => setRemoving(null)}>
          {kind.gone}
        </Sure>
      )}
    </Stack>
  );
}
