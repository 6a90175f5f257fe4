import { describe, expect, it } from "vitest";
import { sortRows, tabSeparated, type Column } from "../../webview/data-table.tsx";
import { chosenExamples } from "../../webview/examples/chosen-examples.ts";
import { blockGroups } from "../../webview/model/block-groups.ts";
import { cellInk, FULL_INK } from "../../webview/results/cell-ink.ts";
import { classesToShow, classRows, mostConfused } from "../../webview/results/confusion-facts.ts";
import { wcagContrast } from "culori";
import { FIXTURES, stateOf } from "./run-fixtures.ts";

const matrix = {
  levels: ["a", "b", "c"],
  confusion: [
    [8, 2, 0],
    [1, 9, 0],
    [0, 0, 0],
  ],
};

describe("a confusion matrix", () => {
  it("gives precision, recall and F of each class, and null where there is nothing to divide by", () => {
    expect(classRows(matrix)).toEqual([
      { level: "a", n: 10, precision: 8 / 9, recall: 0.8, f: (2 * (8 / 9) * 0.8) / (8 / 9 + 0.8) },
      { level: "b", n: 10, precision: 9 / 11, recall: 0.9, f: (2 * (9 / 11) * 0.9) / (9 / 11 + 0.9) },
      { level: "c", n: 0, precision: null, recall: null, f: null },
    ]);
  });

  it("names the most confused pairs, the fullest first", () => {
    expect(mostConfused(matrix)).toEqual([
      { truth: 0, estimate: 1, count: 2 },
      { truth: 1, estimate: 0, count: 1 },
    ]);
  });

  it("of too many classes shows those with the most mistakes, in the order of the levels", () => {
    expect(classesToShow(matrix, 2)).toEqual([0, 1]);
    expect(classesToShow(matrix, 3)).toEqual([0, 1, 2]);
  });

  it.each([
    ["dark", { background: "#1f1f1f", foreground: "#cccccc", accent: "#3794ff" }],
    ["light", { background: "#ffffff", foreground: "#3b3b3b", accent: "#1a85ff" }],
    ["solarized", { background: "#fdf6e3", foreground: "#657b83", accent: "#268bd2" }],
  ])("prints every count readably on the %s theme", (_, colours) => {
    for (let share = 0.02; share <= 1; share += 0.02) {
      const { fill, text } = cellInk(share, colours);
      expect(wcagContrast(text, fill)).toBeGreaterThanOrEqual(4.49);
    }
    expect(FULL_INK).toBeLessThan(1);
  });
});

describe("a table", () => {
  const columns: Column<{ name: string; value: number | null }>[] = [
    { name: "Name", text: (row) => row.name },
    { name: "Value", numeric: true, text: (row) => row.value?.toFixed(1) ?? "–", order: (row) => row.value },
  ];
  const rows = [
    { name: "b10", value: 2.345 },
    { name: "b9", value: null },
    { name: "a\tb", value: 10 },
  ];

  it("sorts numbers as numbers, names as people do, and what is missing last", () => {
    expect(sortRows(rows, columns[1], true).map((row) => row.value)).toEqual([10, 2.345, null]);
    expect(sortRows(rows, columns[1], false).map((row) => row.value)).toEqual([2.345, 10, null]);
    expect(sortRows(rows, columns[0], false).map((row) => row.name)).toEqual(["a\tb", "b9", "b10"]);
  });

  it("is copied as tab-separated text with the numbers in full", () => {
    expect(tabSeparated(columns, rows)).toBe("Name\tValue\nb10\t2.345\nb9\t–\na b\t10");
  });
});

describe("examples", () => {
  const evaluation = stateOf(FIXTURES.done5).evaluations[0]!;
  const all = { examples: "all", truth: null, estimate: null } as const;

  it("are narrowed to the wrong ones, to a truth, to a cell", () => {
    const wrong = chosenExamples(evaluation, { ...all, examples: "wrong" });
    expect(wrong.length).toBeGreaterThan(0);
    expect(wrong.every((one) => one.truth !== one.estimate)).toBe(true);
    const cell = chosenExamples(evaluation, { ...all, truth: "5", estimate: "7" });
    expect(cell.map((one) => `${one.truth} ${one.estimate}`)).toEqual(cell.map(() => "5 7"));
    expect(cell).toHaveLength(evaluation.confusion[0]![2]!);
  });

  it("of a regression are ordered by their error", () => {
    const { examples, levels } = stateOf(FIXTURES.regression).evaluations[0]!;
    const errors = chosenExamples({ examples, levels }, { ...all, examples: "wrong" }).map((one) =>
      Math.abs(Number(one.truth) - Number(one.estimate)),
    );
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  });
});

it("layers are grouped by block, and a block is frozen when all its weights are", () => {
  const groups = blockGroups(stateOf(FIXTURES.done5).layers);
  expect(groups.map((group) => [group.block, group.layers.length, group.parameters, group.freezing])).toEqual(
    [
      ["input", 1, 0, "none"],
      ["base", 6, 4992, "all"],
      ["flatten", 1, 0, "none"],
      ["output", 1, 7845, "none"],
    ],
  );
});
