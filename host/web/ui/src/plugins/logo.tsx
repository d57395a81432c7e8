// A plugin's logo, or the first letter of its name.

import { usePicture } from "../api/pictures";
import { pathOf } from "../api/queries";
import type { Plugin } from "../api/types";
import { Mark } from "../frame/mark";

export function Logo({ plugin, size = 44 }: { plugin: Plugin; size?: number }) {
  const image = usePicture(["logo", plugin.key, plugin.version], plugin.logo_url === null ? null : `${pathOf(plugin.key)}logo/`);
  return <Mark name={plugin.name} by={plugin.key} image={image} size={size} />;
}
