/** rsample has a column for the repeat and one for the fold; here they are one id, `Repeat1/Fold1`. */
export function foldColumns(fold: string): { readonly id: string; readonly id2?: string } {
  const slash = fold.lastIndexOf("/");
  return slash < 0 ? { id: fold } : { id: fold.slice(0, slash), id2: fold.slice(slash + 1) };
}
