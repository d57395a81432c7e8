// Days as the browser's clock has them.

/** The beginning of the day that lies so many days from now, and its end; days of 23 and 25 hours are right, too. */
export function dayOf(now: number, offset: number): { from: Date; to: Date } {
  const day = new Date(now);
  const begin = (more: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + offset + more);
  return { from: begin(0), to: begin(1) };
}
