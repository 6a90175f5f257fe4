import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import pMap from "p-map";
import { UserError } from "../../protocol/index.ts";
import type { ImageFolderOptions } from "../../kspec/description.ts";
import type { DataContext } from "../context.ts";
import { BrokenImage, isImageFile } from "../decode-image.ts";
import { openImage, type OpenedImage } from "../file-image.ts";
import { fingerprint } from "../fingerprint.ts";
import { KnownFiles } from "../known-files.ts";
import { withChannels } from "../recipe/channels.ts";
import { shuffledIndices } from "../random.ts";
import { takeRows } from "../rows.ts";
import { seedOf, splitRows } from "../split.ts";
import type { Dataset, Table } from "../table.ts";

/**
 * `datasets.image_folder(dir)`: a folder of class folders, or of `train`, `test` (and `validation`) folders of class folders.
 * Columns `image` and `label`; levels are the folders' names, sorted. Images in folders below a class folder belong to
 * the class. Rows are shuffled by the seed, so that a validation split from their end is not one class.
 *
 * @throws UserError naming the folder: not there, no class folders, no images, one class; or the image that cannot be read.
 */
export async function readImageFolder(
  folder: string,
  options: ImageFolderOptions,
  context: DataContext,
): Promise<Dataset> {
  const root = path.resolve(context.specFolder, folder);
  const notes: string[] = [];
  const layout = await readLayout(root, folder, notes);
  const listed = await listClasses(layout, folder, notes);
  const levels = levelsOf(listed, folder);
  const { images, broken } = await openImages(listed, root, options.broken ?? "error", context);
  if (broken.length > 0)
    notes.push(
      `${broken.length} broken ${broken.length === 1 ? "image was" : "images were"} skipped: ${broken.slice(0, 3).join(", ")}${broken.length > 3 ? ", …" : ""}.`,
    );
  const sets = new Map<SetName, Table>();
  const channels = images.some(({ image }) => image.channels === 3) ? 3 : 1;
  for (const name of ["all", "train", "validation", "test"] as const) {
    const members = images.filter(({ set }) => set === name);
    if (members.length > 0) sets.set(name, tableOf(members, levels, channels));
  }
  return {
    name: path.basename(root),
    ...deal(sets, options, folder, notes),
    fingerprint: fingerprint(
      "image_folder",
      options,
      images.map(({ set, label, file, print }) => [
        set,
        label,
        path.relative(root, file).split(path.sep).join("/"),
        print,
      ]),
    ),
    notes,
  };
}

type SetName = "all" | "train" | "validation" | "test";

const SET_FOLDERS: ReadonlyMap<string, SetName> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["test", "test"],
  ["testing", "test"],
  ["validation", "validation"],
  ["valid", "validation"],
  ["val", "validation"],
]);

/** Folders whose folders are classes. */
type Layout = readonly { readonly set: SetName; readonly folder: string }[];

async function readLayout(root: string, shown: string, notes: string[]): Promise<Layout> {
  const { folders, files } = await entries(root, shown);
  const sets = folders.flatMap((folder) => {
    const set = SET_FOLDERS.get(path.basename(folder).toLowerCase());
    return set ? [{ set, folder }] : [];
  });
  // A class may be called "train" too; then it holds images, not folders.
  const train = sets.find(({ set }) => set === "train");
  const isSplit = train !== undefined && (await entries(train.folder, train.folder)).folders.length > 0;
  const images = files.filter(isImageFile).length;
  if (images > 0)
    notes.push(
      `${images} ${images === 1 ? "image lies" : "images lie"} directly in ${shown} and ${images === 1 ? "was" : "were"} passed over: an image belongs in the folder of its class.`,
    );
  if (!isSplit) return [{ set: "all", folder: root }];
  const others = folders.filter((folder) => !sets.some((set) => set.folder === folder));
  if (others.length > 0)
    notes.push(
      `${shown} has a train folder of class folders, so ${others.map((other) => path.basename(other)).join(", ")} ${others.length === 1 ? "was" : "were"} passed over.`,
    );
  return sets;
}

interface ListedImage {
  readonly set: SetName;
  readonly label: string;
  readonly file: string;
}

async function listClasses(layout: Layout, shown: string, notes: string[]): Promise<ListedImage[]> {
  const listed: ListedImage[] = [];
  const strangers: string[] = [];
  for (const { set, folder } of layout) {
    const { folders } = await entries(folder, shown);
    for (const classFolder of folders) {
      const { images, others } = await filesBelow(classFolder);
      strangers.push(...others);
      if (images.length === 0)
        notes.push(
          `The class folder ${path.relative(path.dirname(folder), classFolder)} has no images and was passed over.`,
        );
      for (const file of images) listed.push({ set, label: path.basename(classFolder), file });
    }
  }
  if (strangers.length > 0)
    notes.push(
      `${strangers.length} ${strangers.length === 1 ? "file that is no image was" : "files that are no images were"} passed over: ${strangers
        .slice(0, 3)
        .map((file) => path.basename(file))
        .join(", ")}${strangers.length > 3 ? ", …" : ""}.`,
    );
  if (listed.length === 0)
    throw new UserError(
      "no-images",
      `${shown} has no class folders with images. Put the images of each class (png, jpeg, webp) into a folder named after it.`,
    );
  return listed;
}

/** Image files in a folder and in the folders below it, in the order of their names. */
export async function filesBelow(folder: string): Promise<{ images: string[]; others: string[] }> {
  const images: string[] = [];
  const others: string[] = [];
  const seen = new Set<string>();
  const walk = async (inside: string) => {
    // A link may lead back up.
    const real = await realpath(inside);
    if (seen.has(real)) return;
    seen.add(real);
    const { folders, files } = await entries(inside, inside);
    for (const file of files) (isImageFile(file) ? images : others).push(file);
    for (const deeper of folders) await walk(deeper);
  };
  await walk(folder);
  return { images, others };
}

