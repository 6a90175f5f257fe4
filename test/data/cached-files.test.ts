import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { dropUnused } from "../../src/data/cached-files.ts";

it("what was not used for a month goes where it is made again, and stays where it was downloaded", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kspec-cached-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  vi.stubEnv("KSPEC_CACHE", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const days = (count: number) => new Date(Date.now() - count * 86_400_000);
  const make = (name: string, age: number) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, "bytes");
    fs.utimesSync(file, days(age), days(age));
    return () => fs.existsSync(file);
  };
  const used = [make("weights/a.bin", 2), make("weights/a.bin.json", 90)];
  const unused = [make("weights/b.bin", 31), make("weights/b.bin.json", 31), make("weights/c.bin.json", 40)];
  const downloaded = make("mirrors/host/models/old.h5", 400);
  const archive = make("unpacked/d/data_batch_1.bin", 31);
  const recent = make("unpacked/e/data_batch_1.bin", 1);
  fs.utimesSync(path.join(folder, "unpacked/d"), days(31), days(31));
  await dropUnused();
  expect(used.map((there) => there())).toEqual([true, true]);
  // A list whose file went before it goes the next time.
  await dropUnused();
  expect(unused.map((there) => there())).toEqual([false, false, false]);
  expect([downloaded(), archive(), recent()]).toEqual([true, false, true]);
});
