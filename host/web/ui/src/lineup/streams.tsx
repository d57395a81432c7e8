// The streams: there may be a hundred thousand.

import { Button, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { call } from "../api/client";
import { useAdmin } from "../api/queries";
import { Heading } from "../frame/head";
import { Icon } from "../frame/icons";
import { Empty } from "../frame/states";
import { complain, say } from "../frame/toast";
import { Pick } from "../pick/pick";
import { Link } from "../router";
import { Editor } from "../settings/editor";
import { sent, streamForm } from "./forms";
import { paths, renew, useNames, useSave } from "./queries";
import { Rows, type Column } from "./rows";
import { Tools, useWords } from "./tools";
import type { Channel, Stream } from "./types";

const shows = [
  { value: "", label: "All streams" },
  { value: "unassigned=1", label: "Without a channel" },
  { value: "is_stale=1", label: "Gone from their playlist" },
  { value: "is_custom=1", label: "Made by hand" },
];

export default function Streams() {
  const { typed, words, type } = useWords();
  const [group, setGroup] = useState("");
  const [account, setAccount] = useState("");
  const [show, setShow] = useState("");
  const [adding, setAdding] = useState(false);
  const admin = useAdmin();
  const save = useSave(paths.streams);
  const columns = useColumns();
  const [name = "", value = ""] = show.split("=");
  const filter = { search: words, channel_group_id: group, m3u_account_id: account, ...(name === "" ? {} : { [name]: value }) };
  const narrowed = words !== "" || group !== "" || account !== "" || show !== "";
  return (
    <div>
      <Heading title="Streams">
        {admin && (
          <Button leftSection={<Icon of="plus" size={16} />} onClick={() => setAdding(true)}>
            Add a stream
          </Button>
        )}
      </Heading>
      <Tools what="streams" typed={typed} type={type}>
        <Pick what="group" aria-label="Group" placeholder="All groups" value={group} take={(id) => setGroup(id ?? "")} maw={200} />
        <Pick what="account" aria-label="Playlist" placeholder="All playlists" value={account} take={(id) => setAccount(id ?? "")} maw={200} />
        <NativeSelect aria-label="Show" value={show} onChange={(e) => setShow(e.currentTarget.value)} data={shows} />
      </Tools>
      <Rows<Stream>
        label="Streams"
        path={paths.streams}
        filter={filter}
        columns={columns}
        empty={
          narrowed ? (
            <Empty title="No stream fits">Nothing has these words.</Empty>
          ) : (
            <Empty title="No streams yet">
              They come with a <Link href="/playlists">playlist</Link>.
            </Empty>
          )
        }
      />
      {adding && (
        <Editor
          title="Add a stream"
          verb="Add"
          schema={streamForm}
          values={{}}
          save={(values) => save.mutateAsync({ values: sent(values) })}
          close={() => setAdding(false)}
        />
      )}
    </div>
  );
}

function useColumns(): Column<Stream>[] {
  const groups = useNames(paths.groups);
  const accounts = useNames(paths.accounts);
  const admin = useAdmin();
  const known = `${[...groups].join("\n")}\n${[...accounts].join("\n")}`;
  return useMemo(
    () => [
      {
        label: "Name",
        width: "minmax(0, 3fr)",
        order: "name",
        cell: (row) => (
          <span title={row.url ?? row.name}>
            {row.name}
            {row.is_stale && " (gone)"}
          </span>
        ),
      },
      { label: "Group", width: "minmax(0, 1.500fr)", wide: true, cell: (row) => (row.channel_group_id === null ? "" : (groups.get(row.channel_group_id) ?? "")) },
      { label: "Playlist", width: "minmax(0, 1fr)", wide: true, cell: (row) => (row.m3u_account_id === null ? "" : (accounts.get(row.m3u_account_id) ?? "")) },
      { label: "Guide id", width: "minmax(0, 1fr)", wide: true, order: "tvg_id", cell: (row) => row.tvg_id },
      ...(admin ? [{ label: "Channel", width: "120px", cell: (row: Stream) => <MakeChannel stream={row} /> }] : []),
    ],
    // The names are the same while their text is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [known, admin],
  );
}

function MakeChannel({ stream }: { stream: Stream }) {
  const client = useQueryClient();
  const make = async () => {
    try {
      const made = await call<Channel>(`${paths.channels}from-stream/`, { method: "POST", json: { stream_id: stream.id } });
      say("Channel made", `${made.channel_number ?? ""} ${made.name}`);
      await renew(client, paths.channels);
    } catch (error) {
      complain("No channel was made", error);
    }
  };
  return (
    <button type="button" className="small-button" onClick={() => void make()} aria-label={`Make a channel of ${stream.name}`}>
      + Channel
    </button>
  );
}
