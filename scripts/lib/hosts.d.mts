/** What a host of the matrix answers. */
export interface HostAnswer {
  readonly evaluator: string;
  readonly stateHash: string;
  readonly ms: number;
}

/** One host: its program, or null with how to get it. */
export interface Host {
  readonly name: string;
  readonly how: string;
  find(): string | null;
  run(path: string): Promise<HostAnswer>;
}

export const HOSTS: readonly Host[];
