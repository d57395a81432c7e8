// The logos that channels may have.

import { Button } from "@mantine/core";
import { useMemo, useState } from "react";

import { useAdmin } from "../api/queries";
import type { JsonObject } from "../api/types";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Empty } from "../frame/states";
import { Sure } from "../frame/sure";
import { Editor } from "../settings/editor";
import { logoForm } from "./forms";
import { LogoOf } from "./logo";
import { paths, useRemove, useSave } from "./queries";
import { Rows, type Column } from "./rows";
import { Tool } from "./sourcecard";
import { Tools, useWords } from "./tools";
import type { LogoRow } from "./types";

export default function Logos() {
  const { typed, words, type } = useWords();
  const [editing, setEditing] = useState<LogoRow | "new" | null>(null);
  const [removing, setRemoving] = useState<LogoRow | null>(null);
  const admin = useAdmin();
  const save = useSave(paths.logos);
  const remove = useRemove(paths.logos, paths.channels);
  const columns = useMemo<Column<LogoRow>[]>(
    () => [
      { label: "Name", width: "minmax(0, 1fr)", order: "name", cell: (row) => (
          <span className="named">
            <LogoOf id={row.id} name={row.name} />
            <span title={row.name}>{row.name}</span>
          </span>
        ) },
      { label: "Address", width: "minmax(0, 2fr)", order: "url", wide: true, cell: (row) => <span title={row.url}>{row.url}</span> },
      ...(admin
        ? [
            {
              label: "Change",
              width: "88px",
              cell: (row: LogoRow) => (
                <>
                  <Tool of="pencil" label={`Edit ${row.name}`} act={() => setEditing(row)} />
                  <Tool of="trash" label={`Delete ${row.name}`} act={() => setRemoving(row)} />
                </>
              ),
            },
          ]
        : []),
    ],
    [admin],
  );
  const add = admin && (
    <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setEditing("new")}>
      Add a logo
    </Button>
  );
  return (
    <div>
      <Heading title="Logos">{add}</Heading>
      <Tools what="logos" typed={typed} type={type} />
      <Rows<LogoRow>
        label="Logos"
        path={paths.logos}
        filter={{ search: words }}
        columns={columns}
        empty={
          <Empty title={words === "" ? "No logos yet" : "No logo fits"}>
            {words === "" ? "They come with channels that are made of streams, and with guides." : "Nothing has these words."}
          </Empty>
        }
      />
      {editing !== null && (
        <Editor
          title={editing === "new" ? "Add a logo" : `Edit ${editing.name}`}
          verb={editing === "new" ? "Add" : "Save"}
          schema={logoForm}
          values={editing === "new" ? {} : (editing as unknown as JsonObject)}
          save={(values) => save.mutateAsync({ id: editing === "new" ? undefined : editing.id, values })}
          close={() => setEditing(null)}
        />
      )}
      {removing !== null && (
        <Sure title={`Delete ${removing.name}?`} act={() => remove.mutateAsync(removing.id)} close={() => setRemoving(null)}>
          Channels that had it have no logo any more.
        </Sure>
      )}
    </div>
  );
}
