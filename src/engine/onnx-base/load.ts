import type { LoadedBase } from "../../model/assemble.ts";
import { UserError } from "../../protocol/index.ts";
import type { FileValue } from "../native/onnx/read.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import { loadRuntime } from "../native/runtime.ts";
import { misfitOf, ONNX_MODEL, type OnnxBaseConfig, type OnnxCase, type OnnxInput } from "./config.ts";
import type { Cut } from "./cut.ts";
import { inputLayout, outputLayout, type Layout } from "./layout.ts";
import { knownOr, type Cases } from "./known-trials.ts";
import { fixedBatch } from "./open-batch.ts";
import { openCut, openModel } from "./open-models.ts";
import { openProbe, type Probe } from "./probe.ts";

type Extents = readonly (number | null)[];

/**
 * A model from an .onnx file as a base: it is frozen by nature, and its operations become part of what ONNX Runtime computes.
 * What goes in and comes out is in Keras's order of axes, whatever the file's.
 *
 * @param up_to the value or node that it is cut after; by default it goes to its one output
 * @param inputShapes shapes of one row of what it is applied to, where that is known; a model that takes images of any size
 *   gives features of a size that follows from them
 * @throws UserError naming the file, when it is missing, damaged or cannot be computed, and where there is no ONNX Runtime.
 */
export async function loadOnnxBase(
  file: string,
  up_to?: string,
  inputShapes?: readonly Extents[],
): Promise<LoadedBase> {
  const runtime = await loadRuntime();
  if (!runtime.available)
    throw new UserError(
      "onnx-needs-runtime",
      `${file} can only be computed by ONNX Runtime, and there is none: ${runtime.reason} Use a base that Keras saved (.keras), or one of applications.`,
    );
  const model = await openModel(file);
  const asked = { sha256: model.sha256, ...(up_to === undefined ? {} : { up_to }) };
  const cut = openCut(asked)!;
  const inputs = cut.inputs.map((input) => describeInput(cut, input));
  // A shape that nobody knows is empty.
  if (inputShapes?.every((shape) => shape.length > 0)) {
    const misfit = misfitOf({ inputs }, inputShapes);
    if (misfit !== undefined) throw new UserError("base-input", `${file} ${misfit}`);
  }
  const layouts = inputs.map((one) => one.layout);
  // (Whoever knows the axes of the value has computed it.)
  const layoutOf = (axes: number) => outputLayout(cut, layouts, axes);

  let opened: { open_batch?: true } = {};
  const versions = runtime.ort.env.versions;
  const tried = (one: Cut, how: object) =>
    knownOr([versions.node ?? versions.common, asked, how, inputShapes ?? null], () =>
      probed(one, inputs, layoutOf, inputShapes),
    );
  let cases = await tried(cut, opened);
  if (!cases.each && fixedBatch(cut) !== undefined) {
    opened = { open_batch: true };
    const openedCut = openCut({ ...asked, ...opened })!;
    cases = await tried(openedCut, opened).catch(() => cases);
  }
  if (!cases.each)
    throw new UserError(
      "onnx-batch",
      `${file} gives other results for several rows at once than for each alone${
        fixedBatch(cut) === undefined ? "" : `: it was exported for a batch of ${fixedBatch(cut)}`
      }. Export it with a batch of any size (PyTorch: dynamic_axes={"input": {0: "batch"}}, or dynamic_shapes).`,
    );
  const config: OnnxBaseConfig = {
    ...asked,
    file: `bases/${model.sha256.slice(0, 12)}/${BASE_FILE}`,
    inputs,
    output: { shape: commonShape(cases.list), layout: layoutOf(cases.list[0]!.output.length + 1) },
    cases: cases.list,
    ...opened,
    parameters: parametersOf(cut),
  };
  return { class_name: ONNX_MODEL, config, weights: new Map() };
}

/** What the file is called beside a saved model. */
export const BASE_FILE = "base.onnx";

/** Types of inputs that numbers can become. */
const NUMBERS = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16]);
const MOST_VALUES = 2 ** 28;

function describeInput(cut: Cut, input: FileValue): OnnxInput {
  const { name, type = DATA_TYPE.float32, shape } = input;
  const { label } = cut.model;
  if (!NUMBERS.has(type))
    throw new UserError("onnx-type", `${label}: its input ${name} takes no numbers, so it cannot be a base.`);
  if (shape === undefined || shape.length === 0)
    throw new UserError(
      "onnx-input-shape",
      `${label}: its input ${name} does not say how many axes it has. Export the model with an input of a known shape.`,
    );
  const size = shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  if (size > MOST_VALUES)
    throw new UserError(
      "onnx-input-shape",
      `${label}: its input ${name} has the shape [${shape.join(", ")}], which is too large to compute.`,
    );
  const layout = inputLayout(cut, input);
  const row = shape.slice(1);
  return { shape: layout === "channels_first" ? [...row.slice(1), row[0] ?? null] : row, layout, type };
}

/** Extents that are tried where nobody says one; those that follow from them are known by their difference. */
const TRIED = [
  [64, 96],
  [224, 256],
] as const;

async function probed(
  cut: Cut,
  inputs: readonly OnnxInput[],
  layoutOf: (axes: number) => Layout,
  given: readonly Extents[] | undefined,
): Promise<Cases> {
  const probe = await openProbe(cut, inputs);
  try {
    const shapes = inputs.map(({ shape }, i) =>
      shape.map(
        (extent, axis) => extent ?? (given?.[i]?.length === shape.length ? given[i][axis] : null) ?? null,
      ),
    );
    const open = shapes.some((shape) => shape.includes(null));
    if (!open) return await casesOf(probe, [shapes as number[][]], layoutOf);
    const filled = (extent: number) => shapes.map((shape) => shape.map((one) => one ?? extent));
    const [small, large] = TRIED;
    return await casesOf(probe, small.map(filled), layoutOf).catch(() =>
      casesOf(probe, large.map(filled), layoutOf),
    );
  } finally {
    probe.release();
  }
}

async function casesOf(
  probe: Probe,
  shapes: readonly (readonly number[][])[],
  layoutOf: (axes: number) => Layout,
): Promise<Cases> {
  const list: OnnxCase[] = [];
  let each = true;
  for (const inputs of shapes) {
    const { output, eachRowAlone, values, multiplications } = await probe.run(inputs);
    const [channels, ...rest] = output;
    const first = output.length > 1 && layoutOf(output.length + 1) === "channels_first";
    const shape = first ? [...rest, channels!] : output;
    list.push({ inputs, output: shape, values, multiplications });
    each &&= eachRowAlone;
  }
  return { list, each };
}

/** The output's shape, null where it follows from the input's. */
function commonShape(cases: readonly OnnxCase[]): (number | null)[] {
  const [first, ...others] = cases.map(({ output }) => output);
  return first!.map((extent, axis) => (others.every((other) => other[axis] === extent) ? extent : null));
}

function parametersOf({ constants, model }: Cut): number {
  const floats = constants.map((name) => model.constants.get(name)!).filter(({ type }) => FLOATS.has(type));
  return floats.reduce((sum, { shape }) => sum + shape.reduce((size, extent) => size * extent, 1), 0);
}
const FLOATS = new Set([1, 10, 11, 16]);
