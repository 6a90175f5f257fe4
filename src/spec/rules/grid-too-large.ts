import { gridSizeOf } from "../grid-size.ts";
import type { FileRule } from "./rule.ts";

/** Fits that are more than most people mean to wait for. */
const MANY = 10_000;

/** A grid that takes very many fits. Nothing is wrong with it; it says how long the way is. */
export const gridTooLarge: FileRule = {
  code: "grid-too-large",
  severity: "information",
  about: "A grid and its resamples make more than 10,000 fits.",
  on: "file",
  *check({ tunings = [] }) {
    for (const tuning of tunings) {
      const { grid, resamples, method } = tuning;
      const size = gridSizeOf(tuning);
      if (size === undefined || grid === undefined || grid === "absent") continue;
      const fits = size.candidates * (resamples ?? 1);
      if (fits <= MANY) continue;
      const upTo = size.at_most ? "up to " : "";
      const each =
        resamples === undefined
          ? `${upTo}${counted(size.candidates)} candidates`
          : `${upTo}${counted(size.candidates)} candidates on ${counted(resamples)} resamples, ${counted(fits)} fits`;
      yield {
        message: `This grid makes ${each}. ${
          method.startsWith("tune_race")
            ? "The race gives most of them up early; fewer levels or a grid of a given size, grid: 30, take less still."
            : "Fewer levels, a grid of a given size, grid: 30, or tune_race_anova() take less."
        }`,
        span: grid.span,
      };
    }
  },
};

const counted = (count: number) => count.toLocaleString("en-US");
