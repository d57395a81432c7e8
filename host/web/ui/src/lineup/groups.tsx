// Channel groups and channel profiles: names that channels are sorted by.

import { Paper, SimpleGrid } from "@mantine/core";

import { Heading } from "../frame/head";
import { Link } from "../router";
import { nameForm } from "./forms";
import { paths } from "./queries";
import { RowList } from "./rowlist";
import type { Named } from "./types";

export default function Groups() {
  return (
    <div>
      <Heading title="Groups and profiles" />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Paper withBorder p="md">
          <RowList<Named>
            title="Groups"
            noun="group"
            path={paths.groups}
            form={nameForm}
            name={(row) => row.name}
            gone="Its channels and streams stay, without a group."
            also={[paths.channels, paths.streams]}
          >
            Headings of channels and streams. Playlists bring their own.
          </RowList>
        </Paper>
        <Paper withBorder p="md">
          <RowList<Named>
            title="Profiles"
            noun="profile"
            path={paths.profiles}
            form={nameForm}
            name={(row) => row.name}
            show={(row) => (
              <Link href={`/profiles/${row.id}`} className="text-link">
                {row.name}
              </Link>
            )}
            gone="The channels stay."
            also={[paths.channels]}
          >
            Selections of channels for some viewers. Every channel is in a new profile; open one to choose.
          </RowList>
        </Paper>
      </SimpleGrid>
    </div>
  );
}
