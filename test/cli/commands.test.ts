import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { FileDiagnostic } from "../../src/jobs/index.ts";
import type { MetricRow } from "../../src/protocol/index.ts";
import { encodePng } from "../../src/data/index.ts";
import { bundle, jsonLines, kspec, project, runsOf } from "./kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];

describe("help and usage", () => {
  it("has examples for every command, and loads no TensorFlow for it", async () => {
    const folder = project();
    for (const command of [
      [],
      ["check"],
      ["fit"],
      ["predict"],
      ["evaluate"],
      ["export"],
      ["runs"],
      ["init"],
    ]) {
      const { code, stdout } = await kspec([...command, "--help"], folder);
      expect(code).toBe(0);
      expect(stdout).toMatch(command[0] === "runs" ? /Usage: kspec runs/ : /Examples:\n {2}kspec /);
    }
    const loaded = spawnSync(
      process.execPath,
      [
        "-e",
        `process.argv = ["node", "kspec", "--help"]; process.on("exit", () => console.error(Object.keys(require.cache).join("\\n"))); require(${JSON.stringify(bundle("cli.js"))});`,
      ],
      { encoding: "utf8" },
    );
    expect(loaded.stderr).toContain("cli.js");
    expect(loaded.stderr).not.toMatch(/engine\.js|tfjs/);
  });

  it("says its version", async () => {
    expect((await kspec(["--version"], project())).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [["fit"], "name a spec file, or a run to go on with"],
    [["fit", "a.kspec.ts", "--seed", "-1"], "It must be a whole number"],
    [["dance"], "unknown command 'dance'"],
    [["runs", "--jsn"], "Did you mean --json?"],
    [["fit", "nowhere.kspec.ts"], "does not exist"],
    [["predict", "last", "x.csv"], "There are no runs in"],
    [[], "Usage: kspec"],
  ])("%j ends with exit code 2", async (args, told) => {
    const { code, stdout, stderr } = await kspec(args, project());
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(told);
  });
});

describe("kspec check", () => {
  it("tells place, severity, code and message, with the line", async () => {
    const { code, stdout } = await kspec(["check", "wrong.kspec.ts"], project("wrong.kspec.ts"));
    expect(code).toBe(2);
    expect(stdout).toContain(
      'wrong.kspec.ts:10:36 error unknown-upstream: No block is named "inptu". Did you mean "input"?\n' +
        '  10 |     output: inp_spec(output_block, "inptu"),\n' +
        "     |                                    ^^^^^^^\n",
    );
    expect(stdout).toMatch(/1 error and 1 remark\.\n$/);
  });

  it("--json prints one diagnostic a line, with LSP positions and keys in this order", async () => {
    const folder = project("wrong.kspec.ts", ...FLOWERS);
    const { code, stdout } = await kspec(["check", "wrong.kspec.ts", "flowers.kspec.ts", "--json"], folder);
    expect(code).toBe(2);
    const found = jsonLines<FileDiagnostic>(stdout);
    expect(found.map(({ severity }) => severity)).toEqual(["information", "error"]);
    expect(stdout.trimEnd().split("\n")[1]).toBe(
      JSON.stringify({
        file: path.join(folder, "wrong.kspec.ts"),
        range: { start: { line: 9, character: 35 }, end: { line: 9, character: 42 } },
        severity: "error",
        code: "unknown-upstream",
        message: 'No block is named "inptu". Did you mean "input"?',
        fix: 'Change to "input"',
      }),
    );
  });

  it("is content with a spec that nothing is wrong with, and with one that only has remarks", async () => {
    const folder = project("alone.kspec.ts", ...FLOWERS);
    expect(await kspec(["check", "flowers.kspec.ts"], folder)).toMatchObject({
      code: 0,
      stdout: "No problems.\n",
    });
    expect(await kspec(["check", "alone.kspec.ts"], folder)).toMatchObject({ code: 0 });
  });

  it("keeps what a spec prints off stdout", async () => {
    const folder = project();
    fs.writeFileSync(path.join(folder, "loud.kspec.ts"), 'console.log("hello"); export const x = 1;');
    const { stdout, stderr } = await kspec(["check", "loud.kspec.ts", "--json"], folder);
    expect(jsonLines(stdout)).toHaveLength(1);
    expect(stderr).toBe("hello\n");
  });
});

describe("kspec predict and evaluate", () => {
  it("puts predictions beside the input's own columns, and measures what has a truth", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts", "--seed", "1"], folder);
    fs.writeFileSync(
      path.join(folder, "new.csv"),
      'note,petal,stem,colour\n"a, ""quoted"" note",1.20,4.8,white\nplain,5.9,2.1,red\n',
    );
    const { code, stdout } = await kspec(["predict", "last", "new.csv"], folder);
    expect(code).toBe(0);
    const [header, first, second] = stdout.split("\n");
    expect(header).toBe("note,petal,stem,colour,.pred_class,.pred_daisy,.pred_rose,.pred_tulip");
    expect(first).toMatch(/^"a, ""quoted"" note",1\.20,4\.8,white,daisy,/);
    expect(second).toMatch(/^plain,5\.9,2\.1,red,rose,/);

    const written = await kspec(
      ["predict", path.basename(runsOf(folder)[0]!), "new.csv", "--out", "out.csv"],
      folder,
    );
    expect(written.stdout).toBe("2 predictions written to out.csv\n");
    expect(fs.readFileSync(path.join(folder, "out.csv"), "utf8")).toBe(stdout);

    const json = jsonLines<Record<string, unknown>>(
      (await kspec(["predict", "last", "new.csv", "--json"], folder)).stdout,
    );
    expect(json).toMatchObject([{ petal: "1.20", ".pred_class": "daisy" }, { ".pred_class": "rose" }]);

    const measured = await kspec(["evaluate", "last", "flowers.csv", "--json"], folder);
    const rows = jsonLines<MetricRow>(measured.stdout);
    expect(rows.map((row) => row[".metric"])).toEqual(["accuracy", "kap"]);
    expect(rows[0]![".estimate"]).toBeGreaterThan(0.9);
    const shown = await kspec(["evaluate", runsOf(folder)[0]!, "flowers.csv"], folder);
    expect(shown.stdout).toMatch(/^120 rows\naccuracy multiclass [\d.]+\nkap multiclass [\d.]+\n$/);
  });

  it("says what does not fit, in one sentence", async () => {
    const folder = project(...FLOWERS);
    await kspec(["fit", "flowers.kspec.ts"], folder);
    fs.writeFileSync(path.join(folder, "less.csv"), "petal,colour\n1,white\n");
    const less = await kspec(["predict", "last", "less.csv"], folder);
    expect(less.code).toBe(1);
    expect(less.stderr).toMatch(/^kspec: .*`stem`.*\n$/);
    fs.writeFileSync(path.join(folder, "new.csv"), "petal,stem,colour\n1,5,white\n");
    const truthless = await kspec(["evaluate", "last", "new.csv"], folder);
    expect(truthless.stderr).toContain('Give a CSV file with a column "flower".');
  });

  it("predicts images and folders, and keeps pictures of the test rows", async () => {
    const folder = project("folder.kspec.ts");
    await writePhotos(folder, { dark: 20, light: 20 });
    const fitted = await kspec(["fit", "folder.kspec.ts", "--seed", "1", "--json"], folder);
    expect(fitted.code).toBe(0);
    const evaluation = jsonLines(fitted.stdout).find((event) => event.type === "evaluation");
    expect(evaluation?.examples).toHaveLength(10);
    for (const { image } of evaluation!.examples)
      expect(
        fs
          .readFileSync(path.join(runsOf(folder)[0]!, image!))
          .subarray(1, 4)
          .toString(),
      ).toBe("PNG");

    const { stdout } = await kspec(["predict", "last", "photos/light", "photos/dark/3.png"], folder);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("image,.pred_class,.pred_dark,.pred_light");
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toMatch(/^photos\/dark\/3\.png,dark,/);
    const measured = await kspec(["evaluate", "last", "photos"], folder);
    expect(measured.stdout).toContain("accuracy binary 1.000");
  });
});

