import type { SearchContext } from "../contract.ts";

/** An option of a search that is a number; authors leave out what is as usual. */
export function numberOption({ options }: SearchContext, name: string, usual: number): number {
  const given = options[name];
  return typeof given === "number" ? given : usual;
}
