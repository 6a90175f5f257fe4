/** Only `*.kspec.ts` is a spec; every other TypeScript file is none of our business. */
export function isSpecUri(uri: string): boolean {
  return uri.endsWith(".kspec.ts");
}
