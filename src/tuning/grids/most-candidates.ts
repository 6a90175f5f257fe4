/** More candidates than this would fill the memory, and nobody could try them. */
export const MOST_CANDIDATES = 1_000_000;
