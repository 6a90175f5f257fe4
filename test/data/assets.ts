import { existsSync } from "node:fs";
import path from "node:path";

/** The folder of real photographs and weights, which is not part of this repository. */
export const assets =
  process.env["KSPEC_TEST_ASSETS"] ?? path.join(import.meta.dirname, "../../../shared/assets");

export const hasAssets = existsSync(path.join(assets, "cifar10"));
if (!hasAssets)
  console.warn(
    `Skipped: there is no cifar10 in ${assets}; KSPEC_TEST_ASSETS names the folder of real images.`,
  );
