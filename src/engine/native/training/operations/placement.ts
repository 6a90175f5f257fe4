import { UnknownOperation } from "../extents.ts";
import type { Extents, OperationFacts } from "./operation.ts";

/** Where the windows of a convolution or pooling lie on what it reads, axis by axis of space. */
export interface Placement {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros (or, for a maximum, nothing) in front of each axis and behind it. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * What an operation's attributes say of its windows.
 *
 * @param space Extents of what the windows move over, without rows and channels.
 * @param size Extents of one window.
 * @throws UnknownOperation where the padding depends on extents that only a run tells, or is of a kind that KSpec does not write.
 */
export function placementOf(
  { node, ints, int, text }: OperationFacts,
  space: Extents,
  size: readonly number[],
): Placement {
  const ones = size.map(() => 1);
  const strides = ints("strides") ?? ones;
  const dilations = ints("dilations") ?? ones;
  const rank = size.length;
  const automatic = text("auto_pad") ?? "NOTSET";
  if (int("ceil_mode", 0) !== 0 || automatic === "SAME_LOWER") throw new UnknownOperation(node);
  if (automatic === "SAME_UPPER") {
    if (space.includes(null)) throw new UnknownOperation(node);
    const totals = space.map((extent, i) => {
      const windows = Math.ceil(extent! / strides[i]!);
      return Math.max(0, (windows - 1) * strides[i]! + (size[i]! - 1) * dilations[i]! + 1 - extent!);
    });
    const before = totals.map((total) => Math.floor(total / 2));
    return { size, strides, dilations, before, after: totals.map((total, i) => total - before[i]!) };
  }
  const pads = ints("pads") ?? [...ones, ...ones].fill(0);
  return { size, strides, dilations, before: pads.slice(0, rank), after: pads.slice(rank) };
}

/** From the first value of a window to behind its last, along one axis. */
export function reach({ size, dilations }: Placement, axis: number): number {
  return (size[axis]! - 1) * dilations[axis]! + 1;
}

/** How many windows there are along each axis. */
export function windowsAlong(placement: Placement, space: Extents): Extents {
  const { strides, before, after } = placement;
  return space.map((extent, i) =>
    extent === null
      ? null
      : Math.floor((extent + before[i]! + after[i]! - reach(placement, i)) / strides[i]!) + 1,
  );
}

/** The attributes of a placement. */
export function placed({ size, strides, dilations, before, after }: Placement): {
  readonly [name: string]: { readonly ints: readonly number[] };
} {
  return {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [...before, ...after] },
  };
}

/** All places of a window, the last axis fastest. */
export function eachTap(size: readonly number[]): number[][] {
  return size.reduce<number[][]>(
    (taps, extent) => taps.flatMap((tap) => Array.from({ length: extent }, (_, i) => [...tap, i])),
    [[]],
  );
}

export function product(list: readonly number[]): number {
  return list.reduce((all, one) => all * one, 1);
}
