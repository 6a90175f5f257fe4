/** An error that is the user's to mend: its message names the thing and the remedy, and is shown as it stands, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** A short kebab-case word for tests and `--json`. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
