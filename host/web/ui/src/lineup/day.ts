// Days as the browser's clock has them.

import type { Programme } from "./types";

/** How many programmes at the beginning of a list are over; 0 when all are, for then they are all there is to show. */
export function overOf(programmes: Programme[], now: number): number {
  const left = programmes.findIndex((programme) => Date.parse(programme.end_time) > now);
  return Math.max(0, left);
}

/** The beginning of the day that lies so many days from now, and its end; days of 23 and 25 hours are right, too. */
export function dayOf(now: number, offset: number): { from: Date; to: Date } {
  const day = new Date(now);
  const begin = (more: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + offset + more);
  return { from: begin(0), to: begin(1) };
}
