import type { DatasetDescription } from "../../kspec/description.ts";
import type { SplitDatasetDescription } from "../../kspec/tuning-description.ts";
import { UserError } from "../../protocol/index.ts";
import type { Dataset } from "../table.ts";

/**
 * A dataset whose training and test rows are dealt anew (`initial_split`, `initial_time_split`, and parts of them).
 *
 * @param read Reads the dataset that is dealt.
 * @throws UserError where it has test rows already, or too few rows.
 */
export async function readSplit(
  { data }: SplitDatasetDescription,
  read: (inner: DatasetDescription) => Promise<Dataset>,
): Promise<Dataset> {
  const whole = await read(data);
  throw new UserError("split", `${whole.name} cannot be split yet.`);
}
