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

/** Whether an error is a {@link UserError}, also one from another bundle, whose class is another. */
export function isUserError(error: unknown): error is UserError {
  return (
    error instanceof Error && error.name === "UserError" && typeof (error as UserError).code === "string"
  );
}
