import "./own-cache.ts";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadOnnxBase } from "../../../src/engine/onnx-base/index.ts";
import { changed, type Message } from "./damage.ts";

// What is wrong with an .onnx file is said by name, with what to do.

const fixtures = path.join(import.meta.dirname, "../../fixtures/parity/onnx");
let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), "kspec-onnx-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file like the fixture but for a change. */
function like(fixture: string, change: (model: Message) => void): string {
  const file = path.join(folder, "base.onnx");
  writeFileSync(file, changed(readFileSync(path.join(fixtures, fixture)), change));
  return file;
}
function refusal(file: string, up_to?: string): Promise<string> {
  return loadOnnxBase(file, up_to).then(
    () => expect.fail("it was read"),
    (error: Error) => {
      expect(error.name, error.stack).toBe("UserError");
      expect(error.message).toContain(path.basename(file));
      return error.message;
    },
  );
}

describe("the file", () => {
  it("is not there, or is something else", async () => {
    expect(await refusal(path.join(folder, "none.onnx"))).toContain("There is no model at");
    const page = path.join(folder, "page.onnx");
    writeFileSync(page, "<html>Not found</html>");
    expect(await refusal(page)).toContain("is no ONNX model");
    expect(await refusal(path.join(fixtures, "../models/keras2-functional.h5"))).toContain(
      "is no ONNX model",
    );
    mkdirSync(path.join(folder, "folder.onnx"));
    expect(await refusal(path.join(folder, "folder.onnx"))).toContain("cannot be read (EISDIR)");
  });
  it("ends too early", async () => {
    const file = path.join(folder, "short.onnx");
    writeFileSync(file, readFileSync(path.join(fixtures, "nchw.onnx")).subarray(0, 1500));
    expect(await refusal(file)).toContain("is damaged or incomplete. Copy, download or export it again.");
  });
  it("was changed after it was read", async () => {
    const file = path.join(folder, "changing.onnx");
    const large = changed(readFileSync(path.join(fixtures, "nhwc.onnx")), ({ graph }) => {
      const [kernel] = graph.initializer;
      Object.assign(kernel!, { dims: [64, 3, 3, 3], raw_data: new Uint8Array(64 * 27 * 4) });
      Object.assign(graph.initializer[1]!, { dims: [64], raw_data: new Uint8Array(256) });
      graph.output = [];
      graph.output.push({ name: "features" });
    });
    writeFileSync(file, large);
    const base = await loadOnnxBase(file);
    writeFileSync(file, "other");
    const { written, graphOf } = await import("./as-a-layer.ts");
    const whole = written(graphOf(base, [[8, 8, 3]]));
    const kernel = [...whole.graph.constants].find(([, { shape }]) => shape.length === 4)![1];
    expect(() => kernel.values()).toThrow("changing.onnx was changed while it was in use.");
  });
});

describe("weights beside the file", () => {
  const external = (change: (location: { key: string; value: string }[]) => void) => {
    copyFileSync(path.join(fixtures, "external.bin"), path.join(folder, "external.bin"));
    return like("external.onnx", ({ graph }) =>
      graph.initializer.forEach(({ external_data }) => {
        if (external_data.length > 0) change(external_data as { key: string; value: string }[]);
      }),
    );
  };
  it("are read", async () => {
    const file = external(() => undefined);
    const inside = await loadOnnxBase(path.join(fixtures, "nchw.onnx"));
    const beside = await loadOnnxBase(file);
    expect(beside.config["parameters"]).toBe(inside.config["parameters"]);
    expect(beside.config["sha256"]).not.toBe(inside.config["sha256"]);
  });
  it.each(["../external.bin", "/etc/passwd", "C:\\weights.bin", "..\\external.bin", ""])(
    "not from %j",
    async (place) => {
      const file = external((location) => (location.find(({ key }) => key === "location")!.value = place));
      expect(await refusal(file)).toContain(
        `lies in "${place}", and the weights of a model must lie beside it.`,
      );
    },
  );
  it("are missing, or too short", async () => {
    const missing = external(
      (location) => (location.find(({ key }) => key === "location")!.value = "other.bin"),
    );
    expect(await refusal(missing)).toContain(
      "keeps weights in other.bin beside it, and it is not there. Copy both files.",
    );
    const short = external((location) => (location.find(({ key }) => key === "offset")!.value = "100000"));
    expect(await refusal(short)).toMatch(/needs \d+ bytes at 100000 of external\.bin, which has 720/);
  });
});

