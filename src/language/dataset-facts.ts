import type { Dataset, Span } from "../spec/index.ts";
import type { Evaluator, Value } from "./evaluate.ts";
import { ts } from "./typescript.ts";

/** Images of one size that a dataset brings, and how many classes. */
const KNOWN: Readonly<
  Record<string, { readonly side: number; readonly channels: number; readonly classes: number }>
> = {
  digits: { side: 28, channels: 1, classes: 10 },
  mnist: { side: 28, channels: 1, classes: 10 },
  fashion_mnist: { side: 28, channels: 1, classes: 10 },
  cifar10: { side: 32, channels: 3, classes: 10 },
  cifar100: { side: 32, channels: 3, classes: 100 },
};
const COARSE_CLASSES = 20;

/** What a call of `datasets.*` says before anything is read. */
export function datasetOf(
  name: string,
  span: Span,
  options: Value | undefined,
  evaluator: Evaluator,
): Extract<Value, { kind: "dataset" }> {
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  const data: Dataset = {
    name,
    images: known && { side: known.side, channels: known.channels },
    labelled_images: known !== undefined || name === "image_folder",
    span,
  };
  return { kind: "dataset", classes: known && classesOf(name, known.classes, options, evaluator), data };
}

function classesOf(
  name: string,
  all: number,
  options: Value | undefined,
  evaluator: Evaluator,
): number | undefined {
  const { members, complete } = options ? evaluator.members(options) : { members: [], complete: true };
  const option = (wanted: string) => members.findLast((member) => member.name === wanted)?.value;
  if (name === "cifar100") {
    const labels = option("labels");
    if (!labels) return complete ? all : undefined;
    if (labels.kind !== "literal") return undefined;
    return labels.value === "coarse" ? COARSE_CLASSES : all;
  }
  if (name !== "digits") return all;
  const classes = option("classes");
  if (!classes) return complete ? all : undefined;
  if (classes.kind !== "array" || classes.node.elements.some((one) => !ts.isNumericLiteral(one)))
    return undefined;
  return new Set(classes.node.elements.map((one) => (ts.isNumericLiteral(one) ? one.text : ""))).size;
}
