import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diagnose } from "../../src/language/index.ts";
import { BLOCKS } from "../language/markers.ts";
import { startServer } from "./server.ts";

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
}, 180_000);
afterAll(() => server.stop());

const network = (hidden: string, rest = "network();") => `{
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    hidden: ${hidden},
    output: inp_spec(output_block, "hidden"),
  },
});
${rest}
}
`;
const file = (...networks: string[]) => `${BLOCKS}${networks.join("")}export default workflow({});\n`;
const WIRED = 'inp_spec(dense_block, "input")';

describe("the TypeScript plugin in a folder with nothing installed", () => {
  it("finds the module kspec and has no complaint about a right spec", async () => {
    const text = file(network(WIRED, "network({ hidden_units: 64, fit_epochs: 5 });"));
    expect((await server.complaints(text)).map(({ message }) => message)).toEqual([]);
  }, 30_000);

  it("finds it for a file that a spec imports, too", async () => {
    const text = `import { layers, type Block } from "kspec";
export const flat = ({ tensor }: Block) => layers.flatten().apply(tensor);
`;
    expect(await server.complaints(text, "blocks.ts")).toEqual([]);
  }, 30_000);

  it("finds kspec/results for a script", async () => {
    const text = `import { read_run, show_best } from "kspec/results";
export const best: number | null | undefined = show_best(read_run("last"))[0]!.mean;
`;
    expect(await server.complaints(text, "script.ts")).toEqual([]);
  }, 30_000);

  it("shows the docs of the authoring API", async () => {
    expect(await server.hover(file(network(WIRED)), "inp_spec(dense_block")).toMatch(
      /inp_spec.*which blocks a block reads/s,
    );
  }, 30_000);

  const mistakes: Record<string, string> = {
    "an unknown upstream": network('inp_spec(dense_block, "inptu")'),
    "a mapping that invents an argument": network('inp_spec(join_block, { left: "input", rigth: "input" })'),
    "a mapping that misses an argument": network('inp_spec(join_block, { left: "input" })'),
    "one name for two tensors": network('inp_spec(join_block, "input")'),
    "a block that is not wired": network("dense_block"),
    "a block without a tensor": network('inp_spec(() => layers.input({ shape: [3] }), "input")'),
    "a block twice": network(`${WIRED}, hidden: ${WIRED}`),
    "several parameters": network('inp_spec((tensor: Tensor, units = 3) => tensor, "input")'),
    "a misspelt argument": network(WIRED, "network({ hidden_unts: 3 });"),
    "a mistyped argument": network(WIRED, 'network({ hidden_units: "3" });'),
    "a supplied argument": network(WIRED, "network({ output_num_classes: 3 });"),
    "repeats of an input": network(WIRED, "network({ num_input: 3 });"),
    "a missing argument": network('inp_spec(needy_block, "input")', "network({});"),
  };
  it("leaves every mistake that a rule speaks of to KSpec", async () => {
    const text = file(...Object.values(mistakes));
    expect(diagnose(text, "network.kspec.ts")).toHaveLength(Object.keys(mistakes).length);
    expect(await server.complaints(text)).toEqual([]);
    // In a file that is no spec TypeScript is alone, and complains of each.
    const lines = new Set((await server.complaints(text, "network.ts")).map(({ start }) => start.line));
    expect(lines.size).toBeGreaterThanOrEqual(Object.keys(mistakes).length);
  }, 30_000);

  it("leaves everything else to TypeScript", async () => {
    const rest = 'const units: number = "3";\nnetwork(nowhere);';
    const text = file(network('inp_spec(dense_block, "inptu")', rest));
    expect((await server.complaints(text)).map(({ code }) => code)).toEqual([2322, 2304]);
  }, 30_000);
});
