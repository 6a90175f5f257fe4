import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/data/encode-png.ts";
import { diagnose } from "../../src/language/index.ts";
import { jsonLines, kspec, project, runsOf } from "./kspec.ts";

const EXAMPLE = path.join(import.meta.dirname, "../../examples/resnet_transfer.kspec.ts");

/** Photos of 8 × 8: red ones and blue ones, some darker than others. */
async function writePhotos(folder: string): Promise<void> {
  for (const [label, channel] of [
    ["red", 0],
    ["blue", 2],
  ] as const) {
    fs.mkdirSync(path.join(folder, "photos", label), { recursive: true });
    for (let photo = 0; photo < 12; photo++) {
      const pixels = new Uint8Array(8 * 8 * 3).fill(20 + photo);
      for (let at = channel; at < pixels.length; at += 3) pixels[at] = 120 + 10 * photo;
      fs.writeFileSync(
        path.join(folder, "photos", label, `${photo}.png`),
        await encodePng({ height: 8, width: 8, channels: 3, read: () => Promise.resolve(pixels) }),
      );
    }
  }
}

describe("step_preprocess_input, from fit to prediction", () => {
  it("is kept with the model, and done again to new images", async () => {
    const folder = project("folder.kspec.ts");
    await writePhotos(folder);
    const spec = path.join(folder, "folder.kspec.ts");
    const text = fs.readFileSync(spec, "utf8");
    fs.writeFileSync(
      spec,
      text.replace('.step_rescale("image", { scale: 1 / 255 })', '.step_preprocess_input("densenet121")'),
    );
    const fitted = await kspec(["fit", "folder.kspec.ts", "--seed", "1"], folder);
    expect(fitted.code, fitted.stderr).toBe(0);
    const [run] = runsOf(folder);
    const { recipe } = JSON.parse(fs.readFileSync(path.join(run!, "model/recipe.json"), "utf8")) as {
      recipe: { steps: object[] };
    };
    expect(recipe.steps).toMatchObject([
      { step: "preprocess_input", options: { application: "densenet121", mode: "torch" } },
    ]);

    // The test rows, predicted once more from their files.
    const rows = (csv: string) =>
      csv
        .trimEnd()
        .split("\n")
        .map((line) => line.split(","));
    const [head, ...tested] = rows(fs.readFileSync(path.join(run!, "predictions.csv"), "utf8"));
    const at = (name: string) => head!.indexOf(name);
    const files = tested.map((row) => row[at("image")] ?? "");
    const again = rows((await kspec(["predict", "last", ...files], folder)).stdout);
    const probability = again[0]!.indexOf(".pred_red");
    for (const [row, values] of tested.entries())
      expect(Number(again[row + 1]![probability])).toBeCloseTo(Number(values[at(".pred_red")]), 5);
    expect((await kspec(["evaluate", "last", "photos"], folder)).stdout).toContain("accuracy binary 1.000");
  });
});

describe("the rules about pretrained bases", () => {
  it("say in kspec check what they say in the editor, and warnings refuse nothing", async () => {
    const folder = project();
    fs.copyFileSync(EXAMPLE, path.join(folder, "resnet.kspec.ts"));
    const inEditor = diagnose(fs.readFileSync(EXAMPLE, "utf8"), "resnet.kspec.ts");
    expect(inEditor.map(({ code }) => code)).toEqual(["images-too-small", "preprocessing-mismatch"]);
    const { code, stdout } = await kspec(["check", "resnet.kspec.ts", "--json"], folder);
    expect(code).toBe(0);
    expect(jsonLines<object>(stdout)).toMatchObject(
      inEditor.map(({ code, severity, message, range }) => ({ code, severity, message, range })),
    );
  });
});
