/** Names in a message: `"a"`, `"a" and "b"`, `"a", "b" and "c"`; from the eighth on they are counted. */
export function listed(names: readonly string[], last: "and" | "or" = "and"): string {
  const quoted = names.map((name) => `"${name}"`);
  if (quoted.length > 8) return `${quoted.slice(0, 7).join(", ")} ${last} ${quoted.length - 7} more`;
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}

/** `Did you mean "input"?`, or else the sentence that says what there is. */
export function meant(closest: string | undefined, otherwise: string): string {
  return closest === undefined ? otherwise : `Did you mean "${closest}"?`;
}
