// A list of any length: only the rows on the screen are asked for and drawn.

import { Button, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { memo, useEffect, useRef, useState, type ReactNode } from "react";

import { Failed, Waiting } from "../frame/states";
import { pageQuery, pageSize, type Filter } from "./queries";
import type { PageOf, Row } from "./types";
import { pagesOf, windowOf } from "./window";

export interface Column<T> {
  label: string;
  /** As grid-template-columns has it. */
  width: string;
  cell: (row: T) => ReactNode;
  /** The column by which the host sorts when somebody clicks on the heading. */
  order?: string;
  /** Left out on phones. */
  wide?: boolean;
}

interface Props<T> {
  path: string;
  filter: Filter;
  /** Stays the same object as long as the rows look the same. */
  columns: Column<T>[];
  label: string;
  empty: ReactNode;
  /** Leaves room for what comes below. */
  short?: boolean;
}

const height = 44; // of a row, in pixels; frame.css says so, too
const quick = 120; // ms without a movement after which what is on the screen is asked for

export function Rows<T extends Row>({ path, filter, columns, label, empty, short = false }: Props<T>) {
  const [ordering, setOrdering] = useState("");
  const asked = { ...filter, ordering };
  const first = useQuery({ ...pageQuery<T>(path, asked, 1), placeholderData: keepPreviousData });
  const box = useRef<HTMLDivElement>(null);
  const fresh = JSON.stringify(asked);
  useEffect(() => {
    box.current?.scrollTo(0, 0);
  }, [fresh]);
  if (first.isPending) {
    return <Waiting what={label.toLowerCase()} />;
  }
  if (!first.data) {
    return <Failed what={label} error={first.error} retry={() => first.refetch()} />;
  }
  const { count } = first.data;
  if (count === 0) {
    return empty;
  }
  return (
    <div>
      <Text size="sm" c="dimmed" mb={4} role="status">
        {count.toLocaleString("en")} {count === 1 ? label.toLowerCase().replace(/s$|s(?= of )/, "") : label.toLowerCase()}
      </Text>
      <div className="rows" role="table" aria-label={label} aria-rowcount={count + 1}>
        <div role="rowgroup">
          <div className="rows-head" role="row" aria-rowindex={1} style={templates(columns)}>
            {columns.map((column) => (
              <Heading key={column.label} column={column} ordering={ordering} order={setOrdering} />
            ))}
          </div>
        </div>
        <div className={short ? "rows-body short" : "rows-body"} role="rowgroup" tabIndex={0} aria-label={`${label}, rows`} ref={box} style={{ maxHeight: count * height }}>
          <Body box={box} path={path} filter={asked} columns={columns} count={count} />
        </div>
      </div>
    </div>
  );
}

function templates<T>(columns: Column<T>[]): React.CSSProperties {
  const narrow = columns.filter((column) => column.wide !== true);
  return { ["--wide" as string]: columns.map((c) => c.width).join(" "), ["--narrow" as string]: narrow.map((c) => c.width).join(" ") };
}

function Heading<T>({ column, ordering, order }: { column: Column<T>; ordering: string; order: (by: string) => void }) {
  const by = column.order;
  const up = by !== undefined && ordering === by;
  const down = by !== undefined && ordering === `-${by}`;
  return (
    <div role="columnheader" className={column.wide ? "wide" : undefined} aria-sort={up ? "ascending" : down ? "descending" : undefined}>
      {by === undefined ? (
        column.label
      ) : (
        <Button size="compact-sm" variant="subtle" color="gray" px={4} ml={-4} onClick={() => order(up ? `-${by}` : down ? "" : by)}>
          {column.label}
          {up ? " ↑" : down ? " ↓" : ""}
        </Button>
      )}
    </div>
  );
}

interface BodyProps<T> {
  box: React.RefObject<HTMLDivElement | null>;
  path: string;
  filter: Filter;
  columns: Column<T>[];
  count: number;
}

function Body<T extends Row>({ box, path, filter, columns, count }: BodyProps<T>) {
  const { from, to } = useWindow(box, count);
  const client = useQueryClient();
  // Whoever drags the bar through a long list wants the place they stop at.
  const [wanted] = useDebouncedValue(pagesOf(from, to, pageSize).join(), quick);
  const last = Math.ceil(count / pageSize);
  const pages = wanted.split(",").map(Number).filter((page) => page <= last);
  useQueries({ queries: pages.map((page) => pageQuery<T>(path, filter, page)) });
  const known = new Map(pagesOf(from, to, pageSize).map((page) => [page, client.getQueryData<PageOf<T>>(["rows", path, filter, page])]));
  const rows: ReactNode[] = [];
  for (let i = from; i <= to; i++) {
    rows.push(<Line key={i} row={known.get(Math.floor(i / pageSize) + 1)?.results[i % pageSize]} at={i} columns={columns} />);
  }
  return (
    <div role="presentation" style={{ height: count * height, position: "relative", ...templates(columns) }}>
      {rows}
    </div>
  );
}

/** The rows that are on the screen, and some around them. */
function useWindow(box: React.RefObject<HTMLDivElement | null>, count: number): { from: number; to: number } {
  const [shown, setShown] = useState(() => windowOf(0, 600, height, count));
  useEffect(() => {
    const element = box.current;
    if (element === null) {
      return;
    }
    const look = () => {
      const next = windowOf(element.scrollTop, element.clientHeight, height, count);
      setShown((old) => (old.from === next.from && old.to === next.to ? old : next));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const size = new ResizeObserver(look);
    size.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      size.disconnect();
    };
  }, [box, count]);
  return shown;
}

const Line = memo(function Line<T extends Row>({ row, at, columns }: { row: T | undefined; at: number; columns: Column<T>[] }) {
  return (
    <div className="rows-line" role="row" aria-rowindex={at + 2} style={{ top: at * height }}>
      {columns.map((column) => (
        <div key={column.label} role="cell" className={column.wide ? "wide" : undefined}>
          {row === undefined ? "…" : column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <T extends Row>(props: { row: T | undefined; at: number; columns: Column<T>[] }) => ReactNode;
