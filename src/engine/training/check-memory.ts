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
  const needed = (rows: number) => memory(rows) + 3 * carried;
  if (needed(batchSize) <= free) return;
  let rows = 2 ** Math.floor(Math.log2(batchSize));
  while (rows >= 1 && needed(rows) > free) rows /= 2;
  const remedy =
    rows >= 1
      ? `Batches of ${rows} need about ${gigabytes(needed(rows))}: set fit_batch_size to that, or make the images smaller.`
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

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(2)} GB`;
}
