import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/protocol/index.ts";
import { jsonLines, kspec, project } from "./kspec.ts";

const EXAMPLES = path.join(import.meta.dirname, "../../examples");
/** Those whose data and weights come with KSpec. */
const EMBEDDED = ["digits_transfer.kspec.ts", "digits_fine_tune.kspec.ts"];

async function fitted(file: string, engine: "native" | "wasm") {
  const folder = project();
  const text = fs.readFileSync(path.join(EXAMPLES, file), "utf8");
  // A model is a call of the spec: the only one with fit_epochs.
  const asked = text.replace(/(fit_epochs[^)]*\}\))/, `$1.set_engine("${engine}")`);
  expect(asked).not.toBe(text);
  // WebAssembly takes its time.
  const small = asked
    .replace(/train: \d+, test: \d+/, "train: 120, test: 40")
    .replace("epochs: 10", "epochs: 2");
  fs.writeFileSync(path.join(folder, file), small);
  const { code, stdout, stderr } = await kspec(["fit", file, "--seed", "3", "--json"], folder);
  expect(code, stderr).toBe(0);
  const events = jsonLines(stdout) as unknown as RunEvent[];
  return {
    trainers: events.flatMap((event) => (event.type === "trainer_chosen" ? [event.trainer.name] : [])),
    epochs: events.flatMap((event) => (event.type === "epoch_end" ? [event.logs] : [])),
  };
}

describe("both engines agree on every example", () => {
  it.each(EMBEDDED)("%s", async (file) => {
    const [native, wasm] = [await fitted(file, "native"), await fitted(file, "wasm")];
    expect(new Set(native.trainers)).toEqual(new Set(["onnxruntime"]));
    expect(new Set(wasm.trainers)).toEqual(new Set(["wasm"]));
    expect(native.epochs.length).toBe(wasm.epochs.length);
    for (const [i, logs] of native.epochs.entries())
      for (const key of ["loss", "val_loss"])
        // Features are computed by each engine too, and differ in the last places.
        expect(Math.abs(logs[key]! - wasm.epochs[i]![key]!), `${key} of epoch ${i + 1}`).toBeLessThan(1e-3);
  });
});
