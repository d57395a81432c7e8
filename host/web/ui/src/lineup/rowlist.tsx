// A short list whose rows are added, edited and deleted where they are shown.

import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject, Schema } from "../api/types";
import { Icon } from "../frame/icons";
import { Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { Editor } from "../settings/editor";
import { useAll, useRemove, useSave } from "./queries";
import { Tool } from "./sourcecard";
import type { Row } from "./types";

const most = 200; // rows that are drawn; words narrow them

interface Props<T extends Row> {
  title: string;
  /** One of them, as in group. */
  noun: string;
  path: string;
  /** What they are for. */
  children: ReactNode;
  form: Schema;
  /** What a row is called. */
  name: (row: T) => string;
  /** What is shown of it; without this its name. */
  show?: (row: T) => ReactNode;
  /** A row as its form has it, and the form's values as the host takes them, with the row that is edited, if one is. */
  values?: (row: T) => JsonObject;
  sent?: (values: JsonObject, row?: T) => JsonObject;
  /** What becomes of the rest when one is deleted. */
  gone: string;
  /** Whether it stays as it is. */
  fixed?: (row: T) => boolean;
  /** Lists that change when one is deleted. */
  also?: string[];
}

export function RowList<T extends Row>(props: Props<T>) {
  const { title, noun, path, name } = props;
  const admin = useAdmin();
  const rows = useAll<T>(path);
  const [words, setWords] = useState("");
  const [editing, setEditing] = useState<T | "new" | null>(null);
  const [removing, setRemoving] = useState<T | null>(null);
  const shown = (rows.data ?? []).filter((row) => name(row).toLowerCase().includes(words.toLowerCase()));
  return (
    <Stack gap="xs" component="section" aria-label={title}>
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
        {props.children}
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
            <Text size="sm" className="break" py={6} component="div">
              {props.show?.(row) ?? name(row)}
            </Text>
            {admin && props.fixed?.(row) !== true && (
              <Group gap={0} wrap="nowrap">
                <Tool of="pencil" label={`Edit ${name(row)}`} act={() => setEditing(row)} />
                <Tool of="trash" label={`Delete ${name(row)}`} act={() => setRemoving(row)} />
              </Group>
            )}
          </Group>
        ))}
      </Stack>
      {shown.length > most && <Text size="sm">and {shown.length - most} more: search for them</Text>}
      <Dialogs {...props} editing={editing} removing={removing} edit={setEditing} remove={setRemoving} />
    </Stack>
  );
}

interface DialogProps<T extends Row> extends Props<T> {
  editing: T | "new" | null;
  removing: T | null;
  edit: (row: T | null) => void;
  remove: (row: T | null) => void;
}

function Dialogs<T extends Row>(props: DialogProps<T>) {
  const { noun, path, name, editing, removing, edit, remove } = props;
  const valuesOf = props.values ?? ((row: T) => row as unknown as JsonObject);
  const sent = props.sent ?? ((values: JsonObject) => values);
  const save = useSave(path);
  const drop = useRemove(path, ...(props.also ?? []));
  return (
    <>
      {editing !== null && (
        <Editor
          title={editing === "new" ? `Add a ${noun}` : `Edit ${name(editing)}`}
          verb={editing === "new" ? "Add" : "Save"}
          schema={props.form}
          values={editing === "new" ? {} : valuesOf(editing)}
          save={(values) => save.mutateAsync(editing === "new" ? { values: sent(values) } : { id: editing.id, values: sent(values, editing) })}
          close={() => edit(null)}
        />
      )}
      {removing !== null && (
        <Sure title={`Delete ${name(removing)}?`} act={() => drop.mutateAsync(removing.id)} close={() => remove(null)}>
          {props.gone}
        </Sure>
      )}
    </>
  );
}
