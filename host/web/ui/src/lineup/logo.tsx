// A channel's logo, or the first letter of its name.

import { usePicture } from "../api/pictures";
import { Mark } from "../frame/mark";
import { paths } from "./paths";

export function LogoOf({ id, name, size = 30 }: { id: number | null; name: string; size?: number }) {
  const image = usePicture(["rows", paths.logos, "picture", id ?? 0], id === null ? null : `${paths.logos}${id}/cache/`);
  return <Mark name={name} by={name} image={image} size={size} />;
}