describe("kspec runs and init", () => {
  it("lists runs newest first", async () => {
    const folder = project(...FLOWERS);
    expect((await kspec(["runs"], folder)).stdout).toContain("No runs in .kspec/runs.");
    await kspec(["fit", "flowers.kspec.ts"], folder);
    await kspec(["fit", "flowers.kspec.ts"], folder);
    const { stdout } = await kspec(["runs"], folder);
    const listed = stdout.trimEnd().split("\n");
    expect(listed.map((line) => line.split(" ")[0])).toEqual(
      runsOf(folder)
        .map((run) => path.basename(run))
        .reverse(),
    );
    expect(listed[0]).toMatch(/ {2}done {2} *[\d.]+ s {2}accuracy [\d.]+$/);
    expect(jsonLines((await kspec(["runs", "--json"], folder)).stdout)).toMatchObject([
      { status: "done", workflow: "default", model: "flowers", metrics: [{ ".metric": "accuracy" }, {}] },
      {},
    ]);
  });

  it("writes a first spec that nothing is wrong with and that fits, and writes over nothing", async () => {
    const folder = project();
    expect((await kspec(["init", "cats"], folder)).stdout).toBe(
      "Wrote cats.kspec.ts. Fit it: kspec fit cats.kspec.ts\n",
    );
    expect((await kspec(["check", "cats.kspec.ts"], folder)).stdout).toBe("No problems.\n");
    const fitted = await kspec(["fit", "cats.kspec.ts", "--seed", "1"], folder);
    expect(fitted.code).toBe(0);
    expect(fitted.stdout).toMatch(/accuracy multiclass (0\.[89]\d*|1\.000)\n$/);
    const again = await kspec(["init", "cats"], folder);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("is there already") as string });
  });
});

