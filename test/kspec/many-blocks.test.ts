import path from "node:path";
import { expect, test } from "vitest";
import { typeChecker } from "./type-check.ts";

/** A chain of blocks with two hyperparameters each, and the model called with all of them. */
function chain(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `block_${index}`);
  const functions = names.map(
    (name) =>
      `const ${name} = ({ tensor, units = 8, rate }: Block<{ units?: number; rate: number }>) =>\n` +
      `  layers.dropout({ rate }).apply(layers.dense({ units }).apply(tensor));`,
  );
  const wired = names.map(
    (name, index) => `    ${name}: inp_spec(${name}, "${index === 0 ? "input" : names[index - 1]}"),`,
  );
  return `
import { create_keras_functional_spec, inp_spec, layers, type Block, type InputBlock } from "kspec";
${functions.join("\n")}
const chain = create_keras_functional_spec({
  model_name: "chain",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
${wired.join("\n")}
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor), "${names.at(-1)}"),
  },
});
chain({ fit_epochs: 2, ${names.map((name) => `${name}_rate: 0.5, ${name}_units: 4`).join(", ")} });
`;
}

/** Processor time in milliseconds, which other programs on the machine hardly change. */
function cost(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test("50 blocks are checked without a noticeable pause", { timeout: 60_000 }, () => {
  const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });
  const check = (blocks: number) => {
    const text = chain(blocks);
    return cost(() => expect(checker.mistakes(text)).toEqual([]));
  };
  const middle = (blocks: number) => [0, 1, 2].map(() => check(blocks)).sort((a, b) => a - b)[1]!;
  check(50); // Reads TypeScript's libraries, and warms up.
  const [few, many] = [middle(2), middle(50)];
  console.log(
    `An edit is checked in: 2 blocks ${few.toFixed(0)} ms, 50 blocks ${many.toFixed(0)} ms (processor time).`,
  );
  // Types that grow with the square of the blocks need seconds here.
  expect(many).toBeLessThan(2500);
});

test("a mistake among 50 blocks is found", { timeout: 60_000 }, () => {
  const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });
  const broken = chain(50).replace('inp_spec(block_30, "block_29")', 'inp_spec(block_30, "block_92")');
  expect(checker.mistakes(broken)).toEqual([
    expect.stringContaining(`is not assignable to type '"No block is named 'block_92'."'`),
  ]);
});
