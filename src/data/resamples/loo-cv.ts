import { crossValidated, type Resampling } from "./resampling.ts";

/** `loo_cv`: each row is predicted by a fit on all others. `Resample3` predicts the third row. */
export const looCv: Resampling = {
  label: () => "leave-one-out cross-validation",
  deal(options) {
    options.needRows(2, "one row is learnt from and another predicted, so it takes two at least");
    const rows = new Int32Array(options.rows).map((_, row) => row);
    // rsample does not pad these numbers.
    return crossValidated(
      rows,
      Array.from(rows, (row) => `Resample${row + 1}`),
    );
  },
};
