// A form made from a schema.

import { Fieldset, Paper, Stack, Title } from "@mantine/core";
import { memo, startTransition, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import type { Schema } from "../api/types";
import { Info, Input } from "./inputs";
import { isVisible, kindOf, matches, sectionsOf } from "./kinds";
import { textOf, type Path } from "./path";
import type { FormStore } from "./store";
import { TableInput } from "./table";

const root: Path = [];
const first = 30; // fields that are drawn at once; the others follow without making anybody wait

/** All fields of a form; with words only those that match. */
export function Fields({ store, words = "" }: { store: FormStore; words?: string }) {
  const sections = useMemo(() => sectionsOf(store.schema), [store.schema]);
  const total = Object.keys(store.schema.properties ?? {}).length;
  const [limit, setLimit] = useState(first);
  useEffect(() => {
    if (limit < total) {
      startTransition(() => setLimit((n) => n + first * 2));
    }
  }, [limit, total]);
  let left = limit;
  return sections.map(({ title, names }) => {
    const some = names.slice(0, Math.max(0, left));
    left -= names.length;
    const shown = words === "" ? some : names.filter((name) => matches(name, store.schema.properties?.[name] ?? {}, words));
    if (shown.length === 0) {
      return null;
    }
    return (
      <Paper withBorder p={{ base: "sm", sm: "lg" }} key={title} component="section" aria-label={title === "" ? "General" : title}>
        {title !== "" && (
          <Title order={2} size="h4" mb="md">
            {title}
          </Title>
        )}
        <Stack gap="lg">
          {shown.map((name) => (
            <Field key={name} store={store} parent={root} schema={store.schema} name={name} />
          ))}
        </Stack>
      </Paper>
    );
  });
}

interface FieldOf {
  store: FormStore;
  /** Where the object is that has the field. */
  parent: Path;
  /** The schema of that object. */
  schema: Schema;
  name: string;
}

const Field = memo(function Field({ store, parent, schema, name }: FieldOf) {
  const path = useMemo(() => [...parent, name], [parent, name]);
  const field = schema.properties?.[name];
  if (!field) {
    return null;
  }
  return (
    <When store={store} parent={parent} condition={field["x-visible-if"]}>
      <Any store={store} schema={field} path={path} name={name} />
    </When>
  );
});

function When({ store, parent, condition, children }: { store: FormStore; parent: Path; condition: Schema["x-visible-if"]; children: ReactNode }) {
  return condition ? (
    <Conditional store={store} parent={parent} condition={condition}>
      {children}
    </Conditional>
  ) : (
    children
  );
}

/** Shows its content while the field beside it has the value it depends on. */
function Conditional({ store, parent, condition, children }: { store: FormStore; parent: Path; condition: NonNullable<Schema["x-visible-if"]>; children: ReactNode }) {
  const beside = useMemo(() => [...parent, condition.field], [parent, condition.field]);
  const visible = useSyncExternalStore(
    useCallback((tell: () => void) => store.listen(textOf(beside), tell), [store, beside]),
    () => isVisible(condition, store.get(beside)),
  );
  return visible ? children : null;
}

function Any({ store, schema, path, name }: { store: FormStore; schema: Schema; path: Path; name: string }) {
  switch (kindOf(schema)) {
    case "info":
      return <Info schema={schema} name={name} />;
    case "table":
      return <TableInput store={store} schema={schema} path={path} />;
    case "section":
      return (
        <Fieldset legend={schema.title ?? name} id={`field-${textOf(path)}`}>
          <Stack gap="lg">
            {schema.description && <Info schema={{ title: "", description: schema.description }} name="" />}
            {Object.keys(schema.properties ?? {}).map((inner) => (
              <Field key={inner} store={store} parent={path} schema={schema} name={inner} />
            ))}
          </Stack>
        </Fieldset>
      );
    default:
      return <Input store={store} schema={schema} path={path} />;
  }
}
