// Short messages in the corner.

import { notifications } from "@mantine/notifications";

import { messageOf } from "../api/client";

export function say(title: string, message = "", color = "teal"): void {
  notifications.show({ title, message, color, autoClose: 4000 });
}

/** Says what went wrong; it stays long enough to be read. */
export function complain(title: string, error: unknown): void {
  notifications.show({ title, message: messageOf(error), color: "red", autoClose: 10_000 });
}
