/** How the panel writes numbers: 0.872, 0.413, 1,000, 3.1 s, 12 MB. One locale, so that a screenshot reads the same everywhere. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** A whole number with its thousands apart: `1,000`. */
export function count(n: number): string {
  return grouped.format(n);
}

/** `1 image`, `1,000 images`. `unit` is the plural. */
export function countOf(n: number, unit: string): string {
  return `${count(n)} ${n === 1 ? singular(unit) : unit}`;
}

/** A share or another number between 0 and 1, always three decimals, so that columns of them align: `0.872`. */
export function fraction(x: number): string {
  return x.toFixed(3);
}

/** Any measure with three significant digits: `0.413`, `12.3`, `1,230`, `4.1e-5`. Not a number: `not defined`. */
export function measure(x: number | null | undefined): string {
  if (x == null || !Number.isFinite(x)) return "not defined";
  const size = Math.abs(x);
  return x < 0 ? `−${significant(size)}` : significant(size);
}

function significant(size: number): string {
  if (size === 0) return "0";
  if (size < 0.001 || size >= 1e9) return size.toExponential(1).replace("e+", "e");
  if (size >= 99.95) return grouped.format(size);
  if (size >= 9.995) return size.toFixed(1);
  if (size >= 0.9995) return size.toFixed(2);
  return size < 0.0995 ? size.toFixed(4) : size.toFixed(3);
}

/** A duration: `0.4 s`, `3.1 s`, `47 s`, `1 min 12 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `8 s left`, `about 35 s left`, `about 4 min left`: the further away, the coarser. */
export function timeLeft(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole <= 10) return `${whole} s left`;
  if (whole < 60) return `about ${whole < 20 ? whole : Math.round(whole / 5) * 5} s left`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `about ${minutes} min left` : `about ${duration(minutes * 60)} left`;
}

/** `640 kB`, `12 MB`, `1.2 GB`. */
export function bytes(n: number): string {
  if (n < 1000) return `${Math.round(n)} B`;
  for (const [unit, size] of [
    ["kB", 1e3],
    ["MB", 1e6],
    ["GB", 1e9],
  ] as const) {
    const value = n / size;
    if (value < 999.5 || unit === "GB")
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return `${n} B`;
}

/** A speed: `212 images/s`, `1,230 images/s`, `3.4 images/s`, `12 MB/s`. */
export function rate(perSecond: number, unit: string): string {
  if (unit === "bytes") return `${bytes(perSecond)}/s`;
  const size =
    perSecond < 0.995 ? perSecond.toFixed(2) : perSecond < 9.95 ? perSecond.toFixed(1) : count(perSecond);
  return `${size} ${unit}/s`;
}

/**
 * Done of total in what they are counted in: `320 of 500`, `1.2 MB of 12 MB`, `500` with the unit `images`.
 * The unit stands apart because a narrow panel leaves it out; while it goes on, and for bytes, there is none.
 */
export function progressCount(done: number, total: number | null, unit: string | null) {
  const write = unit === "bytes" ? bytes : count;
  if (total !== null && done < total) return { count: `${write(done)} of ${write(total)}`, unit: "" };
  const n = total ?? done;
  return { count: write(n), unit: unit === null || unit === "bytes" ? "" : n === 1 ? singular(unit) : unit };
}

/** A layer's output without the batch axis: `4 × 4 × 32`; an axis of any length is `any`. */
export function shape(axes: readonly (number | null)[]): string {
  return axes.length === 0 ? "one number" : axes.map((axis) => axis ?? "any").join(" × ");
}

/** Day and time of day in the reader's own time zone: `24 Nov, 14:02`. */
export function dayAndTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : clock.format(date);
}

/** A change with its sign as a word would have it: the size only, three decimals for shares. */
export function difference(x: number, share: boolean): string {
  return share ? fraction(Math.abs(x)) : measure(Math.abs(x));
}

function singular(unit: string): string {
  if (unit === "batches") return "batch";
  if (unit === "classes") return "class";
  return unit.replace(/s$/, "");
}
