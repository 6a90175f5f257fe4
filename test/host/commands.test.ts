import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMANDS, type CommandHost } from "../../src/host/commands.ts";

interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string }[]>;
    walkthroughs: { steps: { description: string; media: { svg: string } }[] }[];
    typescriptServerPlugins: { name: string }[];
  };
}
const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("package.json", root), "utf8");
const { contributes, activationEvents } = JSON.parse(text) as Manifest;

test("every command in the manifest is registered under the same title, and the reverse", () => {
  const declared = Object.fromEntries(contributes.commands.map(({ command, title }) => [command, title]));
  const registered = Object.fromEntries(Object.entries(COMMANDS).map(([id, { title }]) => [id, title]));
  expect(declared).toEqual(registered);
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(["KSpec"]));
});

test("menus and the walkthrough name only commands that exist", () => {
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
  const links = [...text.matchAll(/command:(kspec\.\w+)/gi)].map((match) => match[1]!);
  const completions = [...text.matchAll(/onCommand:(kspec\.\w+)/gi)].map((match) => match[1]!);
  for (const id of [...inMenus, ...links, ...completions]) expect(Object.keys(COMMANDS)).toContain(id);
});

test("the walkthrough's pictures exist", () => {
  for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps))
    expect(readFileSync(new URL(media.svg, root), "utf8")).toMatch(/^<svg /);
});

test("a restored panel and a TypeScript file wake the extension", () => {
  expect(activationEvents).toContain("onWebviewPanel:kspec.results");
  expect(activationEvents).toContain("onLanguage:typescript");
});

test("Fit model and Tune model take a code lens's name, and no menu's second argument for one", () => {
  const calls: unknown[][] = [];
  const host: CommandHost = {
    fit: (...args) => calls.push(args),
    tune: (...args) => calls.push(args),
    fitBest: () => undefined,
    useBestValues: () => undefined,
    cancelFit: () => undefined,
    resume: () => undefined,
    showResults: () => undefined,
    exportModel: () => undefined,
    clearCache: () => undefined,
    newSpec: () => undefined,
    doctor: () => undefined,
    installTensorFlow: () => undefined,
    removeTensorFlow: () => undefined,
    showLog: () => undefined,
  };
  COMMANDS["kspec.fit"].run(host, "file:///a.kspec.ts", "default");
  COMMANDS["kspec.fit"].run(host, { scheme: "file" }, { groupId: 0 });
  COMMANDS["kspec.fit"].run(host);
  COMMANDS["kspec.tune"].run(host, "file:///a.kspec.ts", "results");
  COMMANDS["kspec.tune"].run(host, { scheme: "file" }, { groupId: 0 });
  expect(calls).toEqual([
    ["file:///a.kspec.ts", "default"],
    [{ scheme: "file" }, undefined],
    [undefined, undefined],
    ["file:///a.kspec.ts", "results"],
    [{ scheme: "file" }, undefined],
  ]);
});
