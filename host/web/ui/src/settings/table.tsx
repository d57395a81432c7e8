// A table: rows of values that can be added, moved and removed.

import { ActionIcon, Button, Group, Input as Field, Paper, Stack, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { memo, useMemo } from "react";

import type { Json, Schema } from "../api/types";
import { Icon } from "../frame/icons";
import { Input } from "./inputs";
import type { Path } from "./path";
import { useField, useRowCount, type FormStore } from "./store";

const page = 100; // rows that are drawn; a form is no place for more

export function TableInput({ store, schema, path }: { store: FormStore; schema: Schema; path: Path }) {
  const { text, error } = useField(store, path);
  const count = useRowCount(store, path);
  const narrow = useMediaQuery("(max-width: 48em)");
  const columns = Object.entries(schema.items?.properties ?? {});
  const name = schema.title ?? String(path.at(-1));
  const rows = (): Json[] => {
    const value = store.get(path);
    return Array.isArray(value) ? [...value] : [];
  };
  const edit = (change: (rows: Json[]) => void) => {
    const next = rows();
    change(next);
    store.set(path, next);
  };
  const buttons = (i: number) => (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <Move of="up" label={`Move row ${i + 1} up`} disabled={i === 0} onClick={() => edit((r) => r.splice(i - 1, 0, ...r.splice(i, 1)))} />
      <Move of="down" label={`Move row ${i + 1} down`} disabled={i === count - 1} onClick={() => edit((r) => r.splice(i + 1, 0, ...r.splice(i, 1)))} />
      <Move of="trash" label={`Remove row ${i + 1}`} onClick={() => edit((r) => r.splice(i, 1))} />
    </Group>
  );
  const shown = Array.from({ length: Math.min(count, page) }, (_, i) => i);
  return (
    <Field.Wrapper label={name} description={schema.description} error={error} withAsterisk={Boolean(schema["x-required"])} labelElement="div">
      <Stack gap="xs" mt={6} id={`field-${text}`} tabIndex={-1}>
        {count === 0 && (
          <Text size="sm" c="dimmed">
            No rows.
          </Text>
        )}
        {count > 0 && !narrow && (
          <Table.ScrollContainer minWidth={columns.length * 150 + 120}>
            <Table verticalSpacing={6} aria-label={name}>
              <Table.Thead>
                <Table.Tr>
                  {columns.map(([key, column]) => (
                    <Table.Th key={key} title={column.description}>
                      {column.title ?? key}
                    </Table.Th>
                  ))}
                  <Table.Th w={116}>
                    <span className="hidden-input">Row</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map((i) => (
                  <Table.Tr key={i}>
                    {columns.map(([key, column]) => (
                      <Table.Td key={key} valign="top">
                        <Cell store={store} schema={column} table={path} row={i} name={key} bare />
                      </Table.Td>
                    ))}
                    <Table.Td valign="top">{buttons(i)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {narrow &&
          shown.map((i) => (
            <Paper key={i} withBorder p="sm">
              <Stack gap="xs">
                {columns.map(([key, column]) => (
                  <Cell key={key} store={store} schema={column} table={path} row={i} name={key} />
                ))}
                {buttons(i)}
              </Stack>
            </Paper>
          ))}
        {count > page && (
          <Text size="sm" c="dimmed">
            Rows {page + 1} to {count} are kept and not shown here; the API edits them.
          </Text>
        )}
        <div>
          <Button size="xs" variant="default" leftSection={<Icon of="plus" size={14} />} onClick={() => edit((r) => r.push({}))}>
            Add a row
          </Button>
        </div>
      </Stack>
    </Field.Wrapper>
  );
}

interface CellProps {
  store: FormStore;
  schema: Schema;
  table: Path;
  row: number;
  name: string;
  bare?: boolean;
}

const Cell = memo(function Cell({ store, schema, table, row, name, bare = false }: CellProps) {
  const path = useMemo(() => [...table, row, name], [table, row, name]);
  return <Input store={store} schema={schema} path={path} bare={bare} />;
});

function Move({ of, label, disabled = false, onClick }: { of: "up" | "down" | "trash"; label: string; disabled?: boolean; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color={of === "trash" ? "red" : "gray"} aria-label={label} title={label} disabled={disabled} onClick={onClick} size="lg">
      <Icon of={of} size={16} />
    </ActionIcon>
  );
}
