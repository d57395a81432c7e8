// One guide: its channels, and what its refreshes did.

import { Anchor, Stack, Title } from "@mantine/core";
import { useState } from "react";

import type { JsonObject } from "../api/types";
import { Empty, Failed, Waiting } from "../frame/states";
import { Sure } from "../frame/sure";
import { go, Link } from "../router";
import { Editor } from "../settings/editor";
import { guideForm, sent } from "./forms";
import { aboutGuide, refreshOfGuide } from "./guides";
import { History } from "./history";
import { paths, useRemove, useRow, useSave } from "./queries";
import { Rows, type Column } from "./rows";
import { SourceCard } from "./sourcecard";
import { Tools, useWords } from "./tools";
import type { Guide, Station } from "./types";

const columns: Column<Station>[] = [
  { label: "Name", width: "minmax(0, 1fr)", order: "name", cell: (row) => row.name },
  { label: "Guide id", width: "minmax(0, 1fr)", order: "tvg_id", cell: (row) => row.tvg_id ?? "" },
];

export default function GuidePage({ id }: { id: number }) {
  const guide = useRow<Guide>(paths.guides, id);
  const save = useSave(paths.guides);
  const remove = useRemove(paths.guides, paths.stations, paths.programmes, paths.channels);
  const [asked, setAsked] = useState<"edit" | "remove" | null>(null);
  if (guide.isPending) {
    return <Waiting what="the guide" />;
  }
  if (!guide.data) {
    return <Failed what="The guide" error={guide.error} retry={() => guide.refetch()} />;
  }
  const row = guide.data;
  return (
    <Stack maw={900} mx="auto">
      <Anchor component={Link} href="/guides" size="sm">
        ‹ All guides
      </Anchor>
      <SourceCard
        path={paths.guides}
        source={row}
        title={
          <Title order={1} size="h2" className="break">
            {row.name}
          </Title>
        }
        about={aboutGuide(row)}
        request={refreshOfGuide(row)}
        edit={() => setAsked("edit")}
        remove={() => setAsked("remove")}
      />
      <Stations id={id} />
      <History kind="epg_refresh" id={id} />
      {asked === "edit" && (
        <Editor
          title={`Edit ${row.name}`}
          schema={guideForm}
          values={row as unknown as JsonObject}
          save={(values) => save.mutateAsync({ id, values: sent(values) })}
          close={() => setAsked(null)}
        />
      )}
      {asked === "remove" && (
        <Sure title={`Delete ${row.name}?`} act={() => remove.mutateAsync(id).then(() => go("/guides", true))} close={() => setAsked(null)}>
          Its programmes are deleted; channels that used it have no guide any more.
        </Sure>
      )}
    </Stack>
  );
}

function Stations({ id }: { id: number }) {
  const { typed, words, type } = useWords();
  return (
    <Stack gap={0} component="section" aria-label="Channels">
      <Title order={2} size="h4" mb="xs">
        Channels
      </Title>
      <Tools what="channels" typed={typed} type={type} />
      <Rows<Station>
        label="Channels of the guide"
        path={paths.stations}
        filter={{ search: words, epg_source_id: String(id) }}
        columns={columns}
        short
        empty={<Empty title={words === "" ? "No channels yet" : "No channel fits"}>{words === "" ? "They come with the first refresh." : "Nothing has these words."}</Empty>}
      />
    </Stack>
  );
}