describe("what it says of itself cannot be so", () => {
  const cases: Record<string, [fixture: string, change: (model: Message) => void, message: string]> = {
    "a shape that its bytes do not fill": [
      "nchw.onnx",
      ({ graph }) => (graph.initializer[0]!.dims = [4, 3, 3, 4]),
      "its constant conv1.weight has the shape [4, 3, 3, 4] and 432 bytes instead of 576",
    ],
    "an enormous shape": [
      "nchw.onnx",
      ({ graph }) => (graph.initializer[0]!.dims = [2 ** 40, 3, 3, 3]),
      "its constant conv1.weight has the shape [1099511627776, 3, 3, 3] and 432 bytes",
    ],
    "a negative extent": [
      "nchw.onnx",
      ({ graph }) => (graph.initializer[0]!.dims = [-4]),
      "has the shape [-4]",
    ],
    "a circle": ["nchw.onnx", ({ graph }) => (graph.node[0]!.input[0] = "sum"), "reads its own output"],
    "a value that nothing makes": [
      "nchw.onnx",
      ({ graph }) => (graph.node[1]!.input[0] = "conv9"),
      "its node bn_node reads conv9, which nothing makes",
    ],
    "a value that is made twice": [
      "nchw.onnx",
      ({ graph }) => (graph.node[1]!.output[0] = "conv1"),
      "its node bn_node makes conv1, which there is already",
    ],
    "no output": ["nchw.onnx", ({ graph }) => (graph.output = []), "it has no output"],
    "an unknown type": [
      "nchw.onnx",
      ({ graph }) => (graph.initializer[0]!.data_type = 15),
      "is of a type (15)",
    ],
    "an unknown operation": [
      "nchw.onnx",
      ({ graph }) => (graph.node[2]!.op_type = "Rely"),
      "ONNX Runtime cannot compute it",
    ],
    "an operation of its author's": [
      "nchw.onnx",
      ({ graph }) => (graph.node[2]!.domain = "my.own"),
      "its node relu1_node is a my.own.Relu, an operation of its author's",
    ],
    "a version before all": [
      "nchw.onnx",
      (model) => (model.opset_import[0]!.version = 6),
      "is written in version 6 of ONNX's operations, and KSpec reads 7 to",
    ],
    "a version to come": ["nchw.onnx", (model) => (model.opset_import[0]!.version = 99), "version 99"],
    "functions of its own": [
      "nchw.onnx",
      (model) => (model.functions = [{ name: "block", domain: "my.own" }]),
      "defines operations of its own (block)",
    ],
    "texts for input": [
      "two-inputs.onnx",
      ({ graph }) => (graph.input[0]!.type!.tensor_type!.elem_type = 8),
      "its input words takes no numbers",
    ],
    "an input without a shape": [
      "nchw.onnx",
      ({ graph }) => (graph.input[0]!.type!.tensor_type!.shape = null),
      "its input image does not say how many axes it has",
    ],
    "an enormous input": [
      "nchw.onnx",
      ({ graph }) => (graph.input[0]!.type!.tensor_type!.shape!.dim[2]!.dim_value = 2 ** 30),
      "which is too large to compute",
    ],
    "a few words that would fill the memory": [
      "branches.onnx",
      ({ graph }) => {
        Object.assign(graph.node[1]!, {
          op_type: "ConstantOfShape",
          input: ["sizes"],
          output: ["halves"],
          attribute: [],
        });
        const raw_data = new Uint8Array(BigInt64Array.of(2n ** 20n, 2n ** 20n).buffer);
        graph.initializer.forEach((one) => one.name === "sizes" && Object.assign(one, { raw_data }));
      },
      "its node halves_node (ConstantOfShape) makes 1099511627776 values",
    ],
    "rows that are mixed with each other": [
      "nchw.onnx",
      ({ graph }) => {
        graph.node[7] = { ...graph.node[7]!, op_type: "Softmax", attribute: [] };
        Object.assign(graph.node[7]!.attribute, [{ name: "axis", type: 2, i: 0 }]);
      },
      "gives other results for several rows at once than for each alone",
    ],
  };
  it.each(Object.entries(cases))("%s", async (_, [fixture, change, message]) => {
    expect(await refusal(like(fixture, change))).toContain(message);
  });
});

it("ONNX Runtime itself may end at it, and nothing else does", async () => {
  const file = like("opset9.onnx", ({ graph }) => (graph.node[3]!.input[1] = "clipped"));
  expect(await refusal(file)).toContain("ONNX Runtime fails at computing it (its process ended with SIG");
  await loadOnnxBase(path.join(fixtures, "opset9.onnx"));
});

describe("where it is cut", () => {
  it("several outputs, none named", async () => {
    const file = like("nchw.onnx", ({ graph }) => graph.output.push({ name: "pooled" }));
    expect(await refusal(file)).toContain(
      'has 2 outputs (features, pooled), and a base has one: name it, load_model(…, { up_to: "features" }).',
    );
    expect((await loadOnnxBase(file, "pooled")).config["output"]).toEqual({
      shape: [3, 3, 4],
      layout: "channels_first",
    });
  });
  it("a name that there is not", async () => {
    const file = path.join(fixtures, "nchw.onnx");
    expect(await refusal(file, "Pool")).toContain(
      '{ up_to: "Pool" }): the model has no node or value of that name. Alike are: pooled.',
    );
    expect(await refusal(file, "layer4")).toContain(
      "Its last ones are: conv1, bn, relu1, conv2, sum, pooled, mean, features.",
    );
  });
  it("a constant, or the input", async () => {
    expect(await refusal(path.join(fixtures, "branches.onnx"), "total")).toContain(
      "total depends on no input of the model.",
    );
  });
});

describe("without ONNX Runtime", () => {
  afterEach(() => delete process.env["KSPEC_DEVICE"]);
  it("it is said that this base needs it", async () => {
    process.env["KSPEC_DEVICE"] = "none";
    expect(await refusal(path.join(fixtures, "nchw.onnx"))).toContain(
      "can only be computed by ONNX Runtime, and there is none",
    );
  });
});
