// What can be chosen from the lineup, and where it is listed.

import { paths } from "../lineup/paths";

/** The first five are what plugins may declare. */
export const where = {
  channel: paths.channels,
  group: paths.groups,
  profile: paths.profiles,
  account: paths.accounts,
  epgsource: paths.guides,
  station: paths.stations,
  stream: paths.streams,
  logo: paths.logos,
};

export type PickKind = keyof typeof where;

export function isPickKind(text: string | undefined): text is PickKind {
  return text !== undefined && Object.hasOwn(where, text);
}
