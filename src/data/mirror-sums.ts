/**
 * A mirror may carry a list of its files' hashes, `SHA256SUMS`, as the command `sha256sum` writes it: at its root (names such
 * as `models/x.h5`) or in `models/` and `datasets/` (names such as `x.h5`). For the files that it lists it stands for the hashes that
 * Keras publishes.
 */
export interface MirrorSums {
  /**
   * The SHA-256 of a file, 64 hexadecimal digits in lower case; undefined where no list names it.
   *
   * @param place from the mirror's root, with slashes: `models/x.h5`
   */
  of(place: string): Promise<string | undefined>;
}

export const SUMS_FILE = "SHA256SUMS";

/**
 * Lists are read when they are needed, and once.
 *
 * @param read a text of the mirror by its place; undefined where there is none
 * @param onWrong is told of lists with lines that say no hash
 */
export function mirrorSums(
  read: (place: string) => Promise<string | undefined>,
  onWrong: (place: string, line: number) => void,
): MirrorSums {
  const lists = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const list = (place: string) => {
    const known =
      lists.get(place) ?? read(place).then((text) => readSums(text ?? "", (line) => onWrong(place, line)));
    lists.set(place, known);
    return known;
  };
  return {
    async of(place) {
      const parts = place.split("/");
      // The root's list first, then those of the folders on the way.
      for (let depth = 0; depth < parts.length; depth++) {
        const own = await list([...parts.slice(0, depth), SUMS_FILE].join("/"));
        const sum = own.get(parts.slice(depth).join("/"));
        if (sum !== undefined) return sum;
      }
      return undefined;
    },
  };
}

/**
 * Names and their hashes. Of a name that is there twice, the last counts. Lines that say no hash are passed over and told to
 * `onWrong`, by their number from 1.
 */
export function readSums(text: string, onWrong: (line: number) => void): Map<string, string> {
  const sums = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    // Two characters part hash and name, the second a star for what sha256sum calls binary; a backslash begins a line whose name is escaped.
    const match = /^(\\?)([0-9a-f]{64}) [ *](.+)$/i.exec(line);
    if (!match) {
      onWrong(index + 1);
      continue;
    }
    const [, escaped, hash, name] = match as unknown as [string, string, string, string];
    const plain = escaped ? name.replace(/\\([\\nr])/g, (_, c: string) => UNESCAPED[c]!) : name;
    sums.set(plain.replace(/^(\.\/)+/, ""), hash.toLowerCase());
  }
  return sums;
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", r: "\r" };
