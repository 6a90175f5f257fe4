import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/data/encode-png.ts";
import type { ClassifiedImage } from "../../src/jobs/index.ts";
import { madeImages } from "../mirror/labelled-images.ts";
import { makeMirror } from "../mirror/make-mirror.ts";
import { jsonLines, kspec, project } from "./kspec.ts";

let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "kspec-classify-"));
  env = {
    KSPEC_MIRROR: path.join(folder, "mirror"),
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  await makeMirror({
    folder: path.join(folder, "mirror"),
    root: path.join(import.meta.dirname, "../.."),
    assets: "",
    weights: [{ from: "application", name: "mobilenet", options: { alpha: 0.25 } }],
    inBatch: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function photos(): Promise<string> {
  const own = project();
  for (const [at, pixels] of madeImages(2, "test").pixels.entries())
    writeFileSync(
      path.join(own, `photo_${at}.png`),
      await encodePng({ width: 32, height: 32, channels: 3, read: () => Promise.resolve(pixels) }),
    );
  return own;
}

describe("kspec classify", () => {
  it("names the likeliest classes of each image, as Keras does with these weights", async () => {
    const own = await photos();
    const { code, stdout } = await kspec(
      ["classify", "mobilenet", "photo_0.png", "photo_1.png", "--alpha", "0.25", "--top", "3", "--json"],
      own,
      env,
    );
    expect(code).toBe(0);
    const found = jsonLines<ClassifiedImage>(stdout);
    // Keras 3.15.1 on TensorFlow, from the same files.
    const keras = [
      { file: "photo_0.png", scores: { class_493: 0.137311, class_846: 0.136474, class_816: 0.06039 } },
      { file: "photo_1.png", scores: { class_846: 0.230525, class_493: 0.090418, class_74: 0.052297 } },
    ];
    expect(found.map(({ file, classes }) => [file, classes.map(({ name }) => name)])).toEqual(
      keras.map(({ file, scores }) => [file, Object.keys(scores)]),
    );
    for (const [image, { scores }] of keras.entries())
      for (const [at, score] of Object.values(scores).entries())
        expect(found[image]!.classes[at]!.score).toBeCloseTo(score, 5);
    expect(found[0]!.classes[0]!.id).toBe("n00000493");
  });

  it("prints a few lines an image, and says whose files it took", async () => {
    const own = await photos();
    const { stdout, stderr } = await kspec(
      ["classify", "mobilenet", "photo_1.png", "--alpha", "0.25", "--top", "2"],
      own,
      env,
    );
    expect(stdout).toBe("photo_1.png\n  0.231  class_846\n  0.090  class_493\n");
    expect(stderr).toContain("imagenet_class_index.json is the one of the mirror");
  });

  it.each([
    [
      ["resnet5", "photo_0.png"],
      'There is no application "resnet5". Did you mean `resnet50`? There are: resnet50,',
      1,
    ],
    [
      ["resnet50", "photo_0.png", "--alpha", "0.5"],
      "applications.resnet50 has no alpha; MobileNets have.",
      1,
    ],
    [["mobilenet", "photo_9.png", "--alpha", "0.25"], "photo_9.png", 2],
    [
      ["mobilenet", "photo_0.png", "--alpha", "0.3"],
      "published weights are there for alpha 0.25, 0.5, 0.75, 1",
      1,
    ],
    [["mobilenet", "photo_0.png", "--top", "0"], "It must be a whole number from 1 to 1000.", 2],
  ])("%j", async (args, message, expected) => {
    const own = await photos();
    const { code, stdout, stderr } = await kspec(["classify", ...args], own, env);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("without a network it names the file, and where it was looked for", async () => {
    const own = await photos();
    const nowhere = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
    const { code, stderr } = await kspec(["classify", "vgg16", "photo_0.png"], own, {
      ...env,
      KSPEC_MIRROR: "",
      ...nowhere,
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "The file imagenet_class_index.json is needed and could not be got. It was looked for in",
    );
  });
});
