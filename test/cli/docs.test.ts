import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { PHASES } from "../../src/protocol/index.ts";
import { IN_RUN, RUN_EVENT_TYPES } from "../../src/runs/index.ts";
import { jsonLines, kspec, project, runsOf } from "./kspec.ts";

const text = fs.readFileSync(path.join(import.meta.dirname, "../../docs/cli.md"), "utf8");

/** The part of the page under a heading, up to the next one. */
function section(heading: string): string {
  const [, rest] = text.split(`\n${heading}\n`);
  return rest?.split(/\n#{2,3} /)[0] ?? "";
}

describe("docs/cli.md", () => {
  it.each(RUN_EVENT_TYPES)("describes the event %s", (type) => {
    expect(section(`### \`${type}\``)).toMatch(/^\| `/m);
  });

  it("describes every field that events really have, and every file of a run", async () => {
    const folder = project("flowers.kspec.ts", "activation.ts", "flowers.csv");
    await kspec(["fit", "flowers.kspec.ts"], folder);
    const { stdout } = await kspec(["fit", "flowers.kspec.ts", "--json"], folder);
    const missing = jsonLines<Record<string, unknown> & { type: string }>(stdout).flatMap((event) =>
      Object.keys(event)
        .filter((field) => !["type", "run", "time"].includes(field))
        .filter((field) => !section(`### \`${event.type}\``).includes(`\`${field}\``))
        .map((field) => `${event.type}.${field}`),
    );
    expect(missing).toEqual([]);
    const files = section("## A run's folder");
    for (const name of fs.readdirSync(runsOf(folder)[0]!)) expect(files).toContain(`\`${name}`);
    for (const name of Object.values(IN_RUN)) expect(files).toContain(`${path.posix.basename(name)}`);
  });

  it("names every phase, command and option", async () => {
    for (const phase of PHASES) expect(section("### `phase_started`")).toContain(`\`${phase}\``);
    const help = await kspec(["--help"], project());
    for (const [, command] of help.stdout.matchAll(/^ {2}([a-z-]+) \[options\]/gm)) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${command}`));
      expect(row, command).toBeDefined();
      const { stdout } = await kspec([command!, "--help"], project());
      for (const [, option] of stdout.matchAll(/^ {2}(--[a-z]+)/gm)) expect(row, command).toContain(option);
    }
  });
});
