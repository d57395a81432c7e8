// The guides.

import { Title } from "@mantine/core";

import { Link } from "../router";
import { guideForm } from "./forms";
import { countOf, everyOf } from "./playlists";
import { paths } from "./queries";
import { Sources } from "./sources";
import type { Guide } from "./types";

export default function Guides() {
  return (
    <Sources<Guide>
      title="Guides"
      noun="guide"
      path={paths.guides}
      also={[paths.stations, paths.programmes, paths.channels]}
      form={guideForm}
      empty="A guide says what is on: an XMLTV file or its address, plain or packed."
      gone="Its programmes are deleted; channels that used it have no guide any more."
      shown={() => true}
      name={(row) => (
        <Title order={2} size="h4">
          <Link href={`/guides/${row.id}`} className="plain break">
            {row.name}
          </Link>
        </Title>
      )}
      about={aboutGuide}
      request={refreshOfGuide}
    />
  );
}

export function aboutGuide(row: Guide): string {
  return [kinds[row.source_type] ?? row.source_type, countOf(row.epg_data_count, "channel"), everyOf(row.refresh_interval)].join(" · ");
}

export function refreshOfGuide(row: Guide) {
  return { path: "/api/epg/import/", json: { id: row.id } };
}

const kinds: Record<string, string> = { xmltv: "XMLTV", dummy: "Made up", schedules_direct: "Schedules Direct" };
