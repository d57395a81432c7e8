// The guides.

import { guideForm } from "./forms";
import { countOf, everyOf } from "./playlists";
import { paths } from "./queries";
import { Sources, type SourceKind } from "./sources";
import type { Guide } from "./types";

const types: Record<string, string> = { xmltv: "XMLTV", dummy: "Made up", schedules_direct: "Schedules Direct" };

export const guides: SourceKind<Guide> = {
  noun: "guide",
  path: paths.guides,
  also: [paths.stations, paths.programmes, paths.channels],
  form: guideForm,
  empty: "A guide says what is on: an XMLTV file or its address, plain or packed.",
  gone: "Its programmes are deleted; channels that used it have no guide any more.",
  shown: () => true,
  about: (row) => [types[row.source_type] ?? row.source_type, countOf(row.epg_data_count, "channel"), everyOf(row.refresh_interval)].join(" · "),
  request: (row) => ({ path: "/api/epg/import/", json: { id: row.id } }),
};

export default function Guides() {
  return <Sources kind={guides} />;
}
