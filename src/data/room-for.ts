import os from "node:os";
import type { UserError } from "../protocol/index.ts";

/**
 * Room for so many numbers at once. What cannot fit into this computer's memory is refused before anything is read or computed.
 *
 * @param tooLarge says so, and what to do; both sizes are told as people read them: "3.2 GB".
 */
export function roomFor(
  numbers: number,
  tooLarge: (needed: string, memory: string) => UserError,
): Float32Array {
  const bytes = numbers * 4;
  const memory = Math.min(os.totalmem(), process.constrainedMemory() || Infinity);
  const refusal = () => tooLarge(gigabytes(bytes), gigabytes(memory));
  if (bytes > memory * 0.8) throw refusal();
  try {
    return new Float32Array(numbers);
  } catch (error) {
    if (error instanceof RangeError) throw refusal();
    throw error;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
