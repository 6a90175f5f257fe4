/** Stands for vitest where the tests' tools run in a process of their own. */
export const onTestFinished = (): void => undefined;
