// What is wrong with a plugin, and what to do about it.

import { Stack, Text } from "@mantine/core";

import { Notice } from "../frame/notice";
import type { Problem, Trouble } from "../api/types";

/** A place in the source as in main.go:13:9; empty when it is not known. */
export function placeOf(p: Problem): string {
  if (p.file === "" || p.line === 0) {
    return p.file;
  }
  return p.column === 0 ? `${p.file}:${p.line}` : `${p.file}:${p.line}:${p.column}`;
}

const few = 2; // mistakes that a card shows

export function TroubleView({ trouble, serves, brief = false }: { trouble: Trouble; serves: boolean; brief?: boolean }) {
  const problems = trouble.problems ?? [];
  const shown = brief ? problems.slice(0, few) : problems;
  const rest = problems.length - shown.length;
  return (
    <Notice
      color={serves ? "orange" : "red"}
      title={serves ? "The last edit does not load; the version before it keeps serving" : titleOf(trouble)}
    >
      <Stack gap={6}>
        {(problems.length === 0 || !brief) && (
          <Text size="sm" className="break">
            {trouble.message}
          </Text>
        )}
        {shown.map((problem, i) => (
          <ProblemView key={i} problem={problem} />
        ))}
        {rest > 0 && <Text size="xs">and {rest} more: open the plugin to see all</Text>}
        {(trouble.errors ?? []).map((error, i) => (
          <Text key={i} size="sm" className="break">
            <b>{error.field}</b> {error.message}
          </Text>
        ))}
        <Traceback text={trouble.traceback ?? ""} label="Traceback" brief={brief} />
        <Traceback text={(trouble.output ?? []).join("\n")} label="Last output" brief={brief} />
        {trouble.hint && <Text size="sm">{trouble.hint}</Text>}
      </Stack>
    </Notice>
  );
}

function titleOf(trouble: Trouble): string {
  if (trouble.fault === "host") {
    return "The host cannot run this plugin";
  }
  return (trouble.errors ?? []).length > 0 ? "This plugin cannot run with its settings" : "This plugin cannot run";
}

function ProblemView({ problem }: { problem: Problem }) {
  const place = placeOf(problem);
  return (
    <div>
      <Text size="sm" className="break">
        {place && <b>{place} </b>}
        {problem.message}
      </Text>
      {problem.excerpt && (
        <pre className="source" tabIndex={0} aria-label={`Source at ${place}`}>
          {problem.excerpt.trimEnd()}
        </pre>
      )}
    </div>
  );
}

function Traceback({ text, label, brief }: { text: string; label: string; brief: boolean }) {
  const whole = text.trimEnd();
  if (whole === "") {
    return null;
  }
  const lines = whole.split("\n");
  return (
    <pre className="source" tabIndex={0} aria-label={label}>
      {brief && lines.length > 6 ? `…\n${lines.slice(-6).join("\n")}` : whole}
    </pre>
  );
}
