import type { Attributes, Graph } from "../onnx/graph.ts";
import type { GraphExtents } from "./extents.ts";
import { GraphMath } from "./graph-math.ts";
import type { Extents } from "./operations/operation.ts";

/** Writes operations into a graph, with what gradients are made of beside plain mathematics. */
export class GradientWriter {
  readonly graph: Graph;
  readonly extents: GraphExtents;
  readonly math: GraphMath;
  readonly label: string;

  constructor(extents: GraphExtents, label: string) {
    this.graph = extents.graph;
    this.extents = extents;
    this.label = label;
    this.math = new GraphMath(extents, label);
  }

  add(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.graph.add(op, this.label, inputs, attributes);
  }

  /** An operation with several outputs; gives their names. */
  addSeveral(op: string, outputs: number, inputs: readonly string[], attributes: Attributes = {}): string[] {
    const names = Array.from({ length: outputs }, () => this.graph.freshName(`${this.label}/${op}`));
    const [output, ...furtherOutputs] = names as [string, ...string[]];
    this.graph.nodes.push({ op, name: output, inputs: [...inputs], output, furtherOutputs, attributes });
    return names;
  }

  whole(values: readonly number[]): string {
    return this.graph.constant(`wholes ${values.join(" ")}`, [values.length], () =>
      BigInt64Array.from(values, BigInt),
    );
  }

  wholeScalar(value: number): string {
    return this.graph.constant(`whole ${value}`, [], () => BigInt64Array.of(BigInt(value)));
  }

  /** Sums over the axes along which something of these extents was broadcast to what `gradient` has; a narrow one stays as it is. */
  reduceTo(gradient: string, extents: Extents): string {
    const from = this.extents.of(gradient);
    const more = from.length - extents.length;
    const kept = extents.flatMap((extent, i) =>
      extent === 1 && i + more >= 0 && from[i + more] !== 1 ? [i + more] : [],
    );
    let result = gradient;
    if (kept.length > 0) result = this.add("ReduceSum", [result, this.whole(kept)], { keepdims: { int: 1 } });
    if (more > 0) {
      const leading = Array.from({ length: more }, (_, i) => i);
      result = this.add("ReduceSum", [result, this.whole(leading)], { keepdims: { int: 0 } });
    }
    return result;
  }

  /** `value`, which has one value in the place of several, with the extents that `like` has. */
  spread(value: string, like: string): string {
    const extents = this.extents.of(like);
    const known = extents.every((extent) => extent !== null);
    return this.add("Expand", [value, known ? this.whole(extents) : this.add("Shape", [like])]);
  }

  /** `value` with the shape that `like` has when it is run. */
  reshapeLike(value: string, like: string): string {
    const extents = this.extents.of(like);
    // At most one extent that a run tells can be left to ONNX.
    if (extents.filter((extent) => extent === null).length <= 1)
      return this.add("Reshape", [value, this.whole(extents.map((extent) => extent ?? -1))]);
    return this.add("Reshape", [value, this.add("Shape", [like])]);
  }

  /**
   * Zeros around a value.
   *
   * @param pads Whole numbers: how many before each of the axes, then how many behind; below 0 that many are cut off.
   */
  pad(value: string, axes: readonly number[], pads: string): string {
    const all = this.extents.of(value).map((_, axis) => axis);
    const numbers = this.extents.wholes(pads);
    const around = [0, axes.length].flatMap((from) =>
      all.map((axis) => (axes.includes(axis) ? from + axes.indexOf(axis) : undefined)),
    );
    const amounts =
      numbers === undefined
        ? this.add(
            "Concat",
            around.map((i) =>
              i === undefined
                ? this.whole([0])
                : this.add("Slice", [pads, this.whole([i]), this.whole([i + 1])]),
            ),
            { axis: { int: 0 } },
          )
        : this.whole(around.map((i) => (i === undefined ? 0 : numbers[i]!)));
    // ONNX Runtime 1.30 takes a Pad without axes into a pooling behind it, which pads with something else; and where it moves a
    // Transpose behind a Pad, it takes the axes for all that there are.
    return this.add("Pad", [value, amounts, "", this.whole(all)]);
  }

  /** Zeros of the shape that `like` has. */
  zerosLike(like: string): string {
    return this.add("ConstantOfShape", [this.add("Shape", [like])]);
  }
}
