import type { Shelf } from "./contract.ts";

/** Where the user wants nothing to be kept. */
export class EmptyShelf implements Shelf {
  readonly damaged = 0;
  has(): boolean {
    return false;
  }
  read(digests: readonly string[]): Promise<boolean[]> {
    return Promise.resolve(digests.map(() => false));
  }
  write(): Promise<void> {
    return Promise.resolve();
  }
  knows(): boolean {
    return false;
  }
  learn(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
