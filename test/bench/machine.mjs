import os from "node:os";

/** One line for under a table: what it was measured on, and how much else was going on. */
export function machine() {
  const cpus = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1));
  return `${cpus.length} × ${cpus[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${process.platform}-${process.arch}, Node ${process.versions.node}; load average now ${load[0]}, before ${load[1]} and ${load[2]}`;
}
