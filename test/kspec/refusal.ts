import { expect } from "vitest";

/** What a wrong use says, as someone without types would meet it. */
export function refusal(use: () => unknown): string {
  try {
    use();
  } catch (error) {
    expect((error as Error).name).toBe("SpecError");
    return (error as Error).message;
  }
  throw new Error("Nothing was refused.");
}
