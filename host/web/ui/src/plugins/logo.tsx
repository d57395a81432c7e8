// A plugin's logo, or the first letter of its name.

import { useQuery } from "@tanstack/react-query";

import { send } from "../api/client";
import { pathOf } from "../api/queries";
import type { Plugin } from "../api/types";

const palette = ["indigo", "teal", "grape", "orange", "cyan", "pink", "lime", "violet"];

/** The same colour for the same plugin, always. */
function colorOf(key: string): string {
  let sum = 0;
  for (const letter of key) {
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  }
  return palette[sum % palette.length] ?? "indigo";
}

export function Logo({ plugin, size = 44 }: { plugin: Plugin; size?: number }) {
  // An <img> sends no token, so the image is fetched and handed over.
  const image = useQuery({
    queryKey: ["logo", plugin.key, plugin.version],
    queryFn: async ({ signal }) => URL.createObjectURL(await (await send(`${pathOf(plugin.key)}logo/`, { signal })).blob()),
    enabled: plugin.logo_url !== null,
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  });
  const letter = Array.from(plugin.name.trim())[0]?.toUpperCase() ?? "?";
  return (
    <span className="logo" style={{ ["--logo" as string]: `var(--mantine-color-${colorOf(plugin.key)}-6)`, width: size, height: size }} aria-hidden="true">
      {image.data === undefined ? letter : <img src={image.data} width={size} height={size} alt="" />}
    </span>
  );
}
