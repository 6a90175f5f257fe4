import { describe, expect, it } from "vitest";
import { runnables } from "../../src/language/index.ts";

const found = (text: string) =>
  runnables(`import { workflow } from "kspec";\n${text}`, "a.kspec.ts").map(({ name, isDefault, range }) => [
    name,
    isDefault,
    range.start.line,
  ]);

describe("runnables", () => {
  it("finds every exported workflow, in the order of the text", () => {
    expect(
      found(`export const quick = workflow({});
const hidden = workflow();
export default workflow().add_model(undefined);
export const spec = 3;`),
    ).toEqual([
      ["quick", false, 1],
      ["default", true, 3],
    ]);
  });

  it("lists a workflow with two names once", () => {
    expect(
      found(`export const quick = workflow({});
export default quick;`),
    ).toEqual([["default", true, 1]]);
  });

  it("follows export clauses, and functions of the file", () => {
    expect(
      found(`const make = () => workflow({});
const a = make();
export { a as first };`),
    ).toEqual([["first", false, 3]]);
  });

  it("titles a default export by its own name, or its model's", () => {
    const title = (text: string) => runnables(text, "a.kspec.ts").map((one) => one.title);
    const spec = `import { create_keras_functional_spec, workflow } from "kspec";
const network = create_keras_functional_spec({ model_name: "digits", layer_blocks: {} });`;
    expect(title(`${spec}\nexport default workflow({ model: network() });`)).toEqual(["default (digits)"]);
    expect(
      title(`${spec}\nexport const quick = workflow({ model: network() });\nexport default quick;`),
    ).toEqual(["quick"]);
  });
});