/** Folders and files in a folder, sorted, without hidden ones; links are followed. */
async function entries(folder: string, shown: string): Promise<{ folders: string[]; files: string[] }> {
  let listing: Dirent[];
  try {
    listing = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "is not there. Relative paths start at the spec's folder"
        : code === "ENOTDIR"
          ? "is a file, and a folder of class folders is needed"
          : `cannot be read (${code ?? String(error)})`;
    throw new UserError("image-folder", `The folder ${shown} ${why}.`, { cause: error });
  }
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of listing.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const whole = path.join(folder, entry.name);
    let kind: { isDirectory(): boolean; isFile(): boolean } = entry;
    if (entry.isSymbolicLink()) {
      try {
        kind = await stat(whole);
      } catch {
        // A link to nothing: as an image it is broken, and is named when it is opened.
        kind = { isDirectory: () => false, isFile: () => true };
      }
    }
    if (kind.isDirectory()) folders.push(whole);
    else if (kind.isFile()) files.push(whole);
  }
  return { folders, files };
}

function levelsOf(listed: readonly ListedImage[], shown: string): string[] {
  const inSet = (...names: readonly SetName[]) => [
    ...new Set(listed.filter(({ set }) => names.includes(set)).map(({ label }) => label)),
  ];
  const levels = inSet("all", "train").sort();
  if (levels.length < 2)
    throw new UserError(
      "one-class",
      `${shown} has ${levels.length === 0 ? "no training images" : `images of one class only, "${levels[0]}"`}. There must be folders of two or more classes to tell apart.`,
    );
  const stranger = inSet("validation", "test").find((label) => !levels.includes(label));
  if (stranger !== undefined)
    throw new UserError(
      "unseen-level",
      `${shown} has test or validation images of the class "${stranger}" and none to train on. Add some to its train folder, or remove the class.`,
    );
  return levels;
}

type OpenImage = ListedImage & OpenedImage;

async function openImages(
  listed: readonly ListedImage[],
  root: string,
  whenBroken: "error" | "skip",
  { signal, onProgress }: DataContext,
): Promise<{ images: OpenImage[]; broken: string[] }> {
  const broken: string[] = [];
  const known = await KnownFiles.of(root);
  let done = 0;
  const opened = await pMap(
    listed,
    async (entry): Promise<OpenImage | undefined> => {
      try {
        const opened = await openImage(entry.file, path.relative(path.dirname(root), entry.file), known);
        // A header can be whole where the pixels are not; only decoding tells.
        if (whenBroken === "skip") await opened.image.read();
        return { ...entry, ...opened };
      } catch (error) {
        if (whenBroken !== "skip" || !(error instanceof BrokenImage)) throw error;
        broken.push(path.relative(root, entry.file));
        return undefined;
      } finally {
        done++;
        if (done % 100 === 0 || done === listed.length) onProgress?.(done, listed.length, "images");
      }
    },
    { concurrency: 8, ...(signal ? { signal } : {}) },
  );
  const images = opened.filter((image) => image !== undefined);
  const gone = new Set(listed.map(({ label }) => label));
  for (const { label } of images) gone.delete(label);
  if (gone.size > 0)
    throw new UserError(
      "no-images",
      `Every image of the class "${[...gone][0]}" in ${root} is broken. Replace them, or remove the folder.`,
    );
  return { images, broken: broken.sort() };
}

function tableOf(members: readonly OpenImage[], levels: readonly string[], channels: number): Table {
  return {
    rows: members.length,
    columns: new Map([
      ["image", { kind: "image", images: members.map(({ image }) => withChannels(image, channels)) }],
      [
        "label",
        { kind: "nominal", levels, codes: Int32Array.from(members, ({ label }) => levels.indexOf(label)) },
      ],
    ]),
  };
}

function deal(
  sets: ReadonlyMap<SetName, Table>,
  options: ImageFolderOptions,
  shown: string,
  notes: string[],
): Pick<Dataset, "train" | "validation" | "test"> {
  const all = sets.get("all");
  if (all) {
    const rows = splitRows(all.rows, options, shown);
    const train = takeRows(all, rows.train);
    noteAbsent(train, "to train on", notes);
    return {
      train,
      ...(rows.validation ? { validation: takeRows(all, rows.validation) } : {}),
      ...(rows.test ? { test: takeRows(all, rows.test) } : {}),
    };
  }
  for (const set of ["test", "validation"] as const)
    if (options[set] !== undefined && sets.has(set))
      throw new UserError(
        "split",
        `${shown} has a ${set} folder of its own, so the option ${set} has nothing to take. Remove the option.`,
      );
  const seed = seedOf(options.seed, shown);
  const own = sets.get("train")!;
  const rows = splitRows(own.rows, options, `${shown}/train`);
  const shuffled = (set: SetName) => {
    const table = sets.get(set);
    return table && takeRows(table, shuffledIndices(table.rows, seed));
  };
  const validation = rows.validation ? takeRows(own, rows.validation) : shuffled("validation");
  const test = rows.test ? takeRows(own, rows.test) : shuffled("test");
  const train = takeRows(own, rows.train);
  noteAbsent(train, "to train on", notes);
  return { train, ...(validation ? { validation } : {}), ...(test ? { test } : {}) };
}

function noteAbsent(table: Table, what: string, notes: string[]): void {
  const label = table.columns.get("label");
  if (label?.kind !== "nominal") return;
  const absent = label.levels.filter((_, code) => !label.codes.includes(code));
  if (absent.length > 0)
    notes.push(`${absent.map((level) => `"${level}"`).join(", ")} has no images ${what} after the split.`);
}
