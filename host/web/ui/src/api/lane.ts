// Does a few things at a time.

/** Returns what does up to most pieces of work at a time, the first first; what is aborted while it waits is never begun. */
export function lane(most: number): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let busy = 0;
  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(new DOMException("Nobody wants it any more.", "AbortError"));
      };
      signal.addEventListener("abort", leave);
      waiting.push(begin);
    });
  return async (signal, work) => {
    if (busy < most) {
      busy += 1;
    } else {
      await turn(signal);
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        busy -= 1;
      } else {
        next(); // in its place
      }
    }
  };
}
