import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import { describe, expect, it, onTestFinished } from "vitest";
import { numberArray, textArray, writeNpz, type NpzArray } from "../../src/data/formats/write-npz.ts";

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kspec-npz-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** 3 × 2 numbers, in parts that are not rows. */
const matrix: NpzArray = {
  name: "train_x",
  type: "<f4",
  shape: [3, 2],
  parts: () => [1, 2, 3].map((k) => new Uint8Array(Float32Array.of(k, k + 0.5).buffer)),
};

describe("a NumPy archive", () => {
  it("has each array under its name, with NumPy's header and the values after it", async () => {
    const file = path.join(temporaryFolder(), "a.npz");
    await writeNpz(file, [
      matrix,
      numberArray("train_y", Int32Array.of(0, -1, 1)),
      textArray("levels", ["cat", "größe", "😀"]),
    ]);
    const files = unzipSync(fs.readFileSync(file));
    expect(Object.keys(files)).toEqual(["train_x.npy", "train_y.npy", "levels.npy"]);
    expect(npy(files["train_x.npy"]!)).toEqual({
      header: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",
      values: new Uint8Array(Float32Array.of(1, 1.5, 2, 2.5, 3, 3.5).buffer),
    });
    expect(npy(files["train_y.npy"]!)).toEqual({
      header: "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }",
      values: new Uint8Array(Int32Array.of(0, -1, 1).buffer),
    });
    const { header, values } = npy(files["levels.npy"]!);
    expect(header).toBe("{'descr': '<U5', 'fortran_order': False, 'shape': (3,), }");
    const characters = new Uint32Array(values.slice().buffer);
    expect(String.fromCodePoint(...characters.subarray(5, 10))).toBe("größe");
    expect([...characters.subarray(10)]).toEqual([0x1f600, 0, 0, 0, 0]);
  });

  it("asks for an array's values when it is its turn, and holds none of them", async () => {
    const file = path.join(temporaryFolder(), "big.npz");
    let alive = 0;
    let most = 0;
    const big = (name: string): NpzArray => ({
      name,
      type: "<f4",
      shape: [200, 25_000],
      async *parts() {
        most = Math.max(most, ++alive);
        for (let row = 0; row < 200; row++)
          yield new Uint8Array(Float32Array.from({ length: 25_000 }, () => row).buffer);
        alive--;
      },
    });
    await writeNpz(file, [big("train_x"), big("test_x")]);
    expect(most).toBe(1);
    expect(fs.statSync(file).size).toBeGreaterThan(40e6);
  });

  it("that fails half-way, or is cancelled, leaves what was there before", async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "a.npz");
    fs.writeFileSync(file, "the old one");
    const stop = new AbortController();
    let ended = 0;
    const ending = (how: () => void): NpzArray => ({
      ...matrix,
      *parts() {
        try {
          yield new Uint8Array(8);
          how();
          yield new Uint8Array(16);
        } finally {
          ended++;
        }
      },
    });
    const broken = ending(() => {
      throw new RangeError("no such row");
    });
    await expect(writeNpz(file, [numberArray("y", Int32Array.of(1)), broken])).rejects.toThrow("no such row");
    await expect(writeNpz(file, [{ ...matrix, shape: [4, 2] }])).rejects.toThrow();
    const cancelled = writeNpz(file, [ending(() => stop.abort(new Error("stopped")))], stop.signal);
    await expect(cancelled).rejects.toThrow("stopped");
    expect(ended).toBe(2);
    expect(fs.readdirSync(folder)).toEqual(["a.npz"]);
    expect(fs.readFileSync(file, "utf8")).toBe("the old one");
  });

  it("in a folder that is not there: a message that names the file", async () => {
    const file = path.join(temporaryFolder(), "none", "a.npz");
    await expect(writeNpz(file, [matrix])).rejects.toMatchObject({
      code: "cannot-write",
      message: `${file} cannot be written (ENOENT). Choose another file with --out.`,
    });
  });
});

function npy(file: Uint8Array): { header: string; values: Uint8Array } {
  const bytes = Buffer.from(file);
  expect(bytes.toString("latin1", 0, 8)).toBe("\x93NUMPY\x01\x00");
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  return { header: bytes.toString("latin1", 10, start).trimEnd(), values: file.slice(start) };
}
