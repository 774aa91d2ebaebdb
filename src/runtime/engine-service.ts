// What a worker that runs engines offers to its page: one session at a time, and replays of any journal.

import { wrap } from 'comlink';
import { createAttestor } from './attestor.ts';
import type { EvaluateRound } from './attestor.ts';
import { toHex } from '../core/bytes.ts';
import { openEngineFor } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { verifyJournal } from '../engine/verify.ts';
import { chunksOf } from '../journal/store.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { LiveSession } from './live-session.ts';
import type { JournalFile } from './live-session.ts';
import type { SessionFacts, SessionSource, SessionUpdate, VerifiedView } from './session-view.ts';

/** Sessions and replays behind one door; every method may be called across a worker's border. */
export class EngineService {
  private readonly models: () => Promise<ModelFiles>;
  private evaluate: EvaluateRound | null = null;
  private session: LiveSession | null = null;

  /** @param models  gives the voters' files; called once for each session or replay */
  constructor(models: () => Promise<ModelFiles>) {
    this.models = models;
  }

  /**
   * Names the evaluator that attests; null lets the reference evaluator vote alone from the next session on.
   */
  useEvaluator(evaluate: EvaluateRound | null): void {
    this.evaluate = evaluate;
  }

  /** Attests through a port behind which an OnnxService answers. */
  connect(port: MessagePort): void {
    const remote = wrap<{ evaluate: EvaluateRound }>(port);
    this.useEvaluator((inputs) => remote.evaluate(inputs));
  }

  /** Lets the reference evaluator vote alone from the next session on. */
  disconnect(): void {
    this.useEvaluator(null);
  }

  /** Opens a session in place of the one before. */
  async open(source: SessionSource): Promise<SessionFacts> {
    const attest = this.evaluate && createAttestor((inputs) => this.answer(inputs));
    const session = await LiveSession.open({ source, models: await this.models(), attest });
    this.session?.close();
    this.session = session;
    return session.facts;
  }

  play(): void {
    this.session?.play();
  }

  async pause(): Promise<void> {
    await this.session?.pause();
  }

  async step(bars: number): Promise<void> {
    await this.session?.step(bars);
  }

  setSpeed(barsPerSecond: number): void {
    this.session?.setSpeed(barsPerSecond);
  }

  /** What is new in the session, or null. */
  take(): SessionUpdate | null {
    return this.session?.take() ?? null;
  }

  /** The session's journal so far as a whole file. */
  async journal(): Promise<JournalFile> {
    return (await this.session?.journalFile()) ?? { bytes: new Uint8Array(0), stateHash: '' };
  }

  /** Replays a journal in a fresh engine. */
  async verify(journal: Uint8Array): Promise<VerifiedView> {
    const models = await this.models();
    const hasher = await loadKernel();
    const started = performance.now();
    const found = await verifyJournal(chunksOf(journal), {
      hasher,
      kernelHash: hasher.hash,
      engineFor: (header) => openEngineFor(header, models),
    });
    return { ...found, ms: performance.now() - started };
  }

  /** Hash of the kernel in this worker. */
  async kernelHash(): Promise<string> {
    return toHex((await loadKernel()).hash);
  }

  private async answer(inputs: Parameters<EvaluateRound>[0]): ReturnType<EvaluateRound> {
    return (await this.evaluate?.(inputs)) ?? [];
  }
}
