import { duration, rate } from "./numbers.ts";

/** One line on a terminal that is written over and over; nothing at all where stderr is no terminal. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = "";

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  get active(): boolean {
    return this.#stream.isTTY === true;
  }

  show(line: string): void {
    if (!this.active) return;
    // A line that wraps could not be taken back. A terminal that does not know its width says 0.
    const fitting = [...line].slice(0, (this.#stream.columns || 80) - 1).join("");
    if (fitting === this.#shown) return;
    this.#stream.write(`\r\u001B[K${fitting}`);
    this.#shown = fitting;
  }

  /** Takes the line away, so that something else can be written there. */
  clear(): void {
    if (this.#shown === "") return;
    this.#stream.write("\r\u001B[K");
    this.#shown = "";
  }
}

/** `Features ████████░░░░░░░░ 240 of 500 images · 212 images/s · 12 s left` */
export function progressText(
  title: string,
  done: number,
  total: number | null,
  unit: string,
  eta_s: number | null,
  per_s?: number,
): string {
  const speed = per_s === undefined ? "" : ` · ${rate(per_s, unit)}`;
  const left = eta_s === null || done === total ? "" : ` · ${timeLeft(eta_s)}`;
  if (total === null) return `${title} ${amount(done, unit, true)}${speed}`;
  const count = `${amount(done, unit, false)} of ${amount(total, unit, true)}`;
  return `${title} ${bar(done / Math.max(total, 1))} ${count}${speed}${left}`;
}

/** `12 s left`, `4 min 5 s left`: whole seconds, so that the line is calm. */
export function timeLeft(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s left` : `${duration(seconds)} left`;
}

export function bar(share: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

function amount(value: number, unit: string, named: boolean): string {
  if (unit === "bytes") return `${(value / 1e6).toFixed(1)}${named ? " MB" : ""}`;
  return value.toLocaleString("en-US") + (named ? ` ${unit}` : "");
}
