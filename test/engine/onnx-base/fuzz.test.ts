import "./own-cache.ts";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadOnnxBase } from "../../../src/engine/onnx-base/index.ts";
import { randomStream } from "../../../src/engine/random.ts";
import { isUserError } from "../../../src/protocol/index.ts";
import { spoilt } from "./damage.ts";

// `KSPEC_FUZZ=100000 npx vitest run --project engine test/engine/onnx-base/fuzz.test.ts` for longer; KSPEC_FUZZ_SEED for others.

const rounds = Number(process.env["KSPEC_FUZZ"] ?? 2000);
const seed = Number(process.env["KSPEC_FUZZ_SEED"] ?? 1);
const fixtures = path.join(import.meta.dirname, "../../fixtures/parity/onnx");
const models = readdirSync(fixtures).filter((name) => name.endsWith(".onnx") && name !== "external.onnx");

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), "kspec-onnx-fuzz-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

it(
  "damaged files are refused by name, or computed, and never crash",
  async () => {
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      const random = randomStream(seed, `fuzz ${round}`);
      const whole = readFileSync(path.join(fixtures, models[round % models.length]!));
      const file = path.join(folder, "damaged.onnx");
      writeFileSync(
        file,
        spoilt(whole, Math.floor(round / models.length), (limit) => Math.floor(random() * limit)),
      );
      try {
        await loadOnnxBase(file);
      } catch (error) {
        expect(isUserError(error), `round ${round}: ${String((error as Error).stack)}`).toBe(true);
        expect((error as Error).message).toContain("damaged.onnx");
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(rounds / 3);
  },
  60_000 + rounds * 100,
);
