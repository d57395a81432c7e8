// One guide: its channels, and what its refreshes did.

import { Stack, Title } from "@mantine/core";

import { Empty } from "../frame/states";
import { guides } from "./guides";
import { History } from "./history";
import { paths } from "./queries";
import { Rows, type Column } from "./rows";
import { SourcePage } from "./sourcepage";
import { Tools, useWords } from "./tools";
import type { Station } from "./types";

const columns: Column<Station>[] = [
  { label: "Name", width: "minmax(0, 1fr)", order: "name", cell: (row) => row.name },
  { label: "Guide id", width: "minmax(0, 1fr)", order: "tvg_id", cell: (row) => row.tvg_id ?? "" },
];

export default function GuidePage({ id }: { id: number }) {
  return (
    <SourcePage id={id} kind={guides}>
      <Stations id={id} />
      <History kind="epg_refresh" id={id} />
    </SourcePage>
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
