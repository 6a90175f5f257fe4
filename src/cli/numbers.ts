/** 0.944, 12.3, 1,234: three decimals up to one, three digits above. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size > 1) return value.toPrecision(3);
  return size !== 0 && size < 0.0005 ? value.toExponential(2) : value.toFixed(3);
}

/** 3.1 s, 12 s, 4 min 5 s, 2 h 10 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 212 images/s, 1,230 images/s, 3.4 images/s, 0.52 images/s, 12.3 MB/s: a speed, with three digits of it at most. */
export function rate(perSecond: number, unit: string): string {
  if (unit === "bytes") return `${(perSecond / 1e6).toFixed(1)} MB/s`;
  const digits = perSecond < 1 ? 2 : perSecond < 10 ? 1 : 0;
  return `${perSecond.toLocaleString("en-US", { maximumFractionDigits: digits })} ${unit}/s`;
}

/** "1 error", "2 errors"; "1 entry", "2 entries" where both words are given. */
export function counted(count: number, word: string, words = word + "s"): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? word : words}`;
}

/** 512 bytes, 4.1 kB, 1.2 MB, 20.0 GB; in thousands, as disks are sold. */
export function fileSize(bytes: number): string {
  const steps = ["kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = counted(bytes, "byte");
  for (const step of steps) {
    if (size < 1000) break;
    size /= 1000;
    unit = `${size.toFixed(1)} ${step}`;
  }
  return unit;
}
