import { marksOf, type Export } from "../spec/index.ts";
import type { Range } from "./diagnostic.ts";
import { analyse } from "./parse.ts";

/** Something that the file exports, and that can so be fitted or tuned. */
export interface Runnable {
  /** The name it is exported by; "default" too. */
  readonly name: string;
  readonly kind: "fit" | "tune";
  /** For a person who chooses among several. */
  readonly title: string;
  /** The statement that exports it. */
  readonly range: Range;
  readonly isDefault: boolean;
}

/**
 * What can be run of a text's exports, in the order of the text; one that is exported under two names is here once, and a last fit of
 * a tuning's candidate twice: it can be fitted, and tuned alone.
 */
export function runnables(text: string, fileName: string): Runnable[] {
  const { file, lines } = analyse(text, fileName);
  const byIdentity = new Map<object, Export[]>();
  for (const one of file.exports)
    if (one.identity && kindsOf(one).length > 0)
      byIdentity.set(one.identity, [...(byIdentity.get(one.identity) ?? []), one]);
  return [...byIdentity.values()].flatMap((exports) => {
    const [first] = exports;
    if (!first) return [];
    const isDefault = exports.some(({ name }) => name === "default");
    const named = exports.find(({ name }) => name !== "default");
    const { workflow = first.tunings?.[0]?.workflow } = first;
    const model = workflow?.model?.spec.model_name;
    return kindsOf(first).map((kind) => ({
      name: isDefault ? "default" : first.name,
      kind,
      title: named?.name ?? (model ? `default (${model})` : "default"),
      range: lines.range(first.statement ?? { start: 0, end: 0 }),
      isDefault,
    }));
  });
}

function kindsOf({ kind, workflow }: Export): readonly Runnable["kind"][] {
  switch (kind) {
    case "workflow":
      // What is exported beside its tuning has marks, and cannot be fitted.
      return workflow?.handed_on && marksOf(workflow).list.length > 0 ? [] : ["fit"];
    case "last_fit":
      return workflow ? ["fit"] : ["fit", "tune"];
    case "tuning":
    case "workflow_map":
      return ["tune"];
    default:
      return [];
  }
}
