import { expect } from "vitest";
import { diagnose } from "../../src/language/index.ts";

/**
 * Diagnoses a text and compares all that is found with the markers in it. A marker stands under its line, and its
 * carets under what is wrong:
 *
 *     a: inp_spec(dense, "inptu"),
 *     //                 ^^^^^^^ error unknown-upstream: No block is named "inptu". Did you mean "input"?
 *
 * What begins too far left for carets is named: `// [export] information nothing-to-run: …`. A message that ends with
 * `…` is compared up to there.
 */
export function expectMarked(text: string, fileName = "network.kspec.ts"): void {
  const lines = text.split("\n");
  const wanted = lines.flatMap((line, index) => {
    const marker = MARKER.exec(line);
    if (!marker) return [];
    let above = index - 1;
    while (MARKER.test(lines[above] ?? "")) above--;
    const { carets, named, severity, code, message = "" } = marker.groups ?? {};
    const character = carets ? line.indexOf("^") : (lines[above] ?? "").indexOf(named ?? "");
    return [{ line: above, character, length: (carets ?? named ?? "").length, severity, code, message }];
  });
  const found = diagnose(text, fileName).map(({ range: { start, end }, severity, code, message }) => {
    const near = wanted.find(
      (one) => one.line === start.line && one.code === code && one.message.endsWith("…"),
    );
    const cut = near && message.startsWith(near.message.slice(0, -1)) ? near.message : message;
    const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY;
    return { line: start.line, character: start.character, length, severity, code, message: cut };
  });
  expect(inOrder(found)).toEqual(inOrder(wanted));
}

/** A spec file around a few lines: blocks to use in them, and something that can be run. */
export function specFile(body: string): string {
  const run = body.includes("export default") ? "" : "\nexport default workflow();\n";
  return `${BLOCKS}${body}${run}`;
}

/** `expectMarked` of the lines in a spec file. */
export function expectProblems(body: string): void {
  expectMarked(specFile(body));
}

/** One functional spec named `network` of these entries. */
export function expectProblemsOfBlocks(entries: string, mode = "classification"): void {
  expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "${mode}",
  layer_blocks: {
    ${entries}
  },
});
`);
}

const MARKER =
  /^\s*\/\/\s*(?:(?<carets>\^+)|\[(?<named>[^\]]+)\])\s+(?<severity>error|warning|information|hint) (?<code>[a-z-]+): (?<message>.*)$/;

export const BLOCKS = `
import {
  create_keras_functional_spec, create_keras_sequential_spec, datasets, inp_spec, layers, recipe, sequential, tune, workflow,
  type Block, type InputBlock, type SequentialBlock, type Tensor,
} from "kspec";
const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const dense_block = ({ tensor, units = 32 }: Block<{ units?: number }>) => layers.dense({ units }).apply(tensor);
const needy_block = ({ tensor, units }: Block<{ units: number }>) => layers.dense({ units }).apply(tensor);
const join_block = ({ left, right, scale = 1 }: { left: Tensor; right: Tensor; scale?: number }) =>
  layers.concatenate().apply([left, right]);
const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);
const estimate_block = ({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor);
`;

function inOrder<T extends { line: number; character: number }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => a.line - b.line || a.character - b.character);
}

/** The text after the quick fixes of all problems of one code. */
export function fixed(text: string, code: string, fileName = "network.kspec.ts"): string {
  const edits = diagnose(text, fileName).flatMap((one) => (one.code === code ? (one.fix?.edits ?? []) : []));
  const offset = ({ line, character }: { line: number; character: number }) =>
    text
      .split("\n")
      .slice(0, line)
      .reduce((sum, one) => sum + one.length + 1, character);
  return edits
    .map(({ range, newText }) => ({ start: offset(range.start), end: offset(range.end), newText }))
    .sort((a, b) => b.start - a.start)
    .reduce(
      (changed, { start, end, newText }) => changed.slice(0, start) + newText + changed.slice(end),
      text,
    );
}

/** A spec file with one frozen base of `applications` behind the input, or what `base` writes. */
export function transfer(
  workflow: string,
  {
    base = 'applications.resnet50({ weights: "imagenet", includeTop: false })',
    entries = 'base: inp_spec(base_block, "input")',
  }: { base?: string; entries?: string } = {},
): string {
  return `${BLOCKS.replace("recipe, sequential", "load_model, recipe, sequential").replace("import {", "import { applications,")}
const base_block = ({ tensor }: Block) => {
  const base = ${base};
  base.trainable = false;
  return base.apply(tensor);
};
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, ${entries}, output: inp_spec(output_block, "base") },
});
${workflow}
`;
}
