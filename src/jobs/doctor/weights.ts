import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isAddress, kerasHome, keptFrom, mirrorList } from "../../data/keras-files.ts";
import { APPLICATIONS } from "../../model/applications/registry.ts";
import { applicationWeights } from "../../model/applications/weight-files.ts";

/** A file of published weights that lies on this computer. Whether its bytes are right is checked when it is used. */
export interface FoundWeights {
  /** Name in `applications`. */
  readonly application: string;
  /** "with its top" or "without". */
  readonly top: boolean;
  readonly file: string;
  /** "keras", or the mirror as the user wrote it. */
  readonly from: string;
  readonly bytes: number;
}

/** Weights of the pretrained networks that KSpec builds: in Keras's folder, in mirrors that are folders, and kept from those that are addresses. */
export async function findWeights(): Promise<FoundWeights[]> {
  const files = knownFiles();
  const found: FoundWeights[] = [];
  for (const { folder, from } of places())
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      const known = files.get(name);
      const file = path.join(folder, name);
      const status = known && (await stat(file).catch(() => undefined));
      if (known && status?.isFile()) found.push({ ...known, file, from, bytes: status.size });
    }
  return found;
}

function places(): { folder: string; from: string }[] {
  return [
    { folder: path.join(kerasHome(), "models"), from: "keras" },
    ...mirrorList({}).flatMap((mirror) =>
      isAddress(mirror)
        ? [{ folder: path.join(keptFrom(mirror, {}), "models"), from: mirror }]
        : [
            { folder: path.join(mirror, "models"), from: mirror },
            { folder: mirror, from: mirror },
          ],
    ),
  ];
}

/** By the names that Keras gives them. MobileNets have a file for each width and for some sizes of images. */
function knownFiles(): Map<string, Pick<FoundWeights, "application" | "top">> {
  const files = new Map<string, Pick<FoundWeights, "application" | "top">>();
  for (const { name, trainedSizes = [] } of APPLICATIONS.values())
    for (const includeTop of [true, false])
      for (const alpha of WIDTHS)
        for (const side of [undefined, ...trainedSizes]) {
          const options = {
            includeTop,
            ...(alpha === undefined ? {} : { alpha }),
            ...(side === undefined ? {} : { inputShape: [side, side, 3] }),
          };
          const file = applicationWeights({ from: "application", name, options });
          if (file !== undefined) files.set(file.name, { application: name, top: includeTop });
        }
  return files;
}

const WIDTHS = [undefined, 0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4];
