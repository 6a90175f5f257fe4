import { UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { GradientCall, OperationFacts, Operations } from "./operation.ts";

/** Operations that put tensors together, cut them up, repeat them and put something around them. */
export const pieceOperations: Operations = {
  Concat: {
    extents: (of) => {
      const { node, input } = of;
      const axis = axisOf(of);
      const all = node.inputs.map((_, i) => input(i));
      const total = all.reduce<number | null>((sum, extents) => plus(sum, extents[axis]!), 0);
      return [
        all[0]!.map((_, i) =>
          i === axis ? total : (all.map((extents) => extents[i]!).find((extent) => extent !== null) ?? null),
        ),
      ];
    },
    told: ({ node, told }) => {
      const all = node.inputs.map((_, i) => told(i));
      return all.every((one) => one !== undefined) ? all.flat() : undefined;
    },
    gradient(of) {
      const { node, x, dy, write, wanted, input } = of;
      const axis = axisOf(of);
      const extents = node.inputs.map((_, i) => input(i)[axis]!);
      const asked = extents.flatMap((_, i) => (wanted(i) ? [i] : []));
      const known = extents.every((extent) => extent !== null);
      if (known && asked.length === 1) {
        const start = extents.slice(0, asked[0]).reduce<number>((sum, extent) => sum + extent!, 0);
        const bounds = [start, start + extents[asked[0]!]!].map((bound) => write.whole([bound]));
        const cut = write.add("Slice", [dy, ...bounds, write.whole([axis])]);
        return extents.map((_, i) => (i === asked[0] ? cut : undefined));
      }
      const sizes = known
        ? write.whole(extents as number[])
        : write.add(
            "Concat",
            extents.map((extent, i) =>
              extent === null ? extentOf(write, x[i]!, axis) : write.whole([extent]),
            ),
            { axis: { int: 0 } },
          );
      const parts = write.addSeveral("Split", extents.length, [dy, sizes], { axis: { int: axis } });
      return parts.map((part, i) => (wanted(i) ? part : undefined));
    },
  },

  Split: {
    extents: (of) => {
      const { node, input, told, has, int } = of;
      const axis = axisOf(of);
      const outputs = 1 + (node.furtherOutputs?.length ?? 0);
      const whole = input(0)[axis]!;
      const each = whole === null ? null : Math.ceil(whole / int("num_outputs", outputs));
      return Array.from({ length: outputs }, (_, i) => {
        // Without sizes all are alike, and what is left over makes the last one smaller.
        const even = each === null ? null : Math.min(each, whole! - each * i);
        const extent = has(1) ? (told(1)?.[i] ?? null) : even;
        return input(0).map((other, at) => (at === axis ? extent : other));
      });
    },
    gradient: (of) => {
      const { y, dys, write } = of;
      const parts = y.map((name, i) => dys[i] ?? write.zerosLike(name));
      return [write.add("Concat", parts, { axis: { int: axisOf(of) } }), undefined];
    },
  },

  Slice: {
    extents: (of) => {
      const computed = axesOfComputedBounds(of);
      if (computed !== undefined)
        return [of.input(0).map((extent, axis) => (computed.includes(axis) ? null : extent))];
      const cuts = cutsOf(of);
      return [
        of.input(0).map((extent, axis) => {
          const cut = cuts.get(axis);
          return cut === undefined ? extent : cut.length;
        }),
      ];
    },
    told: (of) => {
      const values = axesOfComputedBounds(of) === undefined ? of.told(0) : undefined;
      const cut = values === undefined ? undefined : cutsOf(of).get(0);
      if (values === undefined || cut?.length == null) return undefined;
      return Array.from({ length: cut.length }, (_, i) => values[cut.start + i * cut.step]!);
    },
    gradient: (of) => [slicedBack(of), undefined, undefined, undefined, undefined],
  },

  Pad: {
    extents: (of) => {
      const pads = padsOf(of);
      return [of.input(0).map((extent, axis) => pads[axis]!.reduce<number | null>(plus, extent))];
    },
    gradient(of) {
      const { node, dy, write, wanted, text, input } = of;
      const mode = text("mode") ?? "constant";
      const pads = padsOf(of);
      if (mode !== "constant" || wanted(2) || pads.flat().includes(null)) throw new UnknownOperation(node);
      const axes = pads.flatMap((pad, axis) => (pad.every((one) => one === 0) ? [] : [axis]));
      if (axes.length === 0) return [dy];
      const [before, behind] = [axes.map((axis) => pads[axis]![0]!), axes.map((axis) => pads[axis]![1]!)];
      const extents = axes.map((axis) => input(0)[axis]!);
      if ([...before, ...behind].every((one) => one >= 0) && extents.every((extent) => extent !== null)) {
        const ends = before.map((start, i) => start + extents[i]!);
        return [write.add("Slice", [dy, write.whole(before), write.whole(ends), write.whole(axes)])];
      }
      const back = [...before, ...behind].map((one) => -one);
      return [write.pad(dy, axes, write.whole(back))];
    },
  },

  Tile: {
    extents: (of) => {
      const repeats = of.told(1);
      return [
        of.input(0).map((extent, axis) => {
          const times = repeats?.[axis] ?? null;
          return times === 1 ? extent : extent === null || times === null ? null : extent * times;
        }),
      ];
    },
    gradient: (of) => [tiledBack(of), undefined],
  },
};

function axisOf({ input, int }: OperationFacts): number {
  const axis = int("axis", 0);
  return axis < 0 ? axis + input(0).length : axis;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** The extent of something along an axis, as one whole number in a list. */
function extentOf(write: GradientWriter, name: string, axis: number): string {
  return write.add("Shape", [name], { start: { int: axis }, end: { int: axis + 1 } });
}

/** What a Slice takes along one axis. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Null where the extent is not known: start and end are then as they were written. */
  readonly length: number | null;
}

/** The axes that are cut where a run alone tells between which bounds. */
function axesOfComputedBounds({ input, wholes, has }: OperationFacts): readonly number[] | undefined {
  if (wholes(1) !== undefined && wholes(2) !== undefined) return undefined;
  const axes = has(3) ? wholes(3) : Array.from({ length: input(1)[0] ?? 0 }, (_, i) => i);
  return axes?.map((axis) => (axis < 0 ? axis + input(0).length : axis));
}

function cutsOf({ node, input, wholes, has }: OperationFacts): ReadonlyMap<number, Cut> {
  const from = input(0);
  const [starts, ends] = [wholes(1), wholes(2)];
  const axes = has(3) ? wholes(3) : starts?.map((_, i) => i);
  const steps = has(4) ? wholes(4) : starts?.map(() => 1);
  if (starts === undefined || ends === undefined || axes === undefined || steps === undefined)
    throw new UnknownOperation(node);
  return new Map(
    starts.map((start, i) => {
      const axis = axes[i]! < 0 ? axes[i]! + from.length : axes[i]!;
      return [axis, cut(start, ends[i]!, steps[i]!, from[axis]!)];
    }),
  );
}

/** NumPy's rules for bounds below 0 and beyond the end. */
function cut(start: number, end: number, step: number, extent: number | null): Cut {
  if (extent === null) return { start, end, step, length: null };
  const bounded = (bound: number, lowest: number, highest: number) =>
    Math.min(highest, Math.max(lowest, bound < 0 ? bound + extent : bound));
  const from = step > 0 ? bounded(start, 0, extent) : bounded(start, 0, extent - 1);
  const to = step > 0 ? bounded(end, 0, extent) : bounded(end, -1, extent - 1);
  return { start: from, end: to, step, length: Math.max(0, Math.ceil((to - from) / step)) };
}

/** What was taken in its places again, and zeros where nothing was taken from. */
function slicedBack(of: GradientCall): string {
  const { node, input, dy, write, x } = of;
  const from = input(0);
  let gradient = dy;
  const axes: number[] = [];
  const before: (number | string)[] = [];
  const behind: (number | string)[] = [];
  const pad = (axis: number, front: number | string, end: number | string) => {
    if (front === 0 && end === 0) return;
    axes.push(axis);
    before.push(front);
    behind.push(end);
  };
  for (const [axis, { start, end, step, length }] of cutsOf(of)) {
    const extent = from[axis]!;
    if (extent === null || length === null) {
      if (step === 1) pad(axis, openFront(write, x[0]!, axis, start), openEnd(write, x[0]!, axis, end));
      // All of it, backwards.
      else if (step === -1 && start === -1 && end <= -FAR) gradient = reversed(write, gradient, axis);
      else throw new UnknownOperation(node);
      continue;
    }
    const first = step > 0 ? start : start + (length - 1) * step;
    const apart = Math.abs(step);
    if (step < 0) gradient = reversed(write, gradient, axis);
    if (apart > 1) gradient = spreadApart(of, gradient, axis, length, apart);
    pad(axis, first, extent - first - length * apart);
  }
  if (axes.length === 0) return gradient;
  const pads = [...before, ...behind];
  if (pads.every((one) => typeof one === "number")) return write.pad(gradient, axes, write.whole(pads));
  const list = pads.map((one) => (typeof one === "number" ? write.whole([one]) : one));
  return write.pad(gradient, axes, write.add("Concat", list, { axis: { int: 0 } }));
}

/** What is written for "as far as there is". */
const FAR = 2 ** 31 - 1;

/** How many values of an axis of any extent stand before the first that was taken. */
function openFront(write: GradientWriter, name: string, axis: number, start: number): number | string {
  if (start >= 0) return start;
  const rest = write.add("Add", [extentOf(write, name, axis), write.whole([start])]);
  return write.add("Max", [rest, write.whole([0])]);
}

function openEnd(write: GradientWriter, name: string, axis: number, end: number): number | string {
  if (end >= FAR) return 0;
  if (end < 0) return -end;
  const rest = write.add("Sub", [extentOf(write, name, axis), write.whole([end])]);
  return write.add("Max", [rest, write.whole([0])]);
}

function reversed(write: GradientWriter, name: string, axis: number): string {
  const last = write.whole([-1]);
  return write.add("Slice", [name, last, write.whole([-(2 ** 31)]), write.whole([axis]), last]);
}

/** `apart − 1` zeros behind each place along an axis. */
function spreadApart(
  { node, input, write }: GradientCall,
  name: string,
  axis: number,
  length: number,
  apart: number,
): string {
  const others = input(0).slice(axis + 1);
  if (others.filter((extent) => extent === null).length > 1) throw new UnknownOperation(node);
  const single = write.add("Unsqueeze", [name, write.whole([axis + 1])]);
  const wide = write.pad(single, [axis + 1], write.whole([0, apart - 1]));
  // 0 is "as it is", which the extents before the axis are.
  const extents = [...Array<number>(axis).fill(0), length * apart, ...write.extents.of(name).slice(axis + 1)];
  return write.add("Reshape", [wide, write.whole(extents.map((extent) => extent ?? -1))]);
}

/** What a Pad adds before and behind each axis; below 0 it cuts off. Null where it is computed. */
function padsOf({
  input,
  wholes,
  told,
  has,
}: OperationFacts): readonly (readonly [number | null, number | null])[] {
  const rank = input(0).length;
  const axes = (has(3) ? wholes(3) : undefined)?.map((axis) => (axis < 0 ? axis + rank : axis));
  const pads = told(1);
  return Array.from({ length: rank }, (_, axis) => {
    const at = axes === undefined ? axis : axes.indexOf(axis);
    if (at < 0) return [0, 0];
    return [pads?.[at] ?? null, pads?.[at + (axes?.length ?? rank)] ?? null];
  });
}

/** The sum of what became of each value: each repetition is cut off an axis, and they are added. */
function tiledBack({ node, input, told, dy, write }: GradientCall): string {
  const from = input(0);
  const repeats = told(1);
  if (repeats === undefined || repeats.includes(null)) throw new UnknownOperation(node);
  const repeated = repeats.flatMap((times, axis) => (times === 1 ? [] : [axis]));
  if (repeated.length === 0) return dy;
  const single = repeated.filter((axis) => from[axis] === 1);
  const several = repeated.filter((axis) => from[axis] !== 1);
  const once =
    single.length === 0 ? dy : write.add("ReduceSum", [dy, write.whole(single)], { keepdims: { int: 1 } });
  if (several.length === 0) return once;
  const extents = from.flatMap((extent, axis) =>
    several.includes(axis) ? [repeats[axis]!, extent] : [extent],
  );
  if (extents.filter((extent) => extent === null).length > 1) throw new UnknownOperation(node);
  const apart = write.add("Reshape", [once, write.whole(extents.map((extent) => extent ?? -1))]);
  const places = several.map((axis, i) => axis + i);
  return write.add("ReduceSum", [apart, write.whole(places)], { keepdims: { int: 0 } });
}
