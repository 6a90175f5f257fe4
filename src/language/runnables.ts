import type { Export } from "../spec/index.ts";
import type { Range } from "./diagnostic.ts";
import { analyse } from "./parse.ts";

/** A workflow that the file exports, and that can so be fitted. */
export interface Runnable {
  /** The name it is exported by; "default" too. */
  readonly name: string;
  /** For a person who chooses among several. */
  readonly title: string;
  /** The statement that exports it. */
  readonly range: Range;
  readonly isDefault: boolean;
}

/** The workflows that a text exports, in the order of the text; one that is exported under two names is here once. */
export function runnables(text: string, fileName: string): Runnable[] {
  const { file, lines } = analyse(text, fileName);
  const byWorkflow = new Map<unknown, Export[]>();
  for (const one of file.exports)
    if (one.workflow) byWorkflow.set(one.workflow, [...(byWorkflow.get(one.workflow) ?? []), one]);
  return [...byWorkflow.values()].flatMap((exports) => {
    const [first] = exports;
    if (!first) return [];
    const isDefault = exports.some(({ name }) => name === "default");
    const named = exports.find(({ name }) => name !== "default");
    const model = first.workflow?.model?.spec.model_name;
    return [
      {
        name: isDefault ? "default" : first.name,
        title: named?.name ?? (model ? `default (${model})` : "default"),
        range: lines.range(first.statement ?? { start: 0, end: 0 }),
        isDefault,
      },
    ];
  });
}
