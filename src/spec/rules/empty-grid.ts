import { gridSizeOf } from "../grid-size.ts";
import type { FileRule } from "./rule.ts";

/** A grid without a candidate: no rows, no levels, a size of 0. */
export const emptyGrid: FileRule = {
  code: "empty-grid",
  severity: "error",
  about: "A grid has no candidates.",
  on: "file",
  *check({ tunings = [] }) {
    for (const tuning of tunings) {
      const { grid } = tuning;
      if (grid === undefined || grid === "absent") continue;
      if (grid.kind === "regular" && typeof grid.levels === "object") {
        for (const { name, value, value_span } of grid.levels)
          if (typeof value.literal === "number" && value.literal < 1)
            yield {
              message: `"${name}" has no levels, so the grid has no candidates. Give it 1 or more.`,
              span: value_span,
            };
      } else if (none(grid.kind === "regular" ? grid.levels : gridSizeOf(tuning)?.candidates))
        yield {
          message: "This grid has no candidates, so there is nothing to try. Give it at least one.",
          span: grid.span,
        };
    }
  },
};

function none(count: unknown): boolean {
  return typeof count === "number" && count < 1;
}
