import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readRun } from "../../src/runs/index.ts";
import { jsonLines, kspec, project, runsOf } from "./kspec.ts";
import { canMount, mount } from "./tiny-disk.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

describe("data that are not as they should be end the run as failed, with one sentence", () => {
  it.each([
    ["a missing column", "petal,stem,flower\n1,2,rose\n2,3,daisy\n", /`?"?colour`?"?/],
    ["ragged rows", "petal,stem,colour,flower\n1,2,red,rose\n1,2,red\n", /line 3/],
    [
      "a number that is missing",
      "petal,stem,colour,flower\n1,2,red,rose\n,2,white,daisy\n3,1,red,rose\n4,5,white,daisy\n",
      /petal/,
    ],
    ["no rows", "petal,stem,colour,flower\n", /flowers\.csv/],
    ["nothing at all", "", /flowers\.csv/],
  ])("a CSV with %s", async (_, text, told) => {
    const folder = project(...FLOWERS);
    fs.writeFileSync(path.join(folder, "flowers.csv"), text);
    await failsWith(folder, "flowers.kspec.ts", told);
  });

  it("a CSV that is not there", async () => {
    const folder = project("flowers.kspec.ts", "activation.ts");
    await failsWith(folder, "flowers.kspec.ts", /flowers\.csv/);
  });

  it("a folder of images that is not there, is empty, has one class, or a text file named .png", async () => {
    const folder = project("folder.kspec.ts");
    const photos = path.join(folder, "photos");
    await failsWith(folder, "folder.kspec.ts", /photos/);
    fs.mkdirSync(photos);
    await failsWith(folder, "folder.kspec.ts", /photos/);
    fs.mkdirSync(path.join(photos, "cats"));
    for (const name of ["1.png", "2.png", "3.png", "4.png"])
      fs.writeFileSync(path.join(photos, "cats", name), PIXEL);
    await failsWith(folder, "folder.kspec.ts", /cats/);
    fs.mkdirSync(path.join(photos, "dogs"));
    for (const name of ["1.png", "2.png", "3.png"]) fs.writeFileSync(path.join(photos, "dogs", name), PIXEL);
    fs.writeFileSync(path.join(photos, "dogs", "notes.png"), "not an image");
    await failsWith(folder, "folder.kspec.ts", /notes\.png/);
  });
});

describe("weights and data that nobody has", () => {
  it("end within seconds with which file is missing, where it was looked for, and what to do", async () => {
    const folder = project();
    const example = path.join(import.meta.dirname, "../../examples/resnet_transfer.kspec.ts");
    fs.copyFileSync(example, path.join(folder, "resnet_transfer.kspec.ts"));
    const from = Date.now();
    const { code, stderr } = await kspec(["fit", "resnet_transfer.kspec.ts"], folder, {
      KERAS_HOME: path.join(folder, "keras"),
      KSPEC_MIRROR: "",
    });
    expect(code).toBe(1);
    expect(Date.now() - from).toBeLessThan(20_000);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5");
    expect(stderr).toContain(path.join(folder, "keras"));
    expect(stderr).toContain("KSPEC_MIRROR");
  });
});

describe("a folder that cannot be written to", () => {
  it("is named before anything is computed", async () => {
    const folder = project(...FLOWERS);
    fs.writeFileSync(path.join(folder, "runs"), "a file");
    const { code, stderr, stdout } = await kspec(["fit", "flowers.kspec.ts", "--runs", "runs"], folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path.join(folder, "runs")} cannot be a folder, because a file has its name`);
    expect(stdout).not.toContain("epoch");
  });

  // Root may write anywhere but on a file system that is mounted read-only.
  const isRoot = process.platform === "linux" && os.userInfo().uid === 0;

  it.skipIf(process.platform === "win32" || isRoot)("says so where permissions deny it", async () => {
    const folder = project(...FLOWERS);
    fs.chmodSync(folder, 0o555);
    const { code, stderr } = await kspec(["fit", "flowers.kspec.ts"], folder);
    fs.chmodSync(folder, 0o755);
    expect(code).toBe(1);
    expect(stderr).toContain("cannot be written to: permission denied");
  });

  it.skipIf(!canMount())("says so on a read-only file system", async () => {
    const folder = project(...FLOWERS);
    const mounted = mount(folder, "size=1m,ro");
    const { code, stderr } = await kspec(
      ["fit", "flowers.kspec.ts", "--runs", path.join(mounted, "runs")],
      folder,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("is on a read-only file system");
    expect(stderr).toContain("--runs DIR");
  });

  it.skipIf(!canMount())(
    "stops honestly when the disk is full, and what was written can be read",
    async () => {
      const folder = project("long.kspec.ts", ...FLOWERS);
      const runs = mount(folder, "size=128k");
      const { code, stdout } = await kspec(["fit", "long.kspec.ts", "--runs", runs, "--json"], folder);
      expect(code).toBe(1);
      const ended = jsonLines(stdout).at(-1)!;
      expect(ended).toMatchObject({
        type: "run_ended",
        status: "failed",
        error: {
          message: expect.stringMatching(/^The disk is full: nothing more can be written to /) as string,
        },
        kept: expect.stringMatching(/^The model of epoch \d+ is kept\.$/) as string,
      });
      const [run] = fs.readdirSync(runs);
      const read = readRun(path.join(runs, run!));
      expect(read.events.filter(({ type }) => type === "epoch_end").length).toBeGreaterThan(0);
      expect(read.notes.filter((note) => note.includes("cannot be read"))).toEqual([]);
      const predicted = await kspec(["predict", path.join(runs, run!), "flowers.csv"], folder);
      expect(predicted.stderr).toBe("");
      expect(predicted.code).toBe(0);
    },
  );
});

describe("a run that is damaged", () => {
  it("is listed and read with its last line cut off", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts"], folder);
    const events = path.join(runsOf(folder)[0]!, "events.jsonl");
    fs.truncateSync(events, fs.statSync(events).size - 30);
    const listed = jsonLines<{ status: string }>((await kspec(["runs", "--json"], folder)).stdout);
    expect(listed).toMatchObject([{ status: "lost", metrics: [{ ".metric": "accuracy" }, {}] }]);
    expect((await kspec(["predict", "last", "flowers.csv"], folder)).code).toBe(0);
  });

  it("says so when its model is gone", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts"], folder);
    fs.rmSync(path.join(runsOf(folder)[0]!, "model"), { recursive: true });
    const { code, stderr } = await kspec(["predict", "last", "flowers.csv"], folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kspec: The run .* has no model: .* Fit it again/);
  });
});

async function failsWith(folder: string, spec: string, told: RegExp): Promise<void> {
  const before = runsOf(folder).length;
  const { code, stdout } = await kspec(["fit", spec, "--json"], folder);
  expect(code).toBe(1);
  const ended = jsonLines(stdout).at(-1)!;
  expect(ended).toMatchObject({
    type: "run_ended",
    status: "failed",
    kept: "Nothing is kept: no epoch was finished.",
  });
  const message = ended.type === "run_ended" ? ended.error?.message : undefined;
  expect(message).toMatch(told);
  expect(message).not.toMatch(/did not expect|\n/);
  expect(readRun(runsOf(folder)[before]!).status).toBe("failed");
}

/** One pixel, grey. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);
