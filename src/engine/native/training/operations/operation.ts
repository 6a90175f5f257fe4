import type { Node } from "../../onnx/graph.ts";
import type { GradientWriter } from "../gradient-writer.ts";

/** All extents of a tensor, its rows among them; null where only a run tells. */
export type Extents = readonly (number | null)[];

/** What is known of one of ONNX's operations, so that what stands before it can be trained. */
export interface Operation {
  /** Extents of its outputs, in their order. */
  extents(of: OperationFacts): readonly Extents[];
  /** The whole numbers that its first output holds, where it makes shapes: null for one that only a run tells. */
  told?(of: OperationFacts): Extents | undefined;
  /**
   * What each input gets of the gradient of the outputs, in the order of the inputs; undefined for one that gets none.
   * "none": its outputs do not change smoothly with its inputs, as those of a comparison, and nothing gets any.
   * Absent: it has one, which KSpec does not know.
   */
  readonly gradient?: "none" | ((of: GradientCall) => readonly (string | undefined)[]);
  /**
   * Whether its gradient can be written from one of its output that has one value for all places along an axis, or one for all there
   * are, as those of means and sums are: they are spread out no sooner than they must be. What any gradient gives may be like that.
   * Default: never.
   */
  takesNarrow?(of: NarrowCall): boolean;
}

/** One operation in a graph. */
export interface OperationFacts {
  readonly node: Node;
  /** Extents of an input; throws where there is none. */
  input(i: number): Extents;
  /** Whether an optional input is given. */
  has(i: number): boolean;
  /** The values of an input that is a constant of whole numbers, as axes and shapes are; undefined where it is computed. */
  wholes(i: number): readonly number[] | undefined;
  /** The values of an input that is a constant of other numbers, as factors are. */
  numbers(i: number): readonly number[] | undefined;
  /** The same as `wholes`, and what is known of it where it is computed, as a shape is from the shape of something else. */
  told(i: number): Extents | undefined;
  int(attribute: string, fallback: number): number;
  float(attribute: string, fallback: number): number;
  ints(attribute: string): readonly number[] | undefined;
  text(attribute: string): string | undefined;
}

/** The same while its gradient is written. */
export interface GradientCall extends OperationFacts {
  /** Names of its inputs (what graphs within it capture stands behind them) and outputs. */
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** Gradients of its outputs; undefined where nobody uses the output. One of them is there. */
  readonly dys: readonly (string | undefined)[];
  /** That of the first output. */
  readonly dy: string;
  /** Whether the gradient of this input is asked for: it depends on something that is trained. */
  wanted(i: number): boolean;
  readonly write: GradientWriter;
}

/** What is known before a gradient is written from a narrow one. */
export interface NarrowCall extends OperationFacts {
  wanted(i: number): boolean;
  /** Extents of its first output, and of that output's gradient. */
  readonly output: Extents;
  readonly narrow: Extents;
}

export type Operations = Readonly<Record<string, Operation>>;
