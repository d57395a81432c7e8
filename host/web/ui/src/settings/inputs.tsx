// The inputs of single values.

import { Checkbox, ColorSwatch, Group, MultiSelect, NativeSelect, Select, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";

import type { Json, Schema } from "../api/types";
import { chosen, kindOf, numberOf, optionsOf, textOfValue, truthOf, unasked } from "./kinds";
import { AskedInput } from "./asked";
import { CronInput } from "./cron";
import { PickInput } from "./pick";
import { SecretInput } from "./secret";
import { useCommon, type FieldProps } from "./common";

export function Input(props: FieldProps) {
  switch (kindOf(props.schema)) {
    case "switch":
      return <SwitchInput {...props} />;
    case "number":
      return <NumberInput {...props} />;
    case "select":
      return <SelectInput {...props} />;
    case "secret":
      return <SecretInput {...props} />;
    case "textarea":
      return <LongInput {...props} />;
    case "words":
      return <WordsInput {...props} />;
    case "choices":
      return <ChoicesInput {...props} />;
    case "color":
      return <ColorInput {...props} />;
    case "pick":
    case "picks":
      return <PickInput {...props} />;
    case "cron":
      return <CronInput {...props} />;
    case "asked":
      return <AskedInput {...props} plain={<Input {...props} schema={unasked(props.schema)} />} />;
    default:
      return <LineInput {...props} />;
  }
}

function SwitchInput(props: FieldProps) {
  const { value, set, plain } = useCommon(props);
  return <Switch {...plain} checked={truthOf(value)} onChange={(e) => set(e.currentTarget.checked)} withThumbIndicator={false} />;
}

function NumberInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const { minimum, maximum, multipleOf } = props.schema;
  const limits = {
    ...(minimum === undefined ? {} : { min: minimum }),
    ...(maximum === undefined ? {} : { max: maximum }),
    step: props.schema["x-step"] ?? multipleOf ?? (props.schema.type === "integer" ? 1 : "any"),
  };
  return (
    <TextInput
      {...common}
      {...limits}
      type={typeof value === "string" && value !== "" && !Number.isFinite(Number(value)) ? "text" : "number"}
      inputMode="decimal"
      value={textOfValue(value)}
      onChange={(e) => set(numberOf(e.currentTarget.value))}
      maw={props.bare ? undefined : 280}
    />
  );
}

/** Regular expressions are read letter by letter. */
const code = new Set(["regex"]);
const short = new Set(["duration"]);

function LineInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const mono = code.has(props.schema["x-widget"] ?? "");
  return (
    <TextInput
      {...common}
      type={props.schema["x-widget"] === "url" ? "url" : "text"}
      {...(mono ? { spellCheck: false, styles: { input: { fontFamily: "var(--mantine-font-family-monospace)" } } } : {})}
      value={textOfValue(value)}
      onChange={(e) => set(typed(props.schema, e.currentTarget.value))}
      {...(short.has(props.schema["x-widget"] ?? "") && !props.bare ? { maw: 280 } : {})}
    />
  );
}

/** A pick of one of the host's is a number where the plugin wants its id. */
function typed(schema: Schema, text: string): Json {
  return schema.type === "integer" || schema.type === "number" ? numberOf(text) : text;
}

function LongInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const text = textOfValue(value);
  // Growing with every letter would measure the whole form each time.
  const rows = Math.min(12, Math.max(3, text.split("\n").length));
  return <Textarea {...common} rows={rows} resize="vertical" value={text} onChange={(e) => set(e.currentTarget.value)} />;
}

const many = 20; // choices from which on a search helps

function SelectInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const options = optionsOf(props.schema);
  const text = textOfValue(value);
  const known = options.some((o) => o.value === text);
  if (options.length > many) {
    return (
      <Select
        {...common}
        searchable
        clearable
        data={known || text === "" ? options : [...options, { value: text, label: text }]}
        value={text === "" ? null : text}
        onChange={(next) => set(next === null ? null : chosen(props.schema, next))}
        maw={props.bare ? undefined : 480}
      />
    );
  }
  return (
    <NativeSelect
      {...common}
      value={text}
      onChange={(e) => set(e.currentTarget.value === "" && !options.some((o) => o.value === "") ? null : chosen(props.schema, e.currentTarget.value))}
      data={known ? options : [{ value: text, label: text === "" ? "Choose…" : `${text} (no longer a choice)` }, ...options]}
      maw={props.bare ? undefined : 480}
    />
  );
}

function listOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(textOfValue) : [];
}

function WordsInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const words = listOf(value);
  return (
    <TagsInput
      {...common}
      placeholder={words.length === 0 ? common.placeholder || "Type a word and press Enter" : ""}
      value={words}
      onChange={(next) => set(next.map((word) => typed(props.schema.items ?? {}, word)))}
      splitChars={["\n"]}
      acceptValueOnBlur
      clearable={words.length > 0}
    />
  );
}

function ChoicesInput(props: FieldProps) {
  const { value, set, text, plain, common } = useCommon(props);
  const options = optionsOf(props.schema);
  const take = (next: string[]) => set(next.map((v) => chosen(props.schema, v)));
  if (options.length > 8 || props.bare) {
    return <MultiSelect {...common} searchable data={options} value={listOf(value)} onChange={take} />;
  }
  return (
    <Checkbox.Group {...plain} withAsterisk={Boolean(props.schema["x-required"])} id={`group-${text}`} value={listOf(value)} onChange={take}>
      <Group gap="lg" mt={6} id={`field-${text}`} tabIndex={-1}>
        {options.map((o) => (
          <Checkbox key={o.value} value={o.value} label={o.label} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function ColorInput(props: FieldProps) {
  const { value, set, common } = useCommon(props);
  const text = textOfValue(value);
  const { label, "aria-label": bareLabel } = common as { label?: string; "aria-label"?: string };
  return (
    <TextInput
      {...common}
      value={text}
      onChange={(e) => set(e.currentTarget.value)}
      maw={280}
      leftSection={<ColorSwatch size={18} color={text === "" ? "transparent" : text} />}
      rightSectionWidth={44}
      rightSection={
        <input
          type="color"
          aria-label={`Pick ${label ?? bareLabel ?? "a colour"}`}
          value={/^#[0-9a-f]{6}$/i.test(text) ? text : "#888888"}
          onChange={(e) => set(e.currentTarget.value)}
          style={{ width: 32, height: 26, padding: 0, border: "none", background: "none" }}
        />
      }
    />
  );
}

export function Info({ schema, name }: { schema: Schema; name: string }) {
  const text = textOfValue(schema.default);
  return (
    <div>
      <Text fw={600} size="sm">
        {schema.title ?? name}
      </Text>
      {text && (
        <Text size="sm" style={{ whiteSpace: "pre-line" }} className="break">
          {text}
        </Text>
      )}
      {schema.description && schema.description !== text && (
        <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-line" }} className="break">
          {schema.description}
        </Text>
      )}
    </div>
  );
}
