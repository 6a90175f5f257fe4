/**
 * The numbers with their axes in another order: `order[i]` is the axis that becomes the i-th. Numbers that are in order already
 * are given as they are, not copied.
 */
export function permuted(
  { shape, values }: { readonly shape: readonly number[]; readonly values: Float32Array },
  order: readonly number[],
): Float32Array {
  const axes = together(shape, order);
  if (axes.length <= 1) return values;
  const result = new Float32Array(values.length);
  const written = axes.at(-1)!;
  const read = axes.find(({ from }) => from === 1)!;
  if (read === written) {
    eachPlace(axes.slice(0, -1), (from, to) => {
      result.set(values.subarray(from, from + read.extent), to);
    });
    return result;
  }
  // In tiles: the millions of numbers of a large layer would else each be fetched from far away, or put there.
  const others = axes.filter((axis) => axis !== read && axis !== written);
  const near = others.at(-1) ?? { extent: 1, from: 0, to: 0 };
  eachPlace(others.slice(0, -1), (from, to) => {
    for (let nearFirst = 0; nearFirst < near.extent; nearFirst += TILE)
      for (let readFirst = 0; readFirst < read.extent; readFirst += TILE)
        for (let writtenFirst = 0; writtenFirst < written.extent; writtenFirst += TILE) {
          const nearEnd = Math.min(near.extent, nearFirst + TILE);
          const readEnd = Math.min(read.extent, readFirst + TILE);
          const writtenEnd = Math.min(written.extent, writtenFirst + TILE);
          for (let w = writtenFirst; w < writtenEnd; w++)
            for (let n = nearFirst; n < nearEnd; n++) {
              let at = from + w * written.from + n * near.from + readFirst;
              let put = to + w + n * near.to + readFirst * read.to;
              for (let r = readFirst; r < readEnd; r++, put += read.to) result[put] = values[at++]!;
            }
        }
  });
  return result;
}

const TILE = 16;

/** An axis of the result: how far its neighbours lie apart where they are read and where they are written. */
interface Axis {
  extent: number;
  from: number;
  readonly to: number;
}

/** The axes in the result's order; those that stay beside each other are one, and those one long are none. */
function together(shape: readonly number[], order: readonly number[]): Axis[] {
  const after = (list: readonly number[], i: number) => list.slice(i + 1).reduce((a, b) => a * b, 1);
  const extents = order.map((axis) => shape[axis]!);
  const axes: Axis[] = [];
  order.forEach((axis, i) => {
    const [extent, from, to] = [shape[axis]!, after(shape, axis), after(extents, i)];
    if (extent === 1) return;
    const last = axes.at(-1);
    if (last !== undefined && last.from === extent * from)
      axes.splice(-1, 1, { extent: last.extent * extent, from, to });
    else axes.push({ extent, from, to });
  });
  return axes;
}

/** Goes through all places of some axes: where they are read, where they are written. */
function eachPlace(axes: readonly Axis[], visit: (from: number, to: number) => void): void {
  const [first, ...rest] = axes;
  if (first === undefined) visit(0, 0);
  else
    for (let i = 0; i < first.extent; i++)
      eachPlace(rest, (from, to) => visit(from + i * first.from, to + i * first.to));
}
