import { unzipSync } from "fflate";

/** An array of bytes from NumPy. */
export interface ByteArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * The named arrays of a NumPy archive (`.npz`), which must be of unsigned bytes in C order.
 *
 * @throws Error saying what is wrong with the archive.
 */
export function readNpz(archive: Uint8Array, names: readonly string[]): Map<string, ByteArray> {
  const wanted = new Set(names.map((name) => `${name}.npy`));
  const files = unzipSync(archive, { filter: ({ name }) => wanted.has(name) });
  return new Map(
    names.map((name) => {
      const file = files[`${name}.npy`];
      if (!file) throw new Error(`it has no array ${name}`);
      return [name, readNpy(file, name)];
    }),
  );
}

/** One array: magic, version, a header that is a Python dictionary, the values. */
function readNpy(file: Uint8Array, name: string): ByteArray {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || Buffer.from(file.subarray(0, 6)).toString("latin1") !== "\x93NUMPY")
    throw new Error(`${name} is no NumPy array`);
  const wide = file[6]! >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(file.subarray(start, end)).toString("latin1");
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || dimensions === undefined)
    throw new Error(`the header of ${name} cannot be read`);
  if (!/^[|<>=]?u1$/.test(descr) || fortran !== "False")
    throw new Error(
      `${name} is of type ${descr}${fortran === "True" ? " in Fortran order" : ""}, not bytes in C order`,
    );
  const shape = dimensions
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  const values = file.subarray(end, end + length);
  if (values.length !== length) throw new Error(`${name} is cut short`);
  return { shape, values };
}
