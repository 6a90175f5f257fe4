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

  /** What stands below the headline: what it is read against, what the run cost. */
  get facts(): Locator {
    return this.frame.locator(".headline .facts");
  }

  phase(name: string): Locator {
    return this.frame.getByRole("list", { name: "Phases" }).getByRole("listitem").filter({ hasText: name });
  }

  /**
   * Begins to write down everything that the headline says, for what is seen for moments only.
   *
   * @returns what it has said since.
   */
  async listen(): Promise<() => Promise<string[]>> {
    await this.main.evaluate((main) => {
      const said: string[] = [];
      Object.assign(main.ownerDocument, { said });
      const say = () => {
        const text = main.querySelector(".headline")?.textContent ?? "";
        if (text !== said.at(-1)) said.push(text);
      };
      say();
      new MutationObserver(say).observe(main, { subtree: true, childList: true, characterData: true });
    });
    return () => this.main.evaluate((main) => (main.ownerDocument as unknown as { said: string[] }).said);
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

  /** The rows of a tuning's candidates, without the head. */
  get candidates(): Locator {
    return this.frame.locator(".candidates tbody tr[data-config]");
  }

  /** What belongs to the run that is shown: the tuning of a fit, the fits of a tuning. */
  related(words: string | RegExp): Locator {
    return this.frame.getByRole("navigation", { name: "Runs that belong to this one" }).getByText(words);
  }

  get confusion(): Locator {
    return this.frame.getByRole("grid");
  }

  get stop(): Locator {
    return this.frame.getByRole("button", { name: "Stop", exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name });
  }
}
