/** Work that is waited for later: whoever does hears what goes wrong; before anybody does, it must not end the process. */
export function heardLater<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined);
  return work;
}
