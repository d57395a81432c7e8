// What an action returned: files and errors by name, lists as tables, the rest as a tree.

import { Code, Stack, Table, Text } from "@mantine/core";

import type { Json, JsonObject } from "../api/types";
import { cellOf, gridOf, isObject, restOf, type Grid } from "./shape";

export function Result({ result, brief = false }: { result: JsonObject | null; brief?: boolean }) {
  const rest = result === null ? [] : restOf(result);
  if (rest.length === 0) {
    return null;
  }
  const simple = rest.filter(([, value]) => typeof value !== "object" || value === null);
  const deep = rest.filter(([, value]) => typeof value === "object" && value !== null);
  return (
    <Stack gap="sm">
      {simple.length > 0 && (
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={4} withRowBorders={false} w="auto" fz="sm" aria-label="Result">
            <Table.Tbody>
              {simple.map(([key, value]) => (
                <Table.Tr key={key}>
                  <Table.Th pl={0}>{key === "file" ? "Output" : key}</Table.Th>
                  <Table.Td className="break">
                    <Simple name={key} value={value} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {deep.map(([key, value]) => (
        <Deep key={key} name={key} value={value} brief={brief} />
      ))}
    </Stack>
  );
}

function Simple({ name, value }: { name: string; value: Json }) {
  if (name === "file") {
    return <Code>{cellOf(value)}</Code>;
  }
  return (
    <Text span size="sm" className="break" style={{ whiteSpace: "pre-wrap" }} {...(name === "error" ? { c: "var(--mantine-color-error)" } : {})}>
      {cellOf(value)}
    </Text>
  );
}

function Deep({ name, value, brief }: { name: string; value: Json; brief: boolean }) {
  const grid = gridOf(value);
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {name}
        {Array.isArray(value) && ` (${value.length})`}
      </Text>
      {grid ? <GridView name={name} grid={grid} most={brief ? 5 : 200} /> : <Tree name="" value={value} open={brief ? 0 : 2} />}
    </div>
  );
}

function GridView({ name, grid, most }: { name: string; grid: Grid; most: number }) {
  return (
    <>
      <Table.ScrollContainer minWidth={grid.columns.length * 90}>
        <Table fz="sm" verticalSpacing={4} striped withTableBorder aria-label={name}>
          <Table.Thead>
            <Table.Tr>
              {grid.columns.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {grid.rows.slice(0, most).map((row, i) => (
              <Table.Tr key={i}>
                {row.map((cell, j) => (
                  <Table.Td key={j} className="break">
                    {cellOf(cell)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {grid.rows.length > most && (
        <Text size="xs" c="dimmed">
          and {grid.rows.length - most} more
        </Text>
      )}
    </>
  );
}

const most = 200; // entries of one object or list that are drawn

export function Tree({ name, value, open }: { name: string; value: Json; open: number }) {
  const label = name === "" ? "" : `${name}: `;
  if (typeof value !== "object" || value === null) {
    return (
      <Text size="sm" ff="monospace" className="break">
        {label}
        {JSON.stringify(value)}
      </Text>
    );
  }
  const entries: [string, Json][] = isObject(value) ? Object.entries(value) : value.map((item, i) => [String(i), item]);
  return (
    <details open={open > 0}>
      <summary style={{ fontFamily: "var(--mantine-font-family-monospace)", fontSize: 14 }}>
        {label}
        {isObject(value) ? `{${entries.length}}` : `[${entries.length}]`}
      </summary>
      <Stack gap={2} pl="md">
        {entries.slice(0, most).map(([key, item]) => (
          <Tree key={key} name={key} value={item} open={open - 1} />
        ))}
        {entries.length > most && <Text size="xs">and {entries.length - most} more</Text>}
      </Stack>
    </details>
  );
}
