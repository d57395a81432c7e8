// A coloured box with something to know.

import type { ReactNode } from "react";

import { Icon } from "./icons";

interface Props {
  color: "red" | "orange" | "green" | "blue" | "gray";
  title?: ReactNode;
  children?: ReactNode;
  /** Said at once to who listens: an alert interrupts, a status waits. */
  role?: "alert" | "status";
  icon?: boolean;
  [data: `data-${string}`]: string;
}

export function Notice({ color, title, children, role, icon = color === "red" || color === "orange", ...data }: Props) {
  return (
    <div className="notice" role={role} style={{ ["--notice" as string]: `var(--mantine-color-${color}-6)` }} {...data}>
      {icon && (
        <span className="notice-icon">
          <Icon of="warning" />
        </span>
      )}
      <div style={{ flex: 1, minWidth: 0 }}>
        {title !== undefined && <div className="notice-title">{title}</div>}
        {children}
      </div>
    </div>
  );
}
