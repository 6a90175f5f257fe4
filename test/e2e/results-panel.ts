import { expect, type FrameLocator, type Locator } from "@playwright/test";

/** The results panel, in the words of what it shows. */
export class ResultsPanel {
  readonly frame: FrameLocator;

  constructor(frame: FrameLocator) {
    this.frame = frame;
  }

  /** `running`, `done`, `failed`, `cancelled`, `lost` or `empty`. */
  async shows(status: string): Promise<void> {
    await expect(this.main).toHaveAttribute("data-status", status, { timeout: 90_000 });
  }

  get main(): Locator {
    return this.frame.locator("main.panel");
  }

  /** The large number of a finished run, as it is printed. */
  get headline(): Locator {
    return this.frame.locator(".headline strong.number");
  }

  get ending(): Locator {
    return this.frame.getByRole("region", { name: "How the run ended" });
  }

  get curves(): Locator {
    return this.frame.getByRole("slider", { name: /by epoch$/ });
  }

  /** The last epoch that the curves reach. */
  async lastEpoch(): Promise<number> {
    return Number(await this.curves.getAttribute("aria-valuemax"));
  }

  get confusion(): Locator {
    return this.frame.getByRole("grid");
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name });
  }
}
