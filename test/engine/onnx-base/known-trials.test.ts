import "./own-cache.ts";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { loadOnnxBase } from "../../../src/engine/onnx-base/index.ts";

const file = path.join(import.meta.dirname, "../../fixtures/parity/onnx/nchw.onnx");
const folder = () => path.join(process.env["KSPEC_CACHE"]!, "onnx");

it("what a model gave is known the next time, and tried again where it is damaged or was asked otherwise", async () => {
  const first = await loadOnnxBase(file);
  const [name] = readdirSync(folder());
  const known = path.join(folder(), name!);
  const cases = JSON.parse(readFileSync(known, "utf8")) as { list: { multiplications: number }[] };
  cases.list[0]!.multiplications = 7;
  writeFileSync(known, JSON.stringify(cases));
  expect((await loadOnnxBase(file)).config["cases"]).toEqual(cases.list);
  expect((await loadOnnxBase(file, "pooled")).config["output"]).toMatchObject({ shape: [3, 3, 4] });
  expect(readdirSync(folder())).toHaveLength(2);
  for (const damaged of ["", "{}", '{"list":[{"inputs":[["a"]],"output":[4]}],"each":true}']) {
    writeFileSync(known, damaged);
    expect((await loadOnnxBase(file)).config).toEqual(first.config);
  }
});