describe("pipes and colours", () => {
  it("survives a reader that goes away", () => {
    const folder = project(...FLOWERS);
    const piped = spawnSync(
      "sh",
      [
        "-c",
        `"${process.execPath}" "${bundle("cli.js")}" fit flowers.kspec.ts --json | head -n 1; echo "done"`,
      ],
      { cwd: folder, encoding: "utf8" },
    );
    expect(piped.stderr).toBe("");
    expect(piped.stdout).toMatch(/^\{"type":"run_started".*\}\ndone\n$/);
    // The fit is worth more than its printout.
    expect(fs.existsSync(path.join(runsOf(folder)[0]!, "metrics.json"))).toBe(true);
  });

  it("has no colours where stdout is no terminal", async () => {
    const { stdout } = await kspec(["check", "wrong.kspec.ts"], project("wrong.kspec.ts"), {
      FORCE_COLOR: "1",
    });
    expect(stdout).not.toContain("\u001B");
  });
});

/** Small pictures in class folders: dark ones and light ones, no two alike. */
async function writePhotos(folder: string, classes: Record<string, number>): Promise<void> {
  for (const [label, count] of Object.entries(classes)) {
    fs.mkdirSync(path.join(folder, "photos", label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const pixels = Uint8Array.from(
        { length: 6 * 6 * 3 },
        (_, at) => (label === "light" ? 200 : 20) + ((at * 7 + i) % 40),
      );
      const png = await encodePng({
        height: 6,
        width: 6,
        channels: 3,
        read: () => Promise.resolve(pixels),
      });
      fs.writeFileSync(path.join(folder, "photos", label, `${i}.png`), png);
    }
  }
}
