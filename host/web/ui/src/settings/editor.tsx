// A dialog that makes something or changes it, with a form made from a schema.

import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";

import { ApiError, messageOf } from "../api/client";
import type { FieldError, JsonObject, Schema } from "../api/types";
import { Dialog } from "../frame/dialog";
import { Notice } from "../frame/notice";
import { Fields } from "./form";
import { FormStore } from "./store";

interface Props {
  title: string;
  schema: Schema;
  values: JsonObject;
  secrets?: Record<string, boolean>;
  /** The button's word. */
  verb?: string;
  save: (values: JsonObject) => Promise<unknown>;
  close: () => void;
}

export function Editor({ title, schema, values, secrets, verb = "Save", save, close }: Props) {
  const [store] = useState(() => new FormStore(schema, known(schema, values), secrets));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await save(store.all());
      close();
    } catch (thrown) {
      const wrong = errorsOf(thrown);
      store.setErrors(wrong);
      setError(wrong.length > 0 ? "Some values have to be corrected." : messageOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog close={close} title={title} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {error !== null && (
            <Notice color="red" role="alert">
              {error}
            </Notice>
          )}
          <Fields store={store} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Only those values that the form has a field for. */
function known(schema: Schema, values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(schema.properties ?? {}, name)));
}

/** What is wrong with single values, in either of the host's two shapes. */
function errorsOf(thrown: unknown): FieldError[] {
  if (!(thrown instanceof ApiError)) {
    return [];
  }
  if (thrown.body.errors !== undefined) {
    return thrown.body.errors;
  }
  return Object.entries(thrown.body).flatMap(([field, said]) =>
    Array.isArray(said) && said.every((word) => typeof word === "string") ? [{ field, message: said.join(" ") }] : [],
  );
}
