import os from "node:os";
import { UserError } from "../../protocol/index.ts";
import type { TrainingGraph } from "../native/training/training-graph.ts";
import { sizeOf } from "../rows.ts";

/** Told in tests. */
export interface Machine {
  /** Bytes that can still be had. */
  readonly free: number;
}

/**
 * Says before a training begins that a batch of it does not fit into memory, and which would.
 *
 * @throws UserError
 */
export function checkMemory(
  { memory, variables, slots }: Pick<TrainingGraph, "memory" | "variables" | "slots">,
  { batchSize }: { readonly batchSize: number },
  { free }: Machine = { free: availableMemory() },
): void {
  const carried = [...variables, ...slots.map(({ of }) => of)].reduce(
    (sum, { shape }) => sum + 4 * sizeOf(shape),
    0,
  );
  // Before and after the step, and those of the last whole epoch.
  const fixed = memory.fixed + 3 * carried;
  const needed = (rows: number) => fixed + rows * memory.perRow;
  if (needed(batchSize) <= free) return;
  const rows = Math.floor((free - fixed) / memory.perRow);
  const remedy =
    rows >= 1
      ? `Batches of ${powerOfTwo(rows)} need about ${gigabytes(needed(powerOfTwo(rows)))}: set fit_batch_size to that, or make the images smaller.`
      : "Not even batches of one row fit: make the images smaller, freeze more of the base, or let fine_tune begin at a later layer.";
  throw new UserError(
    "not-enough-memory",
    `Training this network in batches of ${batchSize} needs about ${gigabytes(needed(batchSize))} of memory, and ${gigabytes(free)} are free. ${remedy}`,
  );
}

/** Bytes that this process can still have. */
export function availableMemory(): number {
  // It minds the limit of a container, where Node tells it.
  const { availableMemory: told } = process as { availableMemory?: () => number };
  return told?.() ?? os.freemem();
}

function powerOfTwo(rows: number): number {
  return 2 ** Math.floor(Math.log2(rows));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(2)} GB`;
}
