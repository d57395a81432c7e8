// The channels.

import { Button, Group, NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";

import { useAdmin } from "../api/queries";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Empty } from "../frame/states";
import { Pick } from "../pick/pick";
import { Link, go } from "../router";
import { Editor } from "../settings/editor";
import { channelForm } from "./forms";
import { LogoOf } from "./logo";
import { paths, useNames, useSave } from "./queries";
import { Rows, type Column } from "./rows";
import { Tools, useWords } from "./tools";
import type { Channel } from "./types";

export default function Channels() {
  const { typed, words, type } = useWords();
  const [group, setGroup] = useState("");
  const [profile, setProfile] = useState("");
  const [adding, setAdding] = useState(false);
  const admin = useAdmin();
  const save = useSave<Channel>(paths.channels);
  const profiles = useNames(paths.profiles);
  const columns = useColumns();
  const narrowed = words !== "" || group !== "" || profile !== "";
  const add = admin && (
    <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setAdding(true)}>
      Add a channel
    </Button>
  );
  return (
    <div>
      <Heading title="Channels">{add}</Heading>
      <Tools what="channels" typed={typed} type={type}>
        <Pick what="group" aria-label="Group" placeholder="All groups" value={group} take={(id) => setGroup(id ?? "")} maw={220} />
        {profiles.size > 0 && (
          <NativeSelect
            aria-label="Profile"
            value={profile}
            onChange={(e) => setProfile(e.currentTarget.value)}
            data={[{ value: "", label: "All profiles" }, ...[...profiles].map(([id, label]) => ({ value: String(id), label }))]}
          />
        )}
      </Tools>
      <Rows<Channel>
        label="Channels"
        path={paths.channels}
        filter={{ search: words, channel_group_id: group, channel_profile_id: profile }}
        columns={columns}
        empty={
          narrowed ? (
            <Empty title="No channel fits">Nothing has these words in this group.</Empty>
          ) : (
            <Empty title="No channels yet">
              Channels are what viewers see. Add a <Link href="/playlists">playlist</Link> and have its groups make them, or make one of a{" "}
              <Link href="/streams">stream</Link>.
            </Empty>
          )
        }
      />
      {adding && (
        <Editor
          title="Add a channel"
          verb="Add"
          schema={channelForm}
          values={{}}
          save={async (values) => {
            const made = await save.mutateAsync({ values });
            void go(`/channels/${made.id}`);
          }}
          close={() => setAdding(false)}
        />
      )}
    </div>
  );
}

function useColumns(): Column<Channel>[] {
  const groups = useNames(paths.groups);
  const known = [...groups].join("\n");
  return useMemo(
    () => [
      { label: "No.", width: "72px", order: "channel_number", cell: (row) => row.channel_number ?? "" },
      {
        label: "Name",
        width: "minmax(0, 3fr)",
        order: "name",
        cell: (row) => (
          <span className="named">
            <LogoOf id={row.logo_id} name={row.name} />
            <Link href={`/channels/${row.id}`} title={row.name}>
              {row.name}
            </Link>
          </span>
        ),
      },
      { label: "Group", width: "minmax(0, 1.500fr)", wide: true, cell: (row) => (row.channel_group_id === null ? "" : (groups.get(row.channel_group_id) ?? "")) },
      { label: "Streams", width: "80px", wide: true, cell: (row) => row.streams.length },
      {
        label: "Guide",
        width: "64px",
        cell: (row) => (
          <Group gap={4} wrap="nowrap">
            {row.epg_data_id === null ? "–" : <Icon of="check" size={16} />}
            <span className="hidden-input">{row.epg_data_id === null ? "none" : "yes"}</span>
          </Group>
        ),
      },
    ],
    // The names are the same while their text is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [known],
  );
}
