// The frame of one playlist or guide: the way back, its card, its parts, and how it is edited and deleted.

import { Anchor, Stack, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";

import type { JsonObject } from "../api/types";
import { Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { go, Link } from "../router";
import { Editor } from "../settings/editor";
import { sent } from "./forms";
import { useRemove, useRow, useSave } from "./queries";
import { SourceCard } from "./sourcecard";
import type { SourceKind } from "./sources";
import type { Source } from "./types";

interface Props<T extends Source> {
  id: number;
  kind: SourceKind<T>;
  children: ReactNode;
}

export function SourcePage<T extends Source>({ id, kind, children }: Props<T>) {
  const { noun, path } = kind;
  const home = `/${noun}s`;
  const found = useRow<T>(path, id);
  const save = useSave(path);
  const remove = useRemove(path, ...kind.also);
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  if (found.isPending) {
    return <Waiting what={`the ${noun}`} />;
  }
  if (!found.data) {
    return <Failed what={`The ${noun}`} error={found.error} retry={() => found.refetch()} />;
  }
  const row = found.data;
  return (
    <Stack maw={900} mx="auto">
      <Anchor component={Link} href={home} size="sm">
        ‹ All {noun}s
      </Anchor>
      <SourceCard
        path={path}
        source={row}
        title={
          <Title order={1} size="h2" className="break">
            {row.name}
          </Title>
        }
        about={kind.about(row)}
        request={kind.request(row)}
        edit={() => setAsked("edit")}
        remove={() => setAsked("remove")}
      />
      {children}
      {asked === "edit" && (
        <Editor
          title={`Edit ${row.name}`}
          schema={kind.form}
          values={row as unknown as JsonObject}
          secrets={row.secrets}
          save={(values) => save.mutateAsync({ id, values: sent(values) })}
          close={() => setAsked(null)}
        />
      )}
      {asked === "remove" && (
        <Sure title={`Delete ${row.name}?`} act={() => remove.mutateAsync(id).then(() => go(home, true))} close={() => setAsked(null)}>
          {kind.gone}
        </Sure>
      )}
    </Stack>
  );
}
