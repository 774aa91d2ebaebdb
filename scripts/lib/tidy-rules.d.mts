/** A broken rule, printed as file:line: rule: message. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}
/** Checks sources given as path -> text, paths relative to the root. */
export function checkSources(sources: ReadonlyMap<string, string>): Violation[];
