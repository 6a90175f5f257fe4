import { UserError } from "../../protocol/index.ts";
import { lazily, numbered, rowsBetween, type Resampling } from "./resampling.ts";

/**
 * `rolling_origin`: the first `initial` rows are learnt from and the next `assess` predicted, then one more row is learnt from, and so on;
 * with `cumulative: false` the first ones are forgotten. `skip` leaves so many out between two resamples; the `lag` last rows that
 * are learnt from are predicted too.
 */
export const rollingOrigin: Resampling = {
  label: (options) =>
    `a rolling origin, ${options.whole("assess", 1, 1)} ahead${options.flag("cumulative", true) ? "" : ", in a window of equal length"}`,
  deal(options) {
    const initial = options.whole("initial", 5, 1);
    const assess = options.whole("assess", 1, 1);
    const cumulative = options.flag("cumulative", true);
    const skip = options.whole("skip", 0, 0);
    const lag = options.whole("lag", 0, 0);
    options.needRows(initial + assess, `initial and assess together ask for ${initial + assess} rows`);
    if (lag > initial)
      throw new UserError(
        "resampling-option",
        `rolling_origin: lag (${lag}) is more than the rows that are learnt from (initial, ${initial}). Make it smaller.`,
      );
    const count = Math.floor((options.rows - assess - initial) / (skip + 1)) + 1;
    return numbered("Slice", count).map((id, i) => {
      const end = initial - 1 + i * (skip + 1);
      return lazily(
        id,
        () => rowsBetween(cumulative ? 0 : end - initial + 1, end),
        rowsBetween(end + 1 - lag, end + assess),
      );
    });
  },
};
