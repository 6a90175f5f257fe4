/**
 * Times several ways of doing something in one run: round after round, each once, so that a noisy
 * machine disturbs all alike. Prints a table of medians with each one's ratio to the first.
 */
import { spawnSync } from "node:child_process";

/** @param {Record<string, () => void>} ways; @returns medians in milliseconds by name */
export function interleaved(ways, { rounds = 5, title = "work" } = {}) {
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now();
      way();
      times[name].push(performance.now() - start);
    }
  const medians = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
  printTable(
    [title, "median ms", "ratio"],
    Object.entries(medians).map(([name, ms]) => [
      name,
      ms.toFixed(ms < 10 ? 2 : 0),
      (ms / Object.values(medians)[0]).toFixed(2),
    ]),
  );
  return medians;
}

/** A way that is a whole process; one that fails ends the benchmark. */
export const wholeProcess =
  (command, args, options = {}) =>
  () => {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  };

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function printTable(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  console.log([line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n"));
}
