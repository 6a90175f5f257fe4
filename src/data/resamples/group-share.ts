import { UserError } from "../../protocol/index.ts";
import type { RandomStream } from "../random.ts";
import type { Group, ResamplingOptions } from "./resampling-options.ts";
import { otherRows } from "./resampling.ts";

/**
 * Whole groups, drawn in random order until they hold about a share of the rows (rsample's `group_initial_split`): the group that
 * passes the share is taken if that comes nearer to it. Rows come in random order; the others, ascending, are those of the other groups.
 */
export function groupShare(
  options: ResamplingOptions,
  { name, of, count }: Group,
  prop: number,
  random: RandomStream,
): { readonly analysis: Int32Array; readonly assessment: Int32Array } {
  if (count < 2)
    throw new UserError(
      "too-few-groups",
      `${options.method}: \`${name}\` has only one group, and some groups are trained on, others tested. Name a column that has more.`,
    );
  const sizes = new Int32Array(count);
  for (const group of of) sizes[group]!++;
  const wanted = prop * of.length;
  const taken = new Uint8Array(count);
  let rows = 0;
  let groups = 0;
  for (const group of random.shuffle(sizes.map((_, group) => group))) {
    const more = rows + sizes[group]!;
    const passes = more > wanted;
    // One group at least on either side.
    if (groups === count - 1 || (groups > 0 && passes && more - wanted >= wanted - rows)) break;
    taken[group] = 1;
    groups++;
    rows = more;
    if (passes) break;
  }
  const drawn = new Int32Array(rows);
  let at = 0;
  for (let row = 0; row < of.length; row++) if (taken[of[row]!] === 1) drawn[at++] = row;
  const analysis = random.shuffle(drawn);
  return { analysis, assessment: otherRows(analysis, of.length) };
}
