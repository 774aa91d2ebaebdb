// What a trainer needs of a market: many paths, a stretch of bars at a time, and what every action is worth
// on them. The planted markets and the engine's own market are two of them.

/** Choices of every agent. */
export const ACTIONS = 5;

/** A joint action of a team: addresses of i32[rows], unused agents repeat the first's. */
export interface JointActions {
  /** How many agents share the position: 1, or 3 for direction, size and style. */
  readonly agents: number;
  readonly first: number;
  readonly second: number;
  readonly third: number;
}

/** What `worths` values: every action of the last agent, the earlier agents' actions given. */
export interface WorthsRequest {
  /** Bar of the stretch, 0 .. steps − 1. */
  readonly step: number;
  readonly joint: JointActions;
  /** f32[rows] before the bar; row i belongs to path i / repeat. */
  readonly positions: number;
  readonly repeat: number;
  readonly rows: number;
  /** f32[paths]: the return that worths are made with, drawn or forecast. */
  readonly returns: number;
  /** f32[paths, nodes]: value of the next bar from each position −1 … 1. */
  readonly next: number;
  readonly nodes: number;
  readonly gamma: number;
  /** f32[rows, ACTIONS]: reward + γ · next. */
  readonly out: number;
}

/** Paths of a market. Positions are −1 … 1; addresses are bytes in the training kernel's memory. */
export interface Market {
  readonly paths: number;
  /** Floats of one bar's features. */
  readonly width: number;
  /** f32[steps + 1, paths, width]: what is seen before each bar, and after the last. */
  readonly features: number;
  /** f32[steps, paths]: the return of each bar, of the order of 1; what a forecast is learnt from. */
  readonly returns: number;
  /** Makes the next stretch. */
  advance(steps: number): void;
  /**
   * Plays one bar of the stretch on every path.
   *
   * @param positions  f32[paths] before it
   * @param after      f32[paths] where the joint actions left them
   * @param rewards    f32[paths]
   */
  play(step: number, joint: JointActions, positions: number, after: number, rewards: number): void;
  /** Values alternatives on one bar; right only because prices do not react to positions. */
  worths(request: WorthsRequest): void;
  /** Everything that the next `advance` depends on, for a checkpoint. */
  save(): Uint8Array;
  /** Takes back what `save` gave; the length must be the same. */
  restore(saved: Uint8Array): void;
}
