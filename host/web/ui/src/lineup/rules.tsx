// What a playlist's refresh leaves out, and the logins that its streams may be watched with.

import { Code, Text } from "@mantine/core";

import { fullTime } from "../runs/words";
import { filterForm, filterTypes, heeding, heeds, loginForm } from "./forms";
import { paths } from "./paths";
import { RowList } from "./rowlist";
import type { FilterRow, Login } from "./types";

export function Filters({ id }: { id: number }) {
  return (
    <RowList<FilterRow>
      title="Filters"
      noun="filter"
      path={`${paths.accounts}${id}/filters/`}
      form={filterForm}
      name={(row) => row.regex_pattern}
      show={(row) => (
        <>
          {row.exclude ? "Leave out" : "Keep"} where the {(filterTypes[row.filter_type] ?? row.filter_type).toLowerCase()} has <Code>{row.regex_pattern}</Code>
        </>
      )}
      values={({ custom_properties: more, ...row }) => ({ ...row, heeds: heeds(more) })}
      sent={({ heeds: capitals, ...values }, row) => ({
        filter_type: "name",
        exclude: true,
        ...values,
        custom_properties: heeding(row?.custom_properties ?? null, capitals !== false),
      })}
      gone="The next refresh does without it."
    >
      The first that fits decides, with the next refresh. What no filter fits is kept.
    </RowList>
  );
}

export function Logins({ id }: { id: number }) {
  return (
    <RowList<Login>
      title="Logins"
      noun="login"
      path={`${paths.accounts}${id}/profiles/`}
      form={loginForm}
      name={(row) => row.name}
      show={(row) => (
        <>
          <bdi>{row.name}</bdi>
          <Text span size="sm" c="dimmed">
            {" "}
            {[
              row.is_default ? "the playlist’s own" : "",
              row.max_streams === 0 ? "any number of streams at once" : `${row.max_streams} streams at once`,
              row.is_active ? "" : "not active",
              row.exp_date === null ? "" : `until ${fullTime(row.exp_date)}`,
            ]
              .filter(Boolean)
              .join(", ")}
          </Text>
        </>
      )}
      fixed={(row) => row.is_default}
      gone="The streams stay."
    >
      Further logins at the same provider: plugins and players that know them rewrite a stream’s address with what they say.
    </RowList>
  );
}
