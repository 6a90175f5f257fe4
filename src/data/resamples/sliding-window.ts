import { UserError } from "../../protocol/index.ts";
import { lazily, numbered, rowsBetween, type Resampling } from "./resampling.ts";

/**
 * `sliding_window`: for each row, it and the `lookback` rows before it are learnt from, and the rows from `assess_start` to
 * `assess_stop` after it are predicted. `complete: false` also takes windows that begin before the first row; `skip` leaves out the
 * first windows, and of the others every `step`-th is taken.
 */
export const slidingWindow: Resampling = {
  label(options) {
    const lookback = options.wholeOrAll("lookback", 0, 0);
    return lookback === Infinity
      ? "a growing window over time"
      : `a sliding window of ${lookback === 0 ? "1 row" : `${lookback + 1} rows`}`;
  },
  deal(options) {
    const lookback = options.wholeOrAll("lookback", 0, 0);
    const start = options.whole("assess_start", 1, 1);
    const stop = options.wholeOrAll("assess_stop", 1, 1);
    const step = options.whole("step", 1, 1);
    const skip = options.whole("skip", 0, 0);
    const complete = options.flag("complete", true) && lookback !== Infinity;
    if (start > stop)
      throw new UserError(
        "resampling-option",
        `sliding_window: assess_start (${start}) is after assess_stop (${stop}). Turn them round.`,
      );
    const first = complete ? lookback : 0;
    const last = options.rows - 1 - (stop === Infinity ? start : stop);
    const ends: number[] = [];
    for (let row = first + skip; row <= last; row += step) ends.push(row);
    if (ends.length === 0)
      throw new UserError(
        "too-few-rows",
        `sliding_window: no window with lookback ${lookback}, assess_stop ${stop}${skip > 0 ? ` and skip ${skip}` : ""} fits into ${options.rows === 1 ? "1 row" : `${options.rows} rows`}. Make them smaller.`,
      );
    return numbered("Slice", ends.length).map((id, i) => {
      const row = ends[i]!;
      return lazily(
        id,
        () => rowsBetween(Math.max(0, row - lookback), row),
        rowsBetween(row + start, Math.min(row + stop, options.rows - 1)),
      );
    });
  },
};
