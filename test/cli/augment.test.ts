import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/protocol/index.ts";
import { jsonLines, kspec, project } from "./kspec.ts";

const EXAMPLE = path.join(import.meta.dirname, "../../examples/digits_transfer.kspec.ts");

/** A project with the digits example on 40 + 10 training and 20 test images, augmented, and `kspec fit` on it. */
function augmentedDigits(change: (text: string) => string = (text) => text) {
  const folder = project();
  const text = fs
    .readFileSync(EXAMPLE, "utf8")
    .replace("train: 500, test: 1000", "train: 50, test: 20")
    .replace("fit_epochs: 5", "fit_epochs: 3")
    .replace(
      ".step_rescale(",
      '.step_augment("image", { views: 3, rotation: 0.05, translation: 0.1 }).step_rescale(',
    );
  fs.writeFileSync(path.join(folder, "digits.kspec.ts"), change(text));
  return {
    folder,
    async fit(): Promise<RunEvent[]> {
      const environment = { KSPEC_CACHE: path.join(folder, "cache") };
      const { code, stdout, stderr } = await kspec(
        ["fit", "digits.kspec.ts", "--seed", "1", "--json"],
        folder,
        environment,
      );
      expect(code, stderr).toBe(0);
      return jsonLines(stdout);
    },
  };
}

const lastFeatures = (events: readonly RunEvent[]) =>
  events.filter((event) => event.type === "progress" && event.phase === "features").at(-1);
const losses = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "epoch_end" ? [event.logs["loss"]] : []));

describe("a fit with step_augment", () => {
  it("computes the features of each training image's views once, and of all other images as they are", async () => {
    const { fit } = augmentedDigits();
    const first = await fit();
    // 40 images to learn from in 3 views, 10 to validate on, 20 to test.
    expect(lastFeatures(first)).toMatchObject({ done: 40 * 3 + 10 + 20, cached: 0 });
    const second = await fit();
    expect(lastFeatures(second)).toMatchObject({ done: 150, cached: 150 });
    expect(losses(second)).toEqual(losses(first));
  });

  it("takes what it finds of fewer views, and of the plain images", async () => {
    const { folder, fit } = augmentedDigits();
    await fit();
    const file = path.join(folder, "digits.kspec.ts");
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace("views: 3", "views: 4"));
    expect(lastFeatures(await fit())).toMatchObject({ done: 190, cached: 150 });
    fs.writeFileSync(file, text.replace(/\.step_augment\([^)]*\)/, ""));
    expect(lastFeatures(await fit())).toMatchObject({ done: 70, cached: 30 });
  });

  it("works without a frozen base too", async () => {
    const { fit } = augmentedDigits((text) => text.replace("base.trainable = false;", ""));
    const events = await fit();
    expect(losses(events)).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: "run_ended", status: "done" });
  });
});
