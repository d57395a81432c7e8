// A log, followed while it is looked at.

import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { memo, useEffect, useRef, useState } from "react";

import { ApiError } from "../api/client";
import type { Level, Line } from "../api/types";
import { Icon } from "../frame/icons";
import { complain } from "../frame/toast";
import { download, follow, type Query } from "./stream";

const most = 1000; // lines that are kept on the page, as many as the host sends of the past

interface Read {
  lines: { id: number; line: Line }[];
  error: string | null;
}

/** Follows a log; what broke off is begun anew after a moment. */
function useLog(plugin: string, run: string, level: Level | "", contains: string): Read {
  const [read, setRead] = useState<Read>({ lines: [], error: null });
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let next = 0;
    setRead({ lines: [], error: null });
    const query: Query = { plugin, run, contains, ...(level === "" ? {} : { level }) };
    const begin = async () => {
      let first = true; // what is sent again replaces what was there
      try {
        await follow(query, stop.signal, (lines) => {
          const kept = first;
          first = false;
          const added = lines.map((line) => ({ id: next++, line }));
          setRead((old) => ({ error: null, lines: (kept ? added : [...old.lines, ...added]).slice(-most) }));
        });
      } catch (error) {
        if (stop.signal.aborted) {
          return;
        }
        if (error instanceof ApiError && error.status !== 0) {
          const { message } = error;
          setRead((old) => ({ ...old, error: message }));
          return; // asking again changes nothing
        }
        setRead((old) => ({ ...old, error: "The log broke off; trying again…" }));
      }
      if (!stop.signal.aborted) {
        timer = setTimeout(() => void begin(), 3000);
      }
    };
    void begin();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [plugin, run, level, contains]);
  return read;
}

export function LogView({ plugin, run = "" }: { plugin: string; run?: string }) {
  const [level, setLevel] = useState<Level | "">("");
  const [words, setWords] = useState("");
  const [contains] = useDebouncedValue(words.trim(), 250);
  const { lines, error } = useLog(plugin, run, level, contains);
  const box = useRef<HTMLDivElement>(null);
  const stuck = useRef(true); // to the end, until somebody scrolls up
  useEffect(() => {
    if (stuck.current && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [lines]);
  const save = () => {
    download({ plugin, run, contains, ...(level === "" ? {} : { level }) }).catch((thrown: unknown) => complain("The log was not saved", thrown));
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <NativeSelect
          aria-label="Least serious level"
          value={level}
          onChange={(e) => setLevel(e.currentTarget.value as Level | "")}
          data={[
            { value: "", label: "All levels" },
            { value: "info", label: "Info and above" },
            { value: "warning", label: "Warnings and errors" },
            { value: "error", label: "Errors" },
          ]}
        />
        <TextInput
          type="search"
          flex="1 1 160px"
          aria-label="Search the log"
          placeholder="Search the log"
          leftSection={<Icon of="search" size={16} />}
          value={words}
          onChange={(e) => setWords(e.currentTarget.value)}
        />
        <Button variant="default" leftSection={<Icon of="download" size={16} />} onClick={save}>
          Download
        </Button>
      </Group>
      {error !== null && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
      <div
        ref={box}
        className={run === "" ? "log" : "log short"}
        tabIndex={0}
        role="log"
        aria-label="Log"
        aria-live="off"
        onScroll={(e) => {
          const { scrollTop, scrollHeight, clientHeight } = e.currentTarget;
          stuck.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {lines.map(({ id, line }) => (
          <LineView key={id} line={line} />
        ))}
        {lines.length === 0 && <div className="debug">{contains || level ? "No line fits." : "Nothing was logged yet. New lines appear by themselves."}</div>}
      </div>
    </Stack>
  );
}

const LineView = memo(function LineView({ line }: { line: Line }) {
  const tag = line.source === "log" ? (line.level ?? "") : line.source;
  const attrs = Object.entries(line.attrs ?? {}).map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return (
    <div className={line.level ?? ""}>
      <span className="time" title={line.time}>
        {new Date(line.time).toLocaleTimeString(undefined, { hour12: false })}
      </span>
      {tag && <span className="tag">{tag}</span>}
      {line.message}
      {attrs.length > 0 && <span className="debug"> {attrs.join(" ")}</span>}
    </div>
  );
});
