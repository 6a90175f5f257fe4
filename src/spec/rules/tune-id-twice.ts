import { marksOf } from "../marks.ts";
import type { FileRule } from "./rule.ts";

/** Two marks of one workflow have one id, so that a grid's column would be for both. */
export const tuneIdTwice: FileRule = {
  code: "tune-id-twice",
  severity: "error",
  about: "Two arguments that are tuned have one name in the results.",
  on: "file",
  *check({ tunings = [] }) {
    for (const { workflow } of tunings) {
      if (workflow === undefined) continue;
      const seen = new Map<string, string>();
      for (const { id, given, step } of marksOf(workflow).list) {
        if (id === undefined) continue;
        const first = seen.get(id);
        const own = step === undefined ? `"${given.name}"` : `"${given.name}" of ${step}()`;
        if (first === undefined) seen.set(id, own);
        else
          yield {
            message: `${first} and ${own} are both tuned as "${id}". Give one of them a name of its own: tune("other_${id}").`,
            span: given.value_span ?? given.span,
            covers: given.entry,
          };
      }
    }
  },
};
