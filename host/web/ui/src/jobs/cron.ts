// Says what a cron expression means, for the forms that people write most.

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const short = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const named: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** The meaning in words, as in at 04:00 every day; empty for what has no short words, and for what is no cron expression. */
export function cronWords(cron: string): string {
  const fields = (named[cron.trim()] ?? cron).trim().split(/\s+/);
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (fields.length !== 5) {
    return "";
  }
  const time = timeWords(minute, hour);
  const date = dateWords(day, month, weekday);
  if (time === "" || date === null) {
    return "";
  }
  return time.startsWith("at") ? `${time} ${date === "" ? "every day" : date}` : `${time}${date === "" ? "" : ` ${date}`}`;
}

function timeWords(minute: string, hour: string): string {
  const step = /^\*\/(\d+)$/;
  const minutes = step.exec(minute)?.[1];
  const hours = step.exec(hour)?.[1];
  if (minute === "*" && hour === "*") {
    return "every minute";
  }
  if (minutes !== undefined && hour === "*") {
    return 60 % Number(minutes) === 0 ? `every ${minutes} minutes` : "";
  }
  if (!within(minute, 0, 59)) {
    return "";
  }
  const past = minute === "0" || minute === "00" ? "" : `, ${Number(minute)} minutes past`;
  if (hour === "*") {
    return `every hour${past}`;
  }
  if (hours !== undefined) {
    return Number(hours) > 1 && 24 % Number(hours) === 0 ? `every ${hours} hours${past}` : "";
  }
  const list = hour.split(",");
  return list.every((h) => within(h, 0, 23)) ? `at ${list.map((h) => `${h.padStart(2, "0")}:${minute.padStart(2, "0")}`).join(" and ")}` : "";
}

/** On which days; empty for every day, null for what has no short words. */
function dateWords(day: string, month: string, weekday: string): string | null {
  const parts: string[] = [];
  if (day !== "*") {
    if (weekday !== "*" || !within(day, 1, 31)) {
      return null;
    }
    parts.push(`on day ${Number(day)} of ${month === "*" ? "the month" : ""}`.trim());
  }
  if (weekday !== "*") {
    const words = weekdayWords(weekday);
    if (words === "") {
      return null;
    }
    parts.push(words);
  }
  if (month !== "*") {
    if (!within(month, 1, 12)) {
      return null;
    }
    parts.push(day === "*" ? `in ${months[Number(month) - 1]}` : (months[Number(month) - 1] ?? ""));
  }
  return parts.join(" ");
}

function weekdayWords(text: string): string {
  const range = /^(\w+)-(\w+)$/.exec(text);
  if (range) {
    const [from, to] = [dayName(range[1] ?? ""), dayName(range[2] ?? "")];
    return from === "" || to === "" ? "" : `from ${from} to ${to}`;
  }
  const list = text.split(",").map(dayName);
  return list.includes("") ? "" : `on ${list.join(" and ")}`;
}

function dayName(text: string): string {
  const at = short.indexOf(text.toUpperCase());
  return at >= 0 ? (days[at] ?? "") : within(text, 0, 7) ? (days[Number(text) % 7] ?? "") : "";
}

function within(text: string, low: number, high: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= low && Number(text) <= high;
}

/** When an expression is due, or why it never is. */
export type Due = { times: string[] } | { fault: string };

/** What is said about when an expression is due; empty while nobody knows. */
export function dueWords(due: Due | undefined): string {
  if (due === undefined) {
    return "";
  }
  if ("fault" in due) {
    return due.fault;
  }
  return due.times.length === 0 ? "" : `Next: ${due.times.join(" · ")}`;
}
